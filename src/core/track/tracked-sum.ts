import type { TrackerEffect } from "./tracker-effect.ts";

/** What all that one virtual router tracks makes of it. */
export interface TrackedStanding {
    /** The sum of all weights that count; not limited to what a priority can be. */
    readonly weight: number;
    /** One of the tracked things that make it fail: `script chk_http`. Absent when none does. */
    readonly failed?: string;
    /** Something that may make it fail has not been heard of yet. */
    readonly isUnknown: boolean;
}

/** Nothing is tracked. */
export const UNTRACKED: TrackedStanding = { weight: 0, isUnknown: false };

/** The effects of all that one virtual router tracks, added up; taking in a change costs the same however many there are. */
export class TrackedSum {
    readonly #effects = new Map<string, TrackerEffect>();
    readonly #failed = new Set<string>();
    #weight = 0;
    #unknown = 0;

    /** What it comes to. */
    get standing(): TrackedStanding {
        const [failed] = this.#failed;
        return { weight: this.#weight, isUnknown: this.#unknown > 0, ...(failed !== undefined && { failed }) };
    }

    /** Takes in what one tracked thing does now. @returns whether that is another thing than before */
    set(tracker: string, effect: TrackerEffect): boolean {
        const before = this.#effects.get(tracker);
        const isSame = before?.weight === effect.weight && before.isFault === effect.isFault && before.isUnknown === effect.isUnknown;
        if (isSame) {
            return false;
        }
        this.#effects.set(tracker, effect);
        this.#weight += effect.weight - (before?.weight ?? 0);
        this.#unknown += Number(effect.isUnknown) - Number(before?.isUnknown ?? false);
        if (effect.isFault) {
            this.#failed.add(tracker);
        } else {
            this.#failed.delete(tracker);
        }
        return true;
    }
}
