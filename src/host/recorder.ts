import type { Instant } from "../core/base/instant.ts";
import type { Machine } from "../core/base/machine.ts";
import { writeLine } from "./recording-line.ts";

/** What a recording says of one step's input: a line of `events.jsonl`. */
export interface RecordedEvent<Event> {
    readonly at: Instant;
    readonly event: Event;
}

/** What a recording says of one step's outcome: the line of the same number in `effects.jsonl`. */
export interface RecordedOutcome<Effect> {
    readonly effects: readonly Effect[];
    /** Absent when the machine has no deadline. */
    readonly wakeAt?: Instant;
}

/** Where a recording goes, line by line. */
export interface RecordingSink {
    event(line: string): void;
    outcome(line: string): void;
}

/**
 * A machine that also writes down everything that it is told, does and waits for. What was written can be replayed.
 *
 * An event is written before it is handled, so that a defect leaves its cause on record.
 */
export class Recorder<Event, Effect> implements Machine<Event, Effect> {
    readonly #machine: Machine<Event, Effect>;
    readonly #sink: RecordingSink;

    constructor(machine: Machine<Event, Effect>, sink: RecordingSink) {
        this.#machine = machine;
        this.#sink = sink;
    }

    get wakeAt(): Instant | undefined {
        return this.#machine.wakeAt;
    }

    handle(event: Event, now: Instant): readonly Effect[] {
        this.#sink.event(writeLine({ at: now, event } satisfies RecordedEvent<Event>));
        const effects = this.#machine.handle(event, now);
        this.#sink.outcome(writeLine(outcomeOf(effects, this.#machine.wakeAt)));
        return effects;
    }
}

function outcomeOf<Effect>(effects: readonly Effect[], wakeAt: Instant | undefined): RecordedOutcome<Effect> {
    return wakeAt === undefined ? { effects } : { effects, wakeAt };
}
