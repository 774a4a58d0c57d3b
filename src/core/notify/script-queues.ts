import { after, type Duration, earliest, type Instant } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";
import { type EndingSignal, RunLimit } from "./run-limit.ts";
import { commandText, outcomeText, type ScriptCommand, type ScriptOutcome } from "./script-command.ts";

/** A script to be run once. */
export interface ScriptJob {
    /** Told back when it is done with. */
    readonly receipt: number;
    /** Those of one subject run one after the other. */
    readonly subject: string;
    /** When it runs, for the log: `notify_master of VI_1`. */
    readonly occasion: string;
    readonly command: ScriptCommand;
}

/** What the queues can be told. */
export type ScriptQueueEvent =
    | { readonly type: "add"; readonly job: ScriptJob }
    | { readonly type: "ended"; readonly receipt: number; readonly outcome: ScriptOutcome; readonly output: readonly string[] }
    /** The daemon stops: from now on no script may run longer than that. */
    | { readonly type: "stop"; readonly patience: Duration }
    | { readonly type: "wake" };

/** What the queues want done. */
export type ScriptQueueEffect =
    /** Told back as `ended`. */
    | { readonly type: "run"; readonly job: ScriptJob }
    /** To the whole process group of that run. */
    | { readonly type: "signal"; readonly receipt: number; readonly signal: EndingSignal }
    /** Done with, one way or another. */
    | { readonly type: "done"; readonly receipt: number }
    | { readonly type: "log"; readonly level: "info" | "warning" | "error"; readonly text: string };

/** How many scripts run, and how long. */
export interface ScriptQueueSettings {
    /** At once, over all subjects. */
    readonly mostRuns: number;
    /** How long a script may run while another one of its subject waits for it. */
    readonly patience: Duration;
}

interface Run {
    readonly job: ScriptJob;
    readonly startedAt: Instant;
    readonly limit: RunLimit;
}

/**
 * Scripts that wait for their turn: in order for each subject, never two of one subject at once, none lost.
 *
 * A script may run as long as it likes while nobody waits for it; one that holds up its successors is ended.
 */
export class ScriptQueues implements Machine<ScriptQueueEvent, ScriptQueueEffect> {
    readonly #settings: ScriptQueueSettings;
    /** In the order in which subjects came to wait. */
    readonly #waiting = new Map<string, ScriptJob[]>();
    readonly #runs = new Map<string, Run>();
    #lastPatience: Duration | undefined;

    constructor(settings: ScriptQueueSettings) {
        this.#settings = settings;
    }

    /** How many run or wait. */
    get open(): number {
        return Array.from(this.#waiting.values()).reduce((total, { length }) => total + length, this.#runs.size);
    }

    get wakeAt(): Instant | undefined {
        return earliest(...Array.from(this.#runs.values(), ({ limit }) => limit.wakeAt));
    }

    handle(event: ScriptQueueEvent, now: Instant): readonly ScriptQueueEffect[] {
        switch (event.type) {
            case "add":
                return this.#add(event.job, now);
            case "ended":
                return this.#end(event, now);
            case "stop":
                return this.#stop(event.patience, now);
            case "wake":
                return this.#enforce(now);
            default:
                return unreachable(event);
        }
    }

    #add(job: ScriptJob, now: Instant): readonly ScriptQueueEffect[] {
        const queue = this.#waiting.get(job.subject);
        if (queue === undefined) {
            this.#waiting.set(job.subject, [job]);
        } else {
            queue.push(job);
        }
        const run = this.#runs.get(job.subject);
        run?.limit.shorten(latest(now, after(run.startedAt, this.#settings.patience)));
        return this.#startWhoMay(now);
    }

    #startWhoMay(now: Instant): readonly ScriptQueueEffect[] {
        const effects: ScriptQueueEffect[] = [];
        for (const [subject, queue] of this.#waiting) {
            if (this.#runs.size >= this.#settings.mostRuns) {
                break;
            }
            if (this.#runs.has(subject)) {
                continue;
            }
            effects.push(...this.#startNext(subject, queue, now));
        }
        return effects;
    }

    #startNext(subject: string, queue: ScriptJob[], now: Instant): readonly ScriptQueueEffect[] {
        // Behind all others who wait: nobody is kept waiting for ever by one who has much to say.
        this.#waiting.delete(subject);
        const [job, ...rest] = queue;
        if (job === undefined) {
            return [];
        }
        if (rest.length > 0) {
            this.#waiting.set(subject, rest);
        }
        const patience = this.#lastPatience ?? (rest.length > 0 ? this.#settings.patience : undefined);
        const limit = new RunLimit(patience === undefined ? undefined : after(now, patience));
        this.#runs.set(subject, { job, startedAt: now, limit });
        return [{ type: "run", job }];
    }

    #end({ receipt, outcome, output }: ScriptQueueEvent & { readonly type: "ended" }, now: Instant): readonly ScriptQueueEffect[] {
        const run = Array.from(this.#runs.values()).find(({ job }) => job.receipt === receipt);
        if (run === undefined) {
            return [];
        }
        this.#runs.delete(run.job.subject);
        return [...describe(run.job, outcome, output), { type: "done", receipt }, ...this.#startWhoMay(now)];
    }

    #stop(patience: Duration, now: Instant): readonly ScriptQueueEffect[] {
        this.#lastPatience = patience;
        for (const { limit } of this.#runs.values()) {
            limit.shorten(after(now, patience));
        }
        return [];
    }

    #enforce(now: Instant): readonly ScriptQueueEffect[] {
        const effects: ScriptQueueEffect[] = [];
        for (const { job, limit } of this.#runs.values()) {
            const signal = limit.take(now);
            if (signal !== undefined) {
                const text = `${job.occasion}: ${commandText(job.command)} takes too long: sending ${SIGNALS[signal]}`;
                effects.push({ type: "log", level: "warning", text }, { type: "signal", receipt: job.receipt, signal });
            }
        }
        return effects;
    }
}

const SIGNALS = { terminate: "SIGTERM", kill: "SIGKILL" } as const;

function describe(job: ScriptJob, outcome: ScriptOutcome, output: readonly string[]): readonly ScriptQueueEffect[] {
    const isSuccess = outcome.type === "exit" && outcome.status === 0;
    const level = isSuccess ? "info" : outcome.type === "not-started" ? "error" : "warning";
    const text = `${job.occasion}: ${commandText(job.command)} ${outcomeText(outcome)}`;
    return [
        ...output.map((line) => ({ type: "log", level: "info", text: `${job.occasion}: | ${line}` }) as const),
        { type: "log", level, text },
    ];
}

function latest(one: Instant, other: Instant): Instant {
    return one > other ? one : other;
}
