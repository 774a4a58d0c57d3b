import type { Sequence } from "../../packet/hmac-trailer.ts";

const MICROSECONDS = 1_000_000;
/** Microseconds of the counter's period. */
const TICKS = 65_536;

/** The sequence number of a time of day (microseconds since 1970), its counter at zero. */
export function sequenceAt(timeOfDay: number): Sequence {
    const seconds = Math.floor(timeOfDay / MICROSECONDS);
    const fraction = Math.floor(((timeOfDay - seconds * MICROSECONDS) * TICKS) / MICROSECONDS);
    return { seconds: seconds >>> 0, rest: (fraction << 16) >>> 0 };
}

/** The sequence number that lies `step` (below 2^32) behind; a counter that is full carries over into the time. */
export function advanced({ seconds, rest }: Sequence, step: number): Sequence {
    const sum = rest + step;
    return { seconds: (seconds + (sum > 0xffff_ffff ? 1 : 0)) >>> 0, rest: sum >>> 0 };
}

/** Whether one sequence number comes after another, in the arithmetic of serial numbers (RFC 1982 §3.2) on 64 bits. */
export function isAfter(left: Sequence, right: Sequence): boolean {
    const borrow = left.rest < right.rest ? 1 : 0;
    const upper = (left.seconds - right.seconds - borrow) | 0;
    return upper > 0 || (upper === 0 && left.rest !== right.rest);
}

/** How many whole seconds the second of one sequence number lies behind that of another; negative when it lies before. */
export function secondsBetween(from: Sequence, to: Sequence): number {
    return (to.seconds - from.seconds) | 0;
}
