import { type Duration, NO_TIME, seconds, times } from "../base/instant.ts";

/** A child that lived this long is taken for healthy: its death starts a new count. */
export const HEALTHY_AGE = seconds(60);

const FIRST_WAIT = seconds(1);
const LONGEST_WAIT = seconds(60);

/** So many children in a row that had come to work are replaced at once, however young they died. */
const QUICK_RESTARTS = 8;

/** How one life ended. */
export interface Death {
    readonly age: Duration;
    /** It had taken its configuration up: its start works. */
    readonly wasConfigured: boolean;
}

/**
 * How long to wait before a dead child is started again. One that had come to work is replaced at once, or a peer would take its addresses over;
 * one that does not get as far, or too many in a row, waits nothing, then 1, 2, 4 … 60 seconds, so that a crash loop cannot eat the machine.
 */
export class RestartDelay {
    #next: Duration = NO_TIME;
    #quick = 0;

    /** The wait after a child has died. */
    afterDeath({ age, wasConfigured }: Death): Duration {
        if (age >= HEALTHY_AGE) {
            this.#next = NO_TIME;
            this.#quick = 0;
        }
        if (wasConfigured && this.#quick < QUICK_RESTARTS) {
            this.#quick++;
            this.#next = this.#next === NO_TIME ? FIRST_WAIT : this.#next;
            return NO_TIME;
        }
        const delay = this.#next;
        const doubled = delay === NO_TIME ? FIRST_WAIT : times(delay, 2);
        this.#next = doubled > LONGEST_WAIT || delay === LONGEST_WAIT ? LONGEST_WAIT : doubled;
        return delay;
    }
}
