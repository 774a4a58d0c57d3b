import { isSameData } from "../base/same-data.ts";
import type { VrrpState } from "./reports.ts";
import type { Turn } from "./router-events.ts";
import type { SyncDaemonSettings, VirtualRouterSettings } from "./settings.ts";

type DaemonState = "master" | "backup" | "off";

/** Lets the daemon that copies IPVS connections follow the state of its virtual router: it sends from the master, and receives elsewhere. */
export class SyncFollower {
    #told: { readonly state: DaemonState; readonly daemon: SyncDaemonSettings | undefined } = { state: "off", daemon: undefined };

    /** The router is in this state; says so where that makes a difference to the daemon. */
    follow({ syncDaemon: daemon, name: router }: VirtualRouterSettings, state: VrrpState, turn: Turn): void {
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
