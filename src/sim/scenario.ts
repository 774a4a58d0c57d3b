import { centiseconds, type Duration, milliseconds, NO_TIME, seconds, times } from "../core/base/instant.ts";
import { SeededRandom } from "./random.ts";

/** One world to be lived through: plain data, so that a failing one can be shown and run again. */
export interface Scenario {
    readonly seed: number;
    readonly version: 2 | 3;
    readonly family: 4 | 6;
    readonly interval: Duration;
    /** How many segments each router stands on, with one virtual router on each; of several on one machine all are in one sync group. */
    readonly segments: number;
    readonly routers: readonly RouterPlan[];
    readonly faults: readonly Fault[];
    /** When the last fault is over and the quiet begins. */
    readonly quietFrom: Duration;
    /** The parts in which the switch stays cut when all is quiet; all equal means one segment. */
    readonly finalParts: readonly number[];
    /** The only segment that stays cut; absent where all do. A sync group is then held back by what it hears on the others. */
    readonly cutSegment?: number;
}

/** One router of the world. */
export interface RouterPlan {
    /** The same for all, unless somebody misconfigured one. */
    readonly vrid: number;
    readonly priority: number;
    readonly preempt: boolean;
    readonly preemptDelay: Duration;
    readonly startAt: Duration;
    /** What a script does to all its virtual routers: nothing where there is none. */
    readonly tracker?: { readonly weight: number; readonly isReversed: boolean };
}

/** Something that goes wrong, and when it is over. */
export type Fault =
    /** The process dies with its machine; at its end it starts anew. */
    | { readonly type: "crash"; readonly router: number; readonly at: Duration; readonly until: Duration }
    /** An orderly stop (priority 0), then a start. */
    | { readonly type: "stop"; readonly router: number; readonly at: Duration; readonly until: Duration }
    /** The process dies alone: addresses stand, and at its end another one takes up what it knew, as after an upgrade. */
    | { readonly type: "hand-over"; readonly router: number; readonly at: Duration; readonly until: Duration }
    /** Its configuration is read with another priority, and at its end as it was; an owner's stays. */
    | { readonly type: "reload"; readonly router: number; readonly priority: number; readonly at: Duration; readonly until: Duration }
    /** The process does not run, but the machine does: frames queue up. */
    | { readonly type: "stall"; readonly router: number; readonly at: Duration; readonly until: Duration }
    | { readonly type: "link-down"; readonly router: number; readonly segment: number; readonly at: Duration; readonly until: Duration }
    /** The tracked script fails. */
    | { readonly type: "tracker-down"; readonly router: number; readonly at: Duration; readonly until: Duration }
    | { readonly type: "partition"; readonly parts: readonly number[]; readonly at: Duration; readonly until: Duration }
    | { readonly type: "storm"; readonly loss: number; readonly maxDelay: Duration; readonly at: Duration; readonly until: Duration }
    /** Somebody deletes the virtual address where it stands. */
    | { readonly type: "address-deleted"; readonly at: Duration; readonly until: Duration };

/** The world that belongs to a seed. */
export function scenarioFromSeed(seed: number): Scenario {
    const random = new SeededRandom(seed);
    const version = random.pick([2, 3] as const);
    const interval = version === 2 ? seconds(1) : random.pick([seconds(1), centiseconds(10), centiseconds(1)]);
    const segments = random.pick([1, 1, 1, 2, 3]);
    const routers = routerPlans(random, interval);
    const stormy = times(interval, random.integer(5, 60));
    const faults = random.chance(0.15) ? [] : faultsWithin(random, { count: routers.length, segments, interval, end: stormy });
    const healsWholly = random.chance(0.8);
    return {
        seed,
        version,
        family: version === 2 ? 4 : random.pick([4, 6] as const),
        interval,
        segments,
        routers,
        faults,
        quietFrom: stormy,
        finalParts: routers.map(() => (healsWholly ? 0 : random.integer(0, 1))),
        ...(segments > 1 && random.chance(0.5) && { cutSegment: random.integer(0, segments - 1) }),
    };
}

function routerPlans(random: SeededRandom, interval: Duration): readonly RouterPlan[] {
    const count = random.integer(2, 5);
    const hasOwner = random.chance(0.2);
    const preempts = random.chance(0.7);
    return Array.from({ length: count }, (_, index) => ({
        vrid: 51,
        priority: hasOwner && index === 0 ? 255 : random.pick([random.integer(1, 254), 100, 150]),
        preempt: (hasOwner && index === 0) || preempts || random.chance(0.5),
        preemptDelay: random.chance(0.15) && !(hasOwner && index === 0) ? times(interval, random.integer(1, 6)) : NO_TIME,
        startAt: times(interval, random.fraction() * random.pick([0, 1, 8])),
        ...(random.chance(0.4) && { tracker: trackerPlan(random) }),
    }));
}

/** Without a weight failure is a fault; that is never reversed, or a router that is well could do nothing. */
function trackerPlan(random: SeededRandom): { readonly weight: number; readonly isReversed: boolean } {
    const weight = random.pick([0, random.integer(-100, 100)]);
    return { weight, isReversed: weight !== 0 && random.chance(0.3) };
}

interface FaultFrame {
    readonly count: number;
    readonly segments: number;
    readonly interval: Duration;
    readonly end: Duration;
}

function faultsWithin(random: SeededRandom, frame: FaultFrame): readonly Fault[] {
    return Array.from({ length: random.integer(1, 6) }, () => oneFault(random, frame));
}

function oneFault(random: SeededRandom, { count, segments, interval, end }: FaultFrame): Fault {
    const at = times(end, random.fraction());
    const until = Math.min(end, at + times(interval, random.fraction() * 12)) as Duration;
    const router = random.integer(0, count - 1);
    switch (random.integer(0, 9)) {
        case 0:
            return { type: "crash", router, at, until };
        case 1:
            return { type: "stop", router, at, until };
        case 2:
            return { type: "stall", router, at, until };
        case 3:
            return { type: "link-down", router, segment: random.integer(0, segments - 1), at, until };
        case 4:
            return { type: "partition", parts: Array.from({ length: count }, () => random.integer(0, 1)), at, until };
        case 5:
            return {
                type: "storm",
                loss: random.fraction() * 0.6,
                maxDelay: milliseconds(random.fraction() * (interval / 2_000)),
                at,
                until,
            };
        case 6:
            return { type: "tracker-down", router, at, until };
        case 7:
            return { type: "hand-over", router, at, until: random.chance(0.5) ? at : until };
        case 8:
            return { type: "reload", router, priority: random.integer(1, 254), at, until };
        default:
            return { type: "address-deleted", at, until };
    }
}
