import { type Duration, microseconds, times } from "../base/instant.ts";

/** The largest part of an interval that chance takes away, and the least with a multiplier of 1 (RFC 5880 §6.8.7). */
const MOST_JITTER = 0.25;
const LEAST_JITTER_OF_ONE = 0.1;

/**
 * Between what the wait before the next packet lies: the agreed interval less 0 to 25 %, so that sessions do not fall into step.
 *
 * RFC 5880 §6.8.7. With a multiplier of 1 it is 10 to 25 %, or the neighbour would have to give up just when the packet is due.
 */
export function waitBounds(interval: Duration, multiplier: number): { readonly shortest: Duration; readonly longest: Duration } {
    const least = multiplier === 1 ? LEAST_JITTER_OF_ONE : 0;
    return { shortest: times(interval, 1 - MOST_JITTER), longest: times(interval, 1 - least) };
}

/** The wait before the next packet, by chance. @param random from 0 up to but never 1 */
export function jittered(interval: Duration, multiplier: number, random: number): Duration {
    const { shortest, longest } = waitBounds(interval, multiplier);
    return microseconds(longest - random * (longest - shortest));
}

/**
 * Detection Time: how long the neighbour may be silent before the path counts as dead.
 *
 * RFC 5880 §6.8.4: the neighbour's multiplier times its interval, which is the slower of what it wants and what we can take.
 *
 * @example detectionTime(5, milliseconds(10), milliseconds(50)) // 250_000 µs
 */
export function detectionTime(remoteDetectMult: number, requiredMinRx: Duration, remoteMinTx: Duration): Duration {
    return times(slower(requiredMinRx, remoteMinTx), remoteDetectMult);
}

/** The longer of two intervals. */
export function slower(left: Duration, right: Duration): Duration {
    return microseconds(Math.max(left, right));
}

/** The shorter of two intervals. */
export function faster(left: Duration, right: Duration): Duration {
    return microseconds(Math.min(left, right));
}
