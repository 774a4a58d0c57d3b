import type { Machine } from "../core/base/machine.ts";
import { type RecordedEvent, Recorder } from "./recorder.ts";
import { readLine } from "./recording-line.ts";

/**
 * Tells a machine everything that a recording says, at the recorded times, and returns the outcomes as lines of `effects.jsonl`:
 * a machine that behaves as it did when recorded gives the recorded lines.
 *
 * @param machine in the state in which the recording began
 * @param events the lines of `events.jsonl`; empty ones are passed over
 */
export function replay<Event, Effect>(machine: Machine<Event, Effect>, events: readonly string[]): readonly string[] {
    const outcomes: string[] = [];
    const recorder = new Recorder(machine, { event: () => {}, outcome: (line) => outcomes.push(line) });
    for (const line of events.filter((text) => text.trim() !== "")) {
        const { at, event } = readLine(line) as RecordedEvent<Event>;
        recorder.handle(event, at);
    }
    return outcomes;
}

/** The first line in which two runs differ; undefined when they are the same. */
export interface Difference {
    /** Counted from 1. */
    readonly line: number;
    readonly recorded: string | undefined;
    readonly replayed: string | undefined;
}

/** Where a replay leaves the recording. */
export function firstDifference(recorded: readonly string[], replayed: readonly string[]): Difference | undefined {
    for (let index = 0; index < Math.max(recorded.length, replayed.length); index++) {
        if (recorded[index] !== replayed[index]) {
            return { line: index + 1, recorded: recorded[index], replayed: replayed[index] };
        }
    }
    return undefined;
}
