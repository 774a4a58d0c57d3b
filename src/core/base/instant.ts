/**
 * Points in time and spans of time, in whole microseconds of one monotonic clock.
 *
 * Both are branded numbers: a bare number is never a time, and the unit appears only in the name of a constructor.
 */

declare const instantBrand: unique symbol;
declare const durationBrand: unique symbol;

/** A point on the monotonic clock, in microseconds since an arbitrary start; only differences mean anything. */
export type Instant = number & { readonly [instantBrand]: true };

/** A span of time in whole microseconds; may be negative (something is overdue). */
export type Duration = number & { readonly [durationBrand]: true };

/** The point that lies `value` microseconds after the clock's start. Rounded to whole microseconds. */
export function instant(value: number): Instant {
    return Math.round(value) as Instant;
}

/** A span of `value` microseconds, rounded to whole ones. */
export function microseconds(value: number): Duration {
    return Math.round(value) as Duration;
}

/** A span of `value` milliseconds. */
export function milliseconds(value: number): Duration {
    return Math.round(value * 1_000) as Duration;
}

/** A span of `value` centiseconds, the unit of VRRP version 3's interval (RFC 9568 §5.2.7). */
export function centiseconds(value: number): Duration {
    return Math.round(value * 10_000) as Duration;
}

/** A span of `value` seconds. */
export function seconds(value: number): Duration {
    return Math.round(value * 1_000_000) as Duration;
}

/** No time at all. */
export const NO_TIME = microseconds(0);

/** The point `span` after `start`. */
export function after(start: Instant, span: Duration): Instant {
    return (start + span) as Instant;
}

/** The span from `start` to `end`; negative when `end` lies before `start`. */
export function between(start: Instant, end: Instant): Duration {
    return (end - start) as Duration;
}

/** Several spans one after the other. */
export function sum(...spans: readonly Duration[]): Duration {
    let total = 0;
    for (const span of spans) {
        total += span;
    }
    return total as Duration;
}

/** `span` taken `factor` times, rounded to whole microseconds. */
export function times(span: Duration, factor: number): Duration {
    return Math.round(span * factor) as Duration;
}

/** Whether a deadline has been reached at `now`; an absent deadline never is. */
export function isDue(deadline: Instant | undefined, now: Instant): boolean {
    return deadline !== undefined && deadline <= now;
}

/** The earliest of several deadlines; undefined when there is none. */
export function earliest(...deadlines: readonly (Instant | undefined)[]): Instant | undefined {
    let first: Instant | undefined;
    for (const deadline of deadlines) {
        if (deadline !== undefined && (first === undefined || deadline < first)) {
            first = deadline;
        }
    }
    return first;
}

/** The later of two points. */
export function latest(one: Instant, other: Instant): Instant {
    return one < other ? other : one;
}

/** The span in seconds, for people and for texts. */
export function inSeconds(span: Duration): number {
    return span / 1_000_000;
}
