import { type Duration, microseconds, seconds, sum, times } from "../base/instant.ts";

/** The priority of the router that owns the virtual addresses itself (RFC 9568 §5.2.4). */
export const OWNER_PRIORITY = 255;

/** What an Active Router says that stops taking part (RFC 9568 §5.2.4). */
export const STOP_PRIORITY = 0;

/** What the two timers of RFC 9568 §6.1 and RFC 3768 §6.1 are made of. */
export interface TimerInputs {
    readonly version: 2 | 3;
    /** Our effective priority; an owner's is 255 whatever it advertises at the moment. */
    readonly priority: number;
    /** Active_Adver_Interval: the Active Router's, as last heard in version 3, our own in version 2. */
    readonly activeAdvertisementInterval: Duration;
    readonly downTimerAdverts: number;
}

/**
 * Skew_Time: the head start that a higher priority gives a Backup Router in the race to take over. Cut to whole microseconds.
 *
 * RFC 9568 §6.1: ((256 - Priority) * Active_Adver_Interval) / 256. RFC 3768 §6.1: (256 - Priority) / 256 seconds, whatever the interval.
 *
 * @example skewTime({ version: 3, priority: 100, activeAdvertisementInterval: seconds(1), downTimerAdverts: 3 }) // 609_375 µs
 */
export function skewTime(inputs: TimerInputs): Duration {
    const whole = inputs.version === 2 ? seconds(1) : inputs.activeAdvertisementInterval;
    return microseconds(Math.floor(((256 - inputs.priority) * whole) / 256));
}

/**
 * Active_Down_Interval: how long a Backup Router waits for an advertisement before it takes over (RFC 9568 §6.1, with Keepalived's
 * `vrrp_down_timer_adverts` in the place of the 3).
 */
export function activeDownInterval(inputs: TimerInputs): Duration {
    return sum(times(inputs.activeAdvertisementInterval, inputs.downTimerAdverts), skewTime(inputs));
}
