import type { DeadlineHeap } from "../core/base/heap.ts";
import { after, type Instant, isDue, milliseconds } from "../core/base/instant.ts";
import type { Machine } from "../core/base/machine.ts";
import type { Failures } from "./failures.ts";
import type { Clock } from "./world.ts";

const RETRY_AFTER_FAILURE = milliseconds(100);

/** A machine and what it needs to take part in a loop. */
export interface Part<Event, Effect> {
    /** For reports of defects. */
    readonly name: string;
    readonly machine: Machine<Event, Effect>;
    /** The event that tells it of a reached deadline; everything that is due is to be done at once. */
    readonly wake: Event;
    /** Whether its next deadline is urgent; absent means that none is. */
    readonly isUrgent?: () => boolean;
    /** Carries one effect out, without waiting for it. */
    readonly perform: (effect: Effect) => void;
}

/** Whoever wants to be woken by a loop. */
export interface Sleeper {
    /** @param now as of when: the time that has passed since does not count */
    readonly wake: (now: Instant) => void;
    readonly isUrgent: () => boolean;
}

/** What a loop gives to a part. */
export interface SittingHost {
    readonly clock: Clock;
    readonly failures: Failures;
    readonly deadlines: DeadlineHeap<Sleeper>;
    readonly wake: (now: Instant) => void;
}

/** A part in its place: hands events to its machine and effects to the world. An exception in either is contained. */
export class Sitting<Event, Effect> implements Sleeper {
    readonly wake: (now: Instant) => void;
    readonly #part: Part<Event, Effect>;
    readonly #host: SittingHost;
    #isGone = false;

    constructor(part: Part<Event, Effect>, host: SittingHost) {
        this.wake = host.wake;
        this.#part = part;
        this.#host = host;
    }

    isUrgent(): boolean {
        return this.#part.isUrgent?.() === true;
    }

    /** Hands the machine an event and carries its effects out. @param now as of when, if not now */
    handle(event: Event, now: Instant | undefined): void {
        if (this.#isGone) {
            return;
        }
        const { machine, name } = this.#part;
        try {
            const effects = machine.handle(event, now ?? this.#host.clock.now());
            for (const effect of effects) {
                this.#perform(effect);
            }
            this.setDeadline();
        } catch (error) {
            this.#host.failures.note({ part: name, doing: "event", subject: event, error });
            this.#setDeadline(false);
        }
    }

    /** Notes when the machine wants to be woken. */
    setDeadline(): void {
        this.#setDeadline(true);
    }

    /** Nothing is handed to the machine any more. */
    leave(): void {
        this.#isGone = true;
        this.#host.deadlines.set(this, undefined);
    }

    #perform(effect: Effect): void {
        try {
            this.#part.perform(effect);
        } catch (error) {
            this.#host.failures.note({ part: this.#part.name, doing: "effect", subject: effect, error });
        }
    }

    #setDeadline(isSound: boolean): void {
        const wakeAt = this.#wakeAt(isSound);
        this.#host.deadlines.set(this, this.#isGone ? undefined : wakeAt);
    }

    /** A machine that failed while a deadline was due would be woken without end: it gets another chance a little later. */
    #wakeAt(isSound: boolean): Instant | undefined {
        const { clock, failures } = this.#host;
        try {
            const { wakeAt } = this.#part.machine;
            return isSound || !isDue(wakeAt, clock.now()) ? wakeAt : after(clock.now(), RETRY_AFTER_FAILURE);
        } catch (error) {
            failures.note({ part: this.#part.name, doing: "event", error });
            return after(clock.now(), RETRY_AFTER_FAILURE);
        }
    }
}
