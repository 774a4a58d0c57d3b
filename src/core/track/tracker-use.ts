import type { TrackerKind } from "./tracker-status.ts";

/** One entry of a track list: what is tracked, and what its standing does to the virtual router. */
export interface TrackerUse {
    readonly kind: TrackerKind | "interface";
    readonly name: string;
    /** Added to the priority while good, or when negative while bad; 0 makes bad a fault. A file's number is multiplied by it. */
    readonly weight: number;
    /** `reverse`: the weight counts with the other sign; where it is 0, good and bad change places. */
    readonly isReversed: boolean;
}

/** What a tracked thing is called in tables and for people: kinds have names of their own. */
export function trackerKey({ kind, name }: Pick<TrackerUse, "kind" | "name">): string {
    return `${kind} ${name}`;
}
