import { type Duration, type Instant, NO_TIME } from "../../base/instant.ts";

/**
 * The time of day, as signatures carry it: the monotonic clock plus an offset, which only changes when somebody sets the clock, since
 * corrections of its speed concern both clocks alike.
 */
export class TimeOfDay {
    /** From the start of 1970 (UTC) to the start of the monotonic clock. */
    offset: Duration = NO_TIME;

    /** Microseconds since the start of 1970 (UTC). */
    at(now: Instant): number {
        return now + this.offset;
    }
}
