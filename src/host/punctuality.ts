import { between, type Duration, type Instant, NO_TIME, sum, times } from "../core/base/instant.ts";
import { LatenessHistogram, type LatenessSummary } from "./lateness.ts";

/** The loop did not run when it should have. */
export interface Stall {
    /** When a deadline was reached that nobody served; where the machine was suspended, when the loop ran last. */
    readonly since: Instant;
    readonly lateness: Duration;
    /** How much of that the machine was suspended: its clock stood still, and the world's did not. */
    readonly suspended: Duration;
}

/** What is watched, and who is told. */
export interface PunctualitySettings {
    /** What is shorter is nobody's business. */
    readonly stallThreshold: Duration;
    /** For how long in all the machine has been suspended; absent where it never is. */
    readonly suspendedSoFar?: () => Duration;
}

/** Watches how late a loop serves its deadlines, and whether it stood still. */
export class Punctuality {
    readonly #settings: PunctualitySettings;
    readonly #histogram = new LatenessHistogram();
    /** When the last turn was over: whoever served deadlines until then has not stood still. */
    #lastTurnAt: Instant | undefined;
    #suspended: Duration;

    constructor(settings: PunctualitySettings) {
        this.#settings = settings;
        this.#suspended = settings.suspendedSoFar?.() ?? NO_TIME;
    }

    get summary(): LatenessSummary {
        return this.#histogram.summary();
    }

    /** A turn begins while this is the earliest deadline. @returns what is to be told before anything else */
    begin(now: Instant, earliest: Instant | undefined): Stall | undefined {
        const suspended = this.#newlySuspended();
        const isLate = earliest !== undefined && earliest <= now;
        const lateness = isLate ? between(earliest, now) : NO_TIME;
        if (isLate) {
            this.#histogram.record(lateness);
        }
        const last = this.#lastTurnAt;
        const idleSince = isLate && (last === undefined || last <= earliest) ? earliest : (last ?? now);
        const stood = isLate ? between(idleSince, now) : NO_TIME;
        const { stallThreshold } = this.#settings;
        if (Math.max(stood, suspended) < stallThreshold) {
            return undefined;
        }
        return { since: isLate ? earliest : idleSince, lateness: sum(lateness, suspended), suspended };
    }

    /** A turn that began then is over. @returns how long it took, if that is worth a word */
    end(began: Instant, now: Instant): Duration | undefined {
        this.#lastTurnAt = now;
        const span = between(began, now);
        return span >= this.#settings.stallThreshold ? span : undefined;
    }

    /** Less than the threshold adds up. */
    #newlySuspended(): Duration {
        const total = this.#settings.suspendedSoFar?.() ?? NO_TIME;
        const added = sum(total, times(this.#suspended, -1));
        if (added < this.#settings.stallThreshold) {
            return NO_TIME;
        }
        this.#suspended = total;
        return added;
    }
}
