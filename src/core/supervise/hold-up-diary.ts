import { after, type Duration, type Instant, isDue, milliseconds, seconds, times } from "../base/instant.ts";
import type { HoldUp, HoldUpCause } from "./hold-up.ts";

/** So rarely one cause is told: a machine that is always busy would fill the log. */
const PAUSE = seconds(30);
/** Unless it is so many times worse than what was told last. */
const WORSE = 4;
/** From here on others may have noticed. */
const GRAVE = milliseconds(100);

const WORDS: Readonly<Record<HoldUpCause, string>> = {
    suspended: "the machine was suspended",
    collection: "garbage collection",
    steal: "other virtual machines had the processor",
    processor: "other programs had the processor",
    "own-work": "its own work took so long",
    stopped: "it was stopped, the machine was paused, or a disk was slow",
};

/** How often a process was held up by one cause, and for how long at most. */
export interface HoldUpCount {
    readonly cause: HoldUpCause;
    readonly count: number;
    readonly longest: Duration;
}

interface Entry extends HoldUpCount {
    /** How many were not told since the last line, and the longest of them. */
    readonly untold: number;
    readonly longestUntold: Duration;
    readonly toldAt: Instant;
    readonly told: Duration;
}

/** One for the log. */
export interface HoldUpLine {
    readonly level: "info" | "warning";
    readonly text: string;
}

/** Keeps count of hold-ups by cause, and says when one is worth a line of the log. */
export class HoldUpDiary {
    readonly #entries = new Map<HoldUpCause, Entry>();

    /** In the order in which they happened first. */
    get counts(): readonly HoldUpCount[] {
        return [...this.#entries.values()].map(({ cause, count, longest }) => ({ cause, count, longest }));
    }

    /** Notes one. @returns the line to log; undefined when the same cause was told of shortly before */
    note({ cause, lateness }: HoldUp, now: Instant): HoldUpLine | undefined {
        const former = this.#entries.get(cause);
        const count = (former?.count ?? 0) + 1;
        const longest = longer(former?.longest, lateness);
        if (former !== undefined && !isDue(after(former.toldAt, PAUSE), now) && lateness < times(former.told, WORSE)) {
            const longestUntold = former.untold === 0 ? lateness : longer(former.longestUntold, lateness);
            this.#entries.set(cause, { ...former, count, longest, untold: former.untold + 1, longestUntold });
            return undefined;
        }
        this.#entries.set(cause, { cause, count, longest, untold: 0, longestUntold: lateness, toldAt: now, told: lateness });
        const { untold = 0, longestUntold = lateness } = former ?? {};
        const before = untold === 0 ? "" : `; ${untold} more since the last message, ${inMilliseconds(longestUntold)} ms at most`;
        return {
            level: longer(lateness, untold === 0 ? lateness : longestUntold) >= GRAVE ? "warning" : "info",
            text: `was held up for ${inMilliseconds(lateness)} ms: ${WORDS[cause]}${before}`,
        };
    }
}

function longer(left: Duration | undefined, right: Duration): Duration {
    return left !== undefined && left > right ? left : right;
}

function inMilliseconds(span: Duration): number {
    return Math.round(span / 1_000);
}
