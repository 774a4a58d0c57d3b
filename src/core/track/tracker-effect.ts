import { unreachable } from "../base/result.ts";
import type { TrackerStatus } from "./tracker-status.ts";
import type { TrackerUse } from "./tracker-use.ts";

/** What one tracked thing does to one virtual router at the moment. */
export interface TrackerEffect {
    /** Added to its priority. */
    readonly weight: number;
    readonly isFault: boolean;
    /** Whether it is a fault is not known yet. */
    readonly isUnknown: boolean;
}

/** What a track_file's number times its weight can do at most to a priority; this much downwards is a fault. */
const FAULT_WEIGHT = -254;
const HIGHEST_WEIGHT = 253;

const NOTHING: TrackerEffect = { weight: 0, isFault: false, isUnknown: false };
const FAULT: TrackerEffect = { weight: 0, isFault: true, isUnknown: false };
const UNKNOWN: TrackerEffect = { weight: 0, isFault: false, isUnknown: true };

/**
 * What a status means for one who tracks it. Without a weight, bad is a fault; a positive weight is added while good, a negative one while bad.
 *
 * As long as nothing is known a weight counts for nothing, and whether there is a fault remains to be seen.
 */
export function trackerEffect(use: Pick<TrackerUse, "weight" | "isReversed">, status: TrackerStatus): TrackerEffect {
    switch (status.type) {
        case "unknown":
            return use.weight === 0 ? UNKNOWN : NOTHING;
        case "up":
            return effectOf(use, true);
        case "down":
            return effectOf(use, false);
        case "value":
            return valueEffect(use, status.value);
        default:
            return unreachable(status);
    }
}

function effectOf({ weight, isReversed }: Pick<TrackerUse, "weight" | "isReversed">, isUp: boolean): TrackerEffect {
    if (weight === 0) {
        return isUp === isReversed ? FAULT : NOTHING;
    }
    const counts = weight > 0 ? isUp : !isUp;
    return counts ? weighing(isReversed ? -weight : weight) : NOTHING;
}

/** A file's number is good when it is 0; with a weight it is a factor of it. */
function valueEffect({ weight, isReversed }: Pick<TrackerUse, "weight" | "isReversed">, value: number): TrackerEffect {
    if (weight === 0) {
        return (value !== 0) === isReversed ? NOTHING : FAULT;
    }
    const product = isReversed ? -(value * weight) : value * weight;
    return product <= FAULT_WEIGHT ? FAULT : weighing(Math.min(product, HIGHEST_WEIGHT));
}

function weighing(weight: number): TrackerEffect {
    return weight === 0 ? NOTHING : { weight, isFault: false, isUnknown: false };
}
