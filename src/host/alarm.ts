import { between, type Instant, milliseconds } from "../core/base/instant.ts";
import type { WakeTimer } from "./world.ts";

/** A timer that fires this soon has to be right; one that fires later may still be set anew before it does. */
const SOON = milliseconds(200);

/**
 * The timer of a loop, set no more often than it has to be: the call costs as much as all that is thought about one advertisement, and each advertisement puts a
 * takeover off. A timer that would fire too early is let be until it is about to; should it fire, the loop finds nothing due, and sets it.
 */
export class Alarm {
    readonly #timer: WakeTimer;
    #setFor: Instant | undefined;
    #isToBeSet = false;

    constructor(timer: WakeTimer) {
        this.#timer = timer;
    }

    /** It may have fired: then it is set no more, whatever it is to be set for now. */
    fired(): void {
        this.#isToBeSet = true;
    }

    /** It is to fire at that time; undefined means not at all. */
    want(at: Instant | undefined, now: Instant): void {
        if (this.#isToBeSet || (at !== this.#setFor && !this.#firesInBetween(at, now))) {
            this.#setFor = at;
            this.#isToBeSet = false;
            this.#timer.arm(at);
        }
    }

    /** Whether it will fire before that time, but not soon. */
    #firesInBetween(at: Instant | undefined, now: Instant): boolean {
        return this.#setFor !== undefined && (at === undefined || this.#setFor < at) && between(now, this.#setFor) > SOON;
    }
}
