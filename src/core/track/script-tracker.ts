import { after, type Duration, earliest, type Instant, isDue } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";
import { type EndingSignal, RunLimit } from "../notify/run-limit.ts";
import { outcomeText, type ScriptCommand, type ScriptOutcome } from "../notify/script-command.ts";
import type { TrackerStatus } from "./tracker-status.ts";

/** One `vrrp_script`. */
export interface ScriptTrackerSettings {
    readonly name: string;
    readonly command: ScriptCommand;
    /** From one start to the next; while a run lasts, none is started. */
    readonly interval: Duration;
    /** After that long a run has failed and is ended. */
    readonly timeout: Duration;
    /** Successes in a row until it counts as good. */
    readonly rise: number;
    /** Failures in a row until it counts as bad. */
    readonly fall: number;
    /** `init_fail`: bad until it has been good often enough. */
    readonly startsFailed: boolean;
}

/** What a successor of the process needs to go on. */
export interface ScriptTrackerSnapshot {
    readonly name: string;
    readonly isUp: boolean | undefined;
    readonly streak: number;
    readonly lastStatus: number | undefined;
}

/** What a script tracker can be told. */
export type ScriptTrackerEvent =
    | { readonly type: "start" }
    /** `output` is what it wrote last, for the log. */
    | { readonly type: "ended"; readonly outcome: ScriptOutcome; readonly output: string }
    /** The same script, with other figures. */
    | { readonly type: "configure"; readonly settings: ScriptTrackerSettings }
    /** Nobody wants to know any more; a run that lasts is ended. */
    | { readonly type: "stop" }
    | { readonly type: "wake" };

/** What a script tracker wants done. */
export type ScriptTrackerEffect =
    /** Told back as `ended`. */
    | { readonly type: "run"; readonly command: ScriptCommand }
    /** To the whole process group of the run that lasts. */
    | { readonly type: "signal"; readonly signal: EndingSignal }
    | { readonly type: "status"; readonly name: string; readonly status: TrackerStatus }
    | { readonly type: "log"; readonly level: "info" | "warning"; readonly text: string };

/**
 * Runs a script at intervals and makes one word of what its runs come to.
 *
 * The first result decides by itself; from then on `fall` failures in a row make it bad and `rise` successes good. A script that cannot be
 * executed has failed.
 */
export class ScriptTracker implements Machine<ScriptTrackerEvent, ScriptTrackerEffect> {
    #settings: ScriptTrackerSettings;
    #isUp: boolean | undefined;
    /** Results in a row that speak against `#isUp`. */
    #streak = 0;
    #lastStatus: number | undefined;
    /** Undefined before the start and after the stop. */
    #nextRunAt: Instant | undefined;
    #run: RunLimit | undefined;

    /** @param former where a predecessor of the process stood */
    constructor(settings: ScriptTrackerSettings, former?: ScriptTrackerSnapshot) {
        this.#settings = settings;
        this.#isUp = former === undefined ? (settings.startsFailed ? false : undefined) : former.isUp;
        this.#streak = former?.streak ?? 0;
        this.#lastStatus = former?.lastStatus;
    }

    get wakeAt(): Instant | undefined {
        return earliest(this.#run === undefined ? this.#nextRunAt : undefined, this.#run?.wakeAt);
    }

    /** How it stands now. */
    get status(): TrackerStatus {
        return this.#isUp === undefined ? { type: "unknown" } : { type: this.#isUp ? "up" : "down" };
    }

    get snapshot(): ScriptTrackerSnapshot {
        return { name: this.#settings.name, isUp: this.#isUp, streak: this.#streak, lastStatus: this.#lastStatus };
    }

    handle(event: ScriptTrackerEvent, now: Instant): readonly ScriptTrackerEffect[] {
        switch (event.type) {
            case "start":
                this.#nextRunAt = now;
                return [...this.#tell(), ...this.#begin(now)];
            case "ended":
                return this.#end(event.outcome, event.output, now);
            case "configure":
                return this.#configure(event.settings, now);
            case "stop":
                this.#nextRunAt = undefined;
                this.#run?.shorten(now);
                return this.#enforce(now);
            case "wake":
                return [...this.#enforce(now), ...this.#begin(now)];
            default:
                return unreachable(event);
        }
    }

    #configure(settings: ScriptTrackerSettings, now: Instant): readonly ScriptTrackerEffect[] {
        this.#settings = settings;
        const soonest = after(now, settings.interval);
        if (this.#nextRunAt !== undefined && soonest < this.#nextRunAt) {
            this.#nextRunAt = soonest;
        }
        return [];
    }

    #begin(now: Instant): readonly ScriptTrackerEffect[] {
        if (this.#run !== undefined || !isDue(this.#nextRunAt, now)) {
            return [];
        }
        this.#nextRunAt = after(now, this.#settings.interval);
        this.#run = new RunLimit(after(now, this.#settings.timeout));
        return [{ type: "run", command: this.#settings.command }];
    }

    /** A run that lasts too long has failed at that moment, not when it is gone. */
    #enforce(now: Instant): readonly ScriptTrackerEffect[] {
        const signal = this.#run?.take(now);
        if (signal === undefined) {
            return [];
        }
        const isNews = signal === "terminate" && this.#nextRunAt !== undefined;
        return [{ type: "signal", signal }, ...(isNews ? this.#judge(false, "timed_out") : [])];
    }

    #end(outcome: ScriptOutcome, output: string, now: Instant): readonly ScriptTrackerEffect[] {
        const isJudged = this.#run?.isOver === true;
        this.#run = undefined;
        if (this.#nextRunAt === undefined) {
            return [];
        }
        // Starts that fell into a run that lasted are skipped, not made up for.
        while (isDue(this.#nextRunAt, now)) {
            this.#nextRunAt = after(this.#nextRunAt, this.#settings.interval);
        }
        if (isJudged) {
            return [];
        }
        const isSuccess = outcome.type === "exit" && outcome.status === 0;
        const how = isSuccess ? "succeeded" : `failed (${outcomeText(outcome)})${output === "" ? "" : `: ${output}`}`;
        return [...this.#noteStatus(outcome), ...this.#judge(isSuccess, how)];
    }

    #noteStatus(outcome: ScriptOutcome): readonly ScriptTrackerEffect[] {
        const status = outcome.type === "exit" ? outcome.status : undefined;
        const before = this.#lastStatus;
        this.#lastStatus = status;
        return status === undefined || before === undefined || status === before
            ? []
            : [{ type: "log", level: "info", text: `Script \`${this.#settings.name}\` now returning ${status}` }];
    }

    #judge(isSuccess: boolean, how: string): readonly ScriptTrackerEffect[] {
        if (isSuccess === this.#isUp) {
            this.#streak = 0;
            return [];
        }
        this.#streak++;
        const isEnough = this.#isUp === undefined || this.#streak >= (isSuccess ? this.#settings.rise : this.#settings.fall);
        if (!isEnough) {
            return [];
        }
        this.#isUp = isSuccess;
        this.#streak = 0;
        return [
            { type: "log", level: isSuccess ? "info" : "warning", text: `VRRP_Script(${this.#settings.name}) ${how}` },
            { type: "status", name: this.#settings.name, status: this.status },
        ];
    }

    #tell(): readonly ScriptTrackerEffect[] {
        return this.#isUp === undefined ? [] : [{ type: "status", name: this.#settings.name, status: this.status }];
    }
}
