import type { Attempt, AttemptHost } from "./attempt.ts";

/** A try whose code, or whose files, have to be loaded first. */
export class LateAttempt implements Attempt {
    readonly #host: AttemptHost;
    readonly #load: () => Promise<Attempt>;
    #attempt: Attempt | undefined;
    #isClosed = false;

    constructor(host: AttemptHost, load: () => Promise<Attempt>) {
        this.#host = host;
        this.#load = load;
    }

    begin(): void {
        this.#load().then(
            (attempt) => this.#take(attempt),
            (error: unknown) => this.#refuse(error),
        );
    }

    close(): void {
        this.#isClosed = true;
        this.#attempt?.close();
    }

    #take(attempt: Attempt): void {
        if (!this.#isClosed) {
            this.#attempt = attempt;
            attempt.begin();
        }
    }

    #refuse(error: unknown): void {
        if (!this.#isClosed) {
            this.#host.onOutcome({ type: "impossible", reason: error instanceof Error ? error.message : String(error) });
        }
    }
}
