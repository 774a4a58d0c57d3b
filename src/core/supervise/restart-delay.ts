import { type Duration, NO_TIME, seconds, times } from "../base/instant.ts";

/** A child that lived this long is taken for healthy: its death starts a new count. */
export const HEALTHY_AGE = seconds(60);

const FIRST_WAIT = seconds(1);
const LONGEST_WAIT = seconds(60);

/** How long to wait before a dead child is started again: nothing at first, then 1, 2, 4 … 60 seconds while it keeps dying young. */
export class RestartDelay {
    #next: Duration = NO_TIME;

    /** The wait after a child that lived for `age` has died. */
    afterDeath(age: Duration): Duration {
        if (age >= HEALTHY_AGE) {
            this.#next = NO_TIME;
        }
        const delay = this.#next;
        const doubled = delay === NO_TIME ? FIRST_WAIT : times(delay, 2);
        this.#next = doubled > LONGEST_WAIT || delay === LONGEST_WAIT ? LONGEST_WAIT : doubled;
        return delay;
    }
}
