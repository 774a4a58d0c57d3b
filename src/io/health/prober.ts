import type { BalancerEvent } from "../../core/balance/events.ts";
import { conversationFor } from "../../core/health/conversation/conversation.ts";
import type { Probe } from "../../core/service/check-settings.ts";
import type { NativeAddon } from "../native/addon.ts";
import { TcpConnection } from "./tcp-connection.ts";

const BUFFER = 65_536;

/** What the prober tells. */
export type ProbeNews = BalancerEvent & { readonly type: "outcome" | "progress" };

/** Asks servers how they are: one connection for each check that is at it. */
export class Prober {
    readonly #system: NativeAddon;
    readonly #onNews: (news: ProbeNews) => void;
    readonly #buffer = new Uint8Array(BUFFER);
    readonly #connections = new Map<number, TcpConnection>();

    constructor(system: NativeAddon, onNews: (news: ProbeNews) => void) {
        this.#system = system;
        this.#onNews = onNews;
    }

    /** How many are at it. */
    get size(): number {
        return this.#connections.size;
    }

    begin(check: number, attempt: number, probe: Probe): void {
        const connection = new TcpConnection(
            {
                system: this.#system,
                buffer: this.#buffer,
                onOutcome: (outcome) => {
                    this.#connections.delete(check);
                    this.#onNews({ type: "outcome", check, attempt, outcome });
                },
                onProgress: () => this.#onNews({ type: "progress", check, attempt }),
            },
            conversationFor(probe),
        );
        this.#connections.set(check, connection);
        connection.open(probe.endpoint);
    }

    abandon(check: number): void {
        this.#connections.get(check)?.close();
        this.#connections.delete(check);
    }

    close(): void {
        for (const check of [...this.#connections.keys()]) {
            this.abandon(check);
        }
    }
}
