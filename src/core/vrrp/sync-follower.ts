import type { VrrpState } from "./reports.ts";
import type { RouterContext } from "./router-context.ts";
import type { Turn } from "./router-events.ts";
import { isSameData } from "./same-data.ts";
import type { SyncDaemonSettings } from "./settings.ts";

type DaemonState = "master" | "backup" | "off";

/** Lets the daemon that copies IPVS connections follow the state of its virtual router: it sends from the master, and receives elsewhere. */
export class SyncFollower {
    readonly #context: RouterContext;
    #told: { readonly state: DaemonState; readonly daemon: SyncDaemonSettings | undefined } = { state: "off", daemon: undefined };

    constructor(context: RouterContext) {
        this.#context = context;
    }

    /** The router is in this state; says so where that makes a difference to the daemon. */
    follow(state: VrrpState, turn: Turn): void {
        const { syncDaemon: daemon, name: router } = this.#context.settings;
        const wanted = daemon === undefined || state === "initialize" ? "off" : state === "active" ? "master" : "backup";
        if (this.#told.state === wanted && isSameData(this.#told.daemon, daemon)) {
            return;
        }
        this.#told = { state: wanted, daemon };
        if (daemon === undefined || wanted === "off") {
            turn.effects.push({ type: "sync-daemon", router, state: "off" });
        } else {
            turn.effects.push({ type: "sync-daemon", router, state: wanted, daemon });
        }
    }
}
