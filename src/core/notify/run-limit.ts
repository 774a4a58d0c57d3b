import { after, type Instant, isDue, seconds } from "../base/instant.ts";

/** How long a script has to leave in order. */
const GRACE = seconds(2);
/** Not even SIGKILL ends who waits for a disk that is gone: it is tried again and again. */
const KILL_INTERVAL = seconds(10);

/** What to send to a script that ran too long. */
export type EndingSignal = "terminate" | "kill";

/** The end of a run that takes too long: SIGTERM at its limit, SIGKILL two seconds later, and again every ten. */
export class RunLimit {
    #wakeAt: Instant | undefined;
    #isTerminated = false;

    /** @param limitAt when it has run too long; undefined when it may run as long as it likes */
    constructor(limitAt: Instant | undefined) {
        this.#wakeAt = limitAt;
    }

    /** When something is to be sent. */
    get wakeAt(): Instant | undefined {
        return this.#wakeAt;
    }

    /** Whether it has been told to end. */
    get isOver(): boolean {
        return this.#isTerminated;
    }

    /** Sets an earlier end for a run that goes on. */
    shorten(limitAt: Instant): void {
        if (!this.#isTerminated && (this.#wakeAt === undefined || limitAt < this.#wakeAt)) {
            this.#wakeAt = limitAt;
        }
    }

    /** The signal that is due, if one is. */
    take(now: Instant): EndingSignal | undefined {
        if (!isDue(this.#wakeAt, now)) {
            return undefined;
        }
        if (this.#isTerminated) {
            this.#wakeAt = after(now, KILL_INTERVAL);
            return "kill";
        }
        this.#isTerminated = true;
        this.#wakeAt = after(now, GRACE);
        return "terminate";
    }
}
