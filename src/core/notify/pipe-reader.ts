import { after, between, type Duration, earliest, type Instant, isDue, milliseconds, seconds } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";
import { type EndingSignal, RunLimit } from "./run-limit.ts";
import { commandText, outcomeText, type ScriptCommand, type ScriptOutcome } from "./script-command.ts";

/** A reader that lived so long has worked: it is started again at once. */
const WORKED = seconds(60);
const FIRST_DELAY = seconds(1);
const LONGEST_DELAY = seconds(60);
/** What is left in the pipe may be read for so long after the last line. */
const LAST_READ = milliseconds(300);

/** What the keeper of a reader can be told. */
export type PipeReaderEvent =
    | { readonly type: "start" }
    | { readonly type: "ended"; readonly outcome: ScriptOutcome; readonly output: readonly string[] }
    /** The last line has been written. */
    | { readonly type: "stop" }
    | { readonly type: "wake" };

/** What the keeper of a reader wants done. */
export type PipeReaderEffect =
    /** Told back as `ended`. */
    | { readonly type: "run"; readonly command: ScriptCommand }
    | { readonly type: "signal"; readonly signal: EndingSignal }
    | { readonly type: "log"; readonly level: "info" | "warning"; readonly text: string };

/** Keeps the script alive that reads a named pipe: one that ends is started again, later and later when it does not last. */
export class PipeReader implements Machine<PipeReaderEvent, PipeReaderEffect> {
    readonly #command: ScriptCommand;
    #startAt: Instant | undefined;
    #startedAt: Instant | undefined;
    #delay: Duration = FIRST_DELAY;
    #limit = new RunLimit(undefined);
    #isStopping = false;

    /** @param path of the pipe: the reader's last argument */
    constructor(command: ScriptCommand, path: string) {
        this.#command = { ...command, words: [...command.words, path] };
    }

    get wakeAt(): Instant | undefined {
        return earliest(this.#startAt, this.#startedAt === undefined ? undefined : this.#limit.wakeAt);
    }

    /** Whether it is there. */
    get isRunning(): boolean {
        return this.#startedAt !== undefined;
    }

    handle(event: PipeReaderEvent, now: Instant): readonly PipeReaderEffect[] {
        switch (event.type) {
            case "start":
                return this.#start(now);
            case "ended":
                return this.#end(event, now);
            case "stop":
                this.#isStopping = true;
                this.#startAt = undefined;
                this.#limit.shorten(after(now, LAST_READ));
                return [];
            case "wake":
                return isDue(this.#startAt, now) ? this.#start(now) : this.#enforce(now);
            default:
                return unreachable(event);
        }
    }

    #start(now: Instant): readonly PipeReaderEffect[] {
        this.#startAt = undefined;
        this.#startedAt = now;
        this.#limit = new RunLimit(undefined);
        return [{ type: "run", command: this.#command }];
    }

    #end({ outcome, output }: PipeReaderEvent & { readonly type: "ended" }, now: Instant): readonly PipeReaderEffect[] {
        const age = this.#startedAt === undefined ? 0 : between(this.#startedAt, now);
        this.#startedAt = undefined;
        const name = commandText(this.#command);
        const lines = output.map((line) => ({ type: "log", level: "info", text: `${name}: | ${line}` }) as const);
        if (this.#isStopping) {
            return lines;
        }
        this.#delay = age >= WORKED ? FIRST_DELAY : this.#delay;
        this.#startAt = after(now, this.#delay);
        const text = `FIFO script ${name} ${outcomeText(outcome)}: it is started again in ${this.#delay / 1_000_000} seconds`;
        this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY) as Duration;
        return [...lines, { type: "log", level: "warning", text }];
    }

    #enforce(now: Instant): readonly PipeReaderEffect[] {
        const signal = this.#startedAt === undefined ? undefined : this.#limit.take(now);
        return signal === undefined ? [] : [{ type: "signal", signal }];
    }
}
