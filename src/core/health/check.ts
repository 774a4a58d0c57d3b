import { after, between, type Duration, type Instant, instant, isDue, milliseconds, seconds, times } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { isSameData } from "../base/same-data.ts";
import type { Adjustment } from "../service/adjustment.ts";
import type { CheckSettings } from "../service/check-settings.ts";
import type { Probe } from "../service/probe/probe.ts";
import type { TrackerStatus } from "../track/tracker-status.ts";
import type { LastTry } from "./last-try.ts";
import type { Outcome } from "./outcome.ts";

/** What happens to a check. */
export type CheckEvent =
    | { readonly type: "wake" }
    /** A try has ended. `attempt` says which: what comes of an earlier one does not count any more. */
    | { readonly type: "outcome"; readonly attempt: number; readonly outcome: Outcome }
    /** The other end has said something: it may take its time again. */
    | { readonly type: "progress"; readonly attempt: number }
    /** Whether it is to be made at all. */
    | { readonly type: "enable"; readonly isEnabled: boolean }
    /** What is followed stands like this now. */
    | { readonly type: "told"; readonly status: TrackerStatus };

/** What is to be done for a check. */
export type CheckEffect =
    /** Ask the server. */
    | { readonly type: "attempt"; readonly attempt: number; readonly probe: Probe }
    /** Nobody waits for that one any more. */
    | { readonly type: "abandon"; readonly attempt: number }
    /** A try has ended. `retries` is how many before it failed too; the verdict changes with `isChange`, the adjustment with `isNewWeight`. */
    | {
          readonly type: "tried";
          readonly outcome: Outcome;
          readonly latency: Duration;
          readonly retries: number;
          readonly isChange: boolean;
          readonly isFirst: boolean;
          readonly isNewWeight: boolean;
      };

/** What outlives the process: a successor goes on from here. */
export interface CheckState {
    readonly isUp: boolean;
    readonly hasRun: boolean;
    readonly adjustment?: Adjustment;
}

const FIRST_DELAY = seconds(1);
/** So many times its time a server may take that says something now and then; a check is not to run into the next one for ever. */
const MOST_TIMES = 10;
const NO_ANSWER = "no answer in time";
const OF_SILENCE: Readonly<Record<Outcome["type"], Outcome>> = {
    success: { type: "success" },
    failure: { type: "failure", reason: NO_ANSWER },
    impossible: { type: "impossible", reason: NO_ANSWER },
};

type Stage =
    | { readonly type: "waiting"; readonly until: Instant }
    | { readonly type: "trying"; readonly since: Instant; readonly deadline: Instant };

/**
 * One checker's patience: when the server is asked, how often it may fail before that counts, and when it is asked again.
 *
 * The first answer of all counts at once. While the server is down a failure changes nothing and hastens nothing.
 */
export class Check implements Machine<CheckEvent, CheckEffect> {
    readonly #settings: CheckSettings;
    #stage: Stage;
    #isEnabled = true;
    #isUp: boolean;
    #hasRun: boolean;
    #adjustment: Adjustment | undefined;
    #lastTry: LastTry | undefined;
    /** Tries in a row that failed since the last success, as long as that does not count yet. */
    #failures = 0;
    #attempt = 0;
    readonly #probes: readonly Probe[];
    #step = 0;
    /** Probes in a row that were answered well. */
    #successes = 0;

    /** @param random 0..1: how much of the longest delay the first check waits */
    constructor(settings: CheckSettings, now: Instant, random: number, former?: CheckState) {
        this.#settings = settings;
        this.#probes = [settings.probe, ...(settings.furtherProbes ?? [])];
        this.#isUp = former?.isUp ?? !settings.schedule.isAlpha;
        this.#hasRun = former?.hasRun ?? false;
        this.#adjustment = former?.adjustment;
        const delay = this.#hasRun ? times(settings.schedule.delayLoop, random) : times(settings.schedule.warmup, random);
        this.#stage = { type: "waiting", until: after(after(now, FIRST_DELAY), delay) };
    }

    /** Whether the server passes, as far as this check goes. */
    get isUp(): boolean {
        return this.#isUp;
    }

    /** What it makes of the server's weight. */
    get adjustment(): Adjustment | undefined {
        return this.#adjustment;
    }

    /** How the last one ended that this process has made. */
    get lastTry(): LastTry | undefined {
        return this.#lastTry;
    }

    /** The try that is being made, if one is. */
    get triedNow(): number | undefined {
        return this.#stage.type === "trying" ? this.#attempt : undefined;
    }

    /** What is asked with the next try, or with the one that is being made. */
    get probe(): Probe {
        return this.#probes[this.#step] ?? this.#settings.probe;
    }

    get state(): CheckState {
        const adjustment = this.#adjustment;
        return { isUp: this.#isUp, hasRun: this.#hasRun, ...(adjustment !== undefined && { adjustment }) };
    }

    get wakeAt(): Instant {
        return this.#stage.type === "waiting" ? this.#stage.until : this.#stage.deadline;
    }

    handle(event: CheckEvent, now: Instant): readonly CheckEffect[] {
        switch (event.type) {
            case "wake":
                return isDue(this.wakeAt, now) ? this.#wake(now) : [];
            case "outcome":
                // Of an attempt that was given up nobody wants to know any more.
                return this.#isTrying(event.attempt) ? this.#finish(event.outcome, now) : [];
            case "progress":
                if (this.#stage.type === "trying" && event.attempt === this.#attempt) {
                    this.#stage = { ...this.#stage, deadline: this.#later(this.#stage.since, now) };
                }
                return [];
            case "enable":
                return this.#enable(event.isEnabled, now);
            case "told":
                // It asks for itself.
                return [];
        }
    }

    #isTrying(attempt: number): boolean {
        return this.#stage.type === "trying" && attempt === this.#attempt;
    }

    #wake(now: Instant): readonly CheckEffect[] {
        if (this.#stage.type === "trying") {
            return [{ type: "abandon", attempt: this.#attempt }, ...this.#finish(OF_SILENCE[this.#settings.silence ?? "failure"], now)];
        }
        if (!this.#isEnabled) {
            this.#wait(this.#settings.schedule.delayLoop, now);
            return [];
        }
        this.#attempt += 1;
        this.#stage = { type: "trying", since: now, deadline: after(now, this.#settings.timeout) };
        return [{ type: "attempt", attempt: this.#attempt, probe: this.probe }];
    }

    #enable(isEnabled: boolean, now: Instant): readonly CheckEffect[] {
        this.#isEnabled = isEnabled;
        if (isEnabled || this.#stage.type !== "trying") {
            return [];
        }
        this.#wait(this.#settings.schedule.delayLoop, now);
        return [{ type: "abandon", attempt: this.#attempt }];
    }

    #wait(delay: Duration, now: Instant): void {
        this.#stage = { type: "waiting", until: after(now, delay) };
    }

    #finish(outcome: Outcome, now: Instant): readonly CheckEffect[] {
        const { delayLoop, delayBeforeRetry } = this.#settings.schedule;
        const latency = this.#stage.type === "trying" ? between(this.#stage.since, now) : (0 as Duration);
        this.#lastTry = { outcome, latency, at: now };
        const retries = this.#failures;
        const isFirst = !this.#hasRun;
        const isNewWeight = this.#adjust(outcome);
        const tried = (isChange: boolean): CheckEffect => ({ type: "tried", outcome, latency, retries, isChange, isFirst, isNewWeight });
        if (outcome.type === "impossible") {
            this.#wait(delayLoop, now);
            return [tried(false)];
        }
        this.#successes = outcome.type === "failure" ? 0 : this.#successes;
        if (outcome.type === "failure" && this.#mayRetry()) {
            this.#failures += 1;
            this.#wait(delayBeforeRetry, now);
            return [tried(false)];
        }
        this.#failures = 0;
        if (outcome.type === "success" && !this.#isSettled()) {
            this.#wait(this.#settings.isHasty === true ? milliseconds(0) : delayLoop, now);
            return [{ type: "tried", outcome, latency, retries, isChange: false, isFirst: false, isNewWeight }];
        }
        const isUp = outcome.type === "success";
        const isChange = isUp !== this.#isUp;
        this.#hasRun = true;
        this.#isUp = isUp;
        this.#wait(delayLoop, now);
        return [tried(isChange)];
    }

    /** After a success: goes on to the next probe. Whether the verdict is good now, which takes a whole round where it was not. */
    #isSettled(): boolean {
        this.#step = (this.#step + 1) % this.#probes.length;
        this.#successes += 1;
        return (this.#isUp && this.#hasRun) || this.#successes >= this.#probes.length;
    }

    #later(since: Instant, now: Instant): Instant {
        const { timeout, schedule } = this.#settings;
        return instant(Math.min(after(now, timeout), Math.max(after(since, times(timeout, MOST_TIMES)), after(since, schedule.delayLoop))));
    }

    /** A failure says nothing of the weight. */
    #adjust(outcome: Outcome): boolean {
        if (outcome.type !== "success" || isSameData(outcome.adjustment, this.#adjustment)) {
            return false;
        }
        this.#adjustment = outcome.adjustment;
        return true;
    }

    #mayRetry(): boolean {
        return this.#isUp && this.#hasRun && this.#failures < this.#settings.schedule.retry;
    }
}
