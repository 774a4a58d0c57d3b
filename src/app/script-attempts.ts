import { scriptVerdict } from "../core/health/script-verdict.ts";
import type { ScriptProbe } from "../core/service/probe/script-probe.ts";
import type { RelayedBody } from "../core/supervise/relayed.ts";
import type { Attempt, AttemptHost } from "../io/health/attempt.ts";

interface Waiting {
    readonly probe: ScriptProbe;
    readonly host: AttemptHost;
}

/** Checks that are programs: the runner runs them, for this process never spawns. */
export class ScriptAttempts {
    readonly #tellRunner: (body: RelayedBody) => void;
    readonly #waiting = new Map<number, Waiting>();
    #lastRun = 0;

    constructor(tellRunner: (body: RelayedBody) => void) {
        this.#tellRunner = tellRunner;
    }

    /** One run. */
    attempt(probe: ScriptProbe, host: AttemptHost): Attempt {
        this.#lastRun += 1;
        const run = this.#lastRun;
        return {
            begin: () => {
                this.#waiting.set(run, { probe, host });
                this.#ask(run, probe);
            },
            close: () => {
                if (this.#waiting.delete(run)) {
                    this.#tellRunner({ type: "end-script", run });
                }
            },
        };
    }

    /** The runner says how a run ended. */
    hear({ run, outcome, output }: RelayedBody & { readonly type: "script-ended" }): void {
        const waiting = this.#waiting.get(run);
        this.#waiting.delete(run);
        waiting?.host.onOutcome(scriptVerdict(waiting.probe, outcome, output));
    }

    /** A runner has come to work that knows nothing of what its predecessor was asked. */
    askAgain(): void {
        for (const [run, { probe }] of this.#waiting) {
            this.#ask(run, probe);
        }
    }

    #ask(run: number, { command }: ScriptProbe): void {
        this.#tellRunner({ type: "run-script", run, command });
    }
}
