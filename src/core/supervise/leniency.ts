import { type Duration, seconds, times } from "../base/instant.ts";
import type { Role } from "./messages.ts";
import type { VrrpProcessSettings } from "./process-settings.ts";

/** How long the parent puts up with a child. */
export interface Leniency {
    /** That says nothing: it hangs, and is replaced. */
    readonly silence: Readonly<Record<Role, Duration>>;
    /** That was told to stop: `child_wait_time`. */
    readonly stop: Duration;
}

const LONGEST = seconds(30);
/** Less than this is what a machine out of breath may take. */
const SHORTEST = seconds(5);
/** At about three and a half intervals others take over; from then on addresses of a process that hangs have two owners. */
const INTERVALS = 5;
/** Keepalived's `child_wait_time`. */
const STOP = seconds(5);

/** Clients are sent to servers that have died meanwhile. */
const UNCHECKED = seconds(10);

/** Patience with children by what they do: neighbours wait for bfd and vrrp processes, clients for checkers, while nobody misses the runner for half a minute. */
export function leniencyOf({ routers }: Pick<VrrpProcessSettings, "routers">, childWaitTime: Duration = STOP): Leniency {
    const shortest = routers.reduce<Duration>((least, { advertisementInterval }) => min(least, advertisementInterval), LONGEST);
    const vrrp = min(LONGEST, max(SHORTEST, times(shortest, INTERVALS)));
    return { silence: { vrrp, bfd: SHORTEST, checkers: UNCHECKED, runner: LONGEST }, stop: childWaitTime };
}

function min(one: Duration, other: Duration): Duration {
    return one < other ? one : other;
}

function max(one: Duration, other: Duration): Duration {
    return one > other ? one : other;
}
