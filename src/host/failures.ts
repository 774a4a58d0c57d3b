/** What went wrong inside the program itself: a defect, never a peer's, a user's or the kernel's fault. */
export interface LoopFailure {
    /** Whose code threw. */
    readonly part: string;
    readonly doing: "event" | "effect" | "drain" | "flush" | "bulk" | "listener";
    readonly error: unknown;
    /** The event or effect at hand, where there is one: with it the defect can be replayed. */
    readonly subject?: unknown;
}

/** A defect in words, with the place where it happened. */
export function failureText({ part, doing, error }: LoopFailure): string {
    return `defect in ${part} (${doing}), contained: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

const MAX_KNOWN = 256;

/**
 * Contains exceptions: a defect in one part must not stop the others, for then an address would go down. Each one is reported
 * once, however often it comes back.
 */
export class Failures {
    readonly #known = new Set<string>();
    readonly #report: (failure: LoopFailure) => void;
    #count = 0;

    constructor(report: (failure: LoopFailure) => void) {
        this.#report = report;
    }

    /** How many exceptions were contained, reported or not. */
    get count(): number {
        return this.#count;
    }

    /** Runs `work`; false when it threw. `about` says where and with what. */
    contain(work: () => void, about: Omit<LoopFailure, "error">): boolean {
        try {
            work();
            return true;
        } catch (error) {
            this.note({ ...about, error });
            return false;
        }
    }

    /** Reports what was caught elsewhere: where nothing may be made for each call but what the call is about. */
    note(failure: LoopFailure): void {
        this.#count++;
        const key = `${failure.part} ${failure.doing} ${placeOf(failure.error)}`;
        if (this.#known.has(key) || this.#known.size >= MAX_KNOWN) {
            return;
        }
        this.#known.add(key);
        try {
            this.#report(failure);
        } catch {
            // Nobody is left who could be told.
        }
    }
}

/** What was thrown and where, but not the way that led there: one defect is met on many ways. */
function placeOf(error: unknown): string {
    return error instanceof Error ? (error.stack ?? error.message).split("\n", 2).join() : String(error);
}
