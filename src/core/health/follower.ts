import { type Instant, NO_TIME } from "../base/instant.ts";
import { unreachable } from "../base/result.ts";
import { isSameData } from "../base/same-data.ts";
import type { Adjustment } from "../service/adjustment.ts";
import type { FollowSettings } from "../service/follow-settings.ts";
import type { TrackerStatus } from "../track/tracker-status.ts";
import type { CheckEffect, CheckEvent, CheckState } from "./check.ts";
import type { LastTry } from "./last-try.ts";
import type { Outcome } from "./outcome.ts";

/** What a weight can be at most; a number times its factor that is this far below nothing is a fault. */
const HIGHEST_WEIGHT = 2_147_483_647;
const FAULT_WEIGHT = -2_147_483_648;

interface Verdict {
    readonly isUp: boolean;
    readonly adjustment?: Adjustment;
}

const UP: Verdict = { isUp: true };
const DOWN: Verdict = { isUp: false };

/** A checker that goes by what it is told of something else, as soon as it is told. */
export class Follower {
    readonly #settings: FollowSettings;
    #verdict: Verdict;
    #hasRun: boolean;
    #lastTry: LastTry | undefined;

    /** @param status what is known of what is followed */
    constructor(settings: FollowSettings, status: TrackerStatus, former?: CheckState) {
        this.#settings = settings;
        this.#hasRun = former !== undefined || status.type !== "unknown";
        this.#verdict = former !== undefined && status.type === "unknown" ? former : verdictOf(settings, status);
    }

    get isUp(): boolean {
        return this.#verdict.isUp;
    }

    /** What it makes of the server's weight. */
    get adjustment(): Adjustment | undefined {
        return this.#verdict.adjustment;
    }

    /** What it was told last. */
    get lastTry(): LastTry | undefined {
        return this.#lastTry;
    }

    get state(): CheckState {
        return { ...this.#verdict, hasRun: this.#hasRun };
    }

    /** It never does anything by itself. */
    get wakeAt(): undefined {
        return undefined;
    }

    handle(event: CheckEvent, now: Instant): readonly CheckEffect[] {
        if (event.type !== "told" || event.status.type === "unknown") {
            return [];
        }
        const before = this.#verdict;
        const isFirst = !this.#hasRun;
        this.#verdict = verdictOf(this.#settings, event.status);
        this.#hasRun = true;
        const isChange = before.isUp !== this.#verdict.isUp;
        const isNewWeight = !isSameData(before.adjustment, this.#verdict.adjustment);
        const outcome: Outcome = this.#verdict.isUp ? { type: "success" } : { type: "failure", reason: reasonOf(event.status) };
        this.#lastTry = { outcome, latency: NO_TIME, at: now };
        return isChange || isNewWeight || isFirst
            ? [{ type: "tried", outcome, latency: NO_TIME, retries: 0, isChange, isFirst, isNewWeight }]
            : [];
    }
}

function verdictOf(settings: FollowSettings, status: TrackerStatus): Verdict {
    switch (status.type) {
        case "unknown":
            return settings.isAlpha ? DOWN : UP;
        case "up":
            return UP;
        case "down":
            return DOWN;
        case "value":
            return valueVerdict(settings, status.value);
        default:
            return unreachable(status);
    }
}

function valueVerdict({ follows }: FollowSettings, value: number): Verdict {
    if (follows.kind !== "file") {
        return UP;
    }
    const { weight, isReversed } = follows;
    if (weight === 0) {
        return (value === 0) === isReversed ? DOWN : UP;
    }
    const bonus = value * weight * (isReversed ? -1 : 1);
    if (bonus <= FAULT_WEIGHT) {
        return DOWN;
    }
    return bonus === 0 ? UP : { isUp: true, adjustment: { type: "by", bonus: Math.min(bonus, HIGHEST_WEIGHT) } };
}

function reasonOf(status: TrackerStatus): string {
    return status.type === "value" ? `the number is ${status.value}` : "the session is down";
}
