import { DeadlineHeap } from "../base/heap.ts";
import type { Instant } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";
import { type EndingSignal, RunLimit } from "./run-limit.ts";
import type { ScriptCommand, ScriptOutcome } from "./script-command.ts";

/** What happens to runs that somebody asks for and waits for. */
export type ScriptRunEvent =
    /** Run it. Asked for again it is the same run. */
    | { readonly type: "run"; readonly run: number; readonly command: ScriptCommand }
    /** Nobody waits for that one any more. */
    | { readonly type: "end"; readonly run: number }
    | { readonly type: "ended"; readonly run: number; readonly outcome: ScriptOutcome; readonly output: string }
    /** Nobody waits for any. */
    | { readonly type: "end-all" }
    | { readonly type: "wake" };

/** What is to be done for them. */
export type ScriptRunEffect =
    /** Told back as `ended`. */
    | { readonly type: "start"; readonly run: number; readonly command: ScriptCommand }
    /** To the whole process group. */
    | { readonly type: "signal"; readonly run: number; readonly signal: EndingSignal }
    | { readonly type: "tell"; readonly run: number; readonly outcome: ScriptOutcome; readonly output: string };

interface Run {
    readonly number: number;
    readonly limit: RunLimit;
    /** Somebody asks for that number anew, while this one has been told to leave: to be begun after it. */
    next: ScriptCommand | undefined;
}

/** Programs that others have run for them: each is told of once, and ended when nobody waits for it, which it may resist for a while. */
export class ScriptRuns implements Machine<ScriptRunEvent, ScriptRunEffect> {
    readonly #runs = new Map<number, Run>();
    readonly #deadlines = new DeadlineHeap<Run>();

    get wakeAt(): Instant | undefined {
        return this.#deadlines.earliest;
    }

    handle(event: ScriptRunEvent, now: Instant): readonly ScriptRunEffect[] {
        switch (event.type) {
            case "run":
                return this.#begin(event.run, event.command);
            case "end":
                return this.#giveUp(this.#runs.get(event.run), now);
            case "ended":
                return this.#end(event);
            case "end-all":
                return [...this.#runs.values()].flatMap((run) => this.#giveUp(run, now));
            case "wake":
                return this.#enforce(now);
            default:
                return unreachable(event);
        }
    }

    #begin(number: number, command: ScriptCommand): readonly ScriptRunEffect[] {
        const present = this.#runs.get(number);
        if (present !== undefined) {
            present.next = present.limit.isOver ? command : undefined;
            return [];
        }
        this.#runs.set(number, { number, limit: new RunLimit(undefined), next: undefined });
        return [{ type: "start", run: number, command }];
    }

    #giveUp(run: Run | undefined, now: Instant): readonly ScriptRunEffect[] {
        if (run === undefined) {
            return [];
        }
        run.next = undefined;
        if (run.limit.isOver) {
            return [];
        }
        run.limit.shorten(now);
        return this.#signal(run, now);
    }

    #end({ run: number, outcome, output }: ScriptRunEvent & { readonly type: "ended" }): readonly ScriptRunEffect[] {
        const run = this.#runs.get(number);
        if (run === undefined) {
            return [];
        }
        this.#runs.delete(number);
        this.#deadlines.set(run, undefined);
        if (run.next !== undefined) {
            return this.#begin(number, run.next);
        }
        return run.limit.isOver ? [] : [{ type: "tell", run: number, outcome, output }];
    }

    #enforce(now: Instant): readonly ScriptRunEffect[] {
        const effects: ScriptRunEffect[] = [];
        for (let due = this.#deadlines.takeDue(now); due !== undefined; due = this.#deadlines.takeDue(now)) {
            effects.push(...this.#signal(due, now));
        }
        return effects;
    }

    #signal(run: Run, now: Instant): readonly ScriptRunEffect[] {
        const signal = run.limit.take(now);
        this.#deadlines.set(run, run.limit.wakeAt);
        return signal === undefined ? [] : [{ type: "signal", run: run.number, signal }];
    }
}
