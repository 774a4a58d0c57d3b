/** What a virtual router's parameters are; times in milliseconds. */
export interface Timing {
    readonly priority: number;
    readonly interval: number;
}

/** Skew_Time in milliseconds: RFC 9568 §6.1, and §6.1 of RFC 3768 where the interval stands for one second. */
export function skewTime(timing: Timing): number {
    return ((256 - timing.priority) * timing.interval) / 256;
}

/** Active_Down_Interval (version 2: Master_Down_Interval) in milliseconds. */
export function masterDownInterval(timing: Timing): number {
    return 3 * timing.interval + skewTime(timing);
}
