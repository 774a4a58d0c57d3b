import type { BalancerEvent } from "../../core/balance/events.ts";
import type { Probe, ProbeKind } from "../../core/service/probe/probe.ts";
import type { Attempt, Connector, Connectors } from "./attempt.ts";

/** What the prober tells. */
export type ProbeNews = BalancerEvent & { readonly type: "outcome" | "progress" };

/** Asks servers how they are: one try for each check that is at it. */
export class Prober {
    readonly #connectors: Connectors;
    readonly #onNews: (news: ProbeNews) => void;
    readonly #attempts = new Map<number, Attempt>();

    constructor(connectors: Connectors, onNews: (news: ProbeNews) => void) {
        this.#connectors = connectors;
        this.#onNews = onNews;
    }

    /** How many are at it. */
    get size(): number {
        return this.#attempts.size;
    }

    begin(check: number, attempt: number, probe: Probe): void {
        // The table pairs each kind with its connector; the compiler cannot follow that through a look-up.
        const connect = this.#connectors[probe.kind] as Connector<ProbeKind>;
        const one = connect(probe, {
            onOutcome: (outcome) => {
                this.#attempts.delete(check);
                this.#onNews({ type: "outcome", check, attempt, outcome });
            },
            onProgress: () => this.#onNews({ type: "progress", check, attempt }),
        });
        this.#attempts.set(check, one);
        one.begin();
    }

    abandon(check: number): void {
        this.#attempts.get(check)?.close();
        this.#attempts.delete(check);
    }

    close(): void {
        for (const check of [...this.#attempts.keys()]) {
            this.abandon(check);
        }
    }
}
