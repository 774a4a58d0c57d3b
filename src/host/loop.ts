import { DeadlineHeap } from "../core/base/heap.ts";
import { after, between, type Duration, type Instant, isDue, microseconds, milliseconds } from "../core/base/instant.ts";
import type { Machine } from "../core/base/machine.ts";
import { Alarm } from "./alarm.ts";
import { BulkSlices } from "./bulk-slices.ts";
import { Failures, type LoopFailure } from "./failures.ts";
import type { LatenessSummary } from "./lateness.ts";
import { Punctuality, type PunctualitySettings, type Stall } from "./punctuality.ts";
import type { BulkLane, BulkWork, Clock, Outlet, Scheduler, Source, WakeTimer } from "./world.ts";

/** How often one turn serves deadlines: a machine may serve a share of its own only, for what that brought forth to leave first. */
const SHARES_IN_TURN = 32;
const DRAIN_PASSES = 16;
const RETRY_AFTER_FAILURE = milliseconds(100);

/** What a loop is made of. */
export interface LoopSettings extends PunctualitySettings {
    readonly clock: Clock;
    /** Its owner calls `turn` when it fires. */
    readonly timer: WakeTimer;
    readonly scheduler: Scheduler;
    /** The loop stood still until now. Told before anything that arrived meanwhile. */
    readonly onStalled: (stall: Stall) => void;
    /** A turn that began at `since` took so long itself that others may have waited for it. */
    readonly onLongTurn?: (since: Instant, span: Duration) => void;
    /** A defect was contained. Each is told once. */
    readonly onFailure: (failure: LoopFailure) => void;
    /** How to be in time to the microsecond for urgent deadlines; absent where time does not pass by itself. */
    readonly anticipation?: Anticipation;
}

/**
 * To wake from sleep costs a fraction of a millisecond, and what has not run for a while runs slowly at first. For the few deadlines that deserve
 * it the loop wakes up earlier, warms up, and stays awake until the moment has come.
 */
export interface Anticipation {
    /** How much earlier: about a millisecond. */
    readonly lead: Duration;
    /** Warms up: takes less than the lead. */
    readonly prepare: () => void;
}

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

/** A machine's place in the loop. */
export interface Seat<Event> {
    /**
     * Hands the machine an event and carries its effects out, now; or, when told while another event is being handled, right after
     * that one and all its effects.
     */
    tell(event: Event): void;
    /** Takes the machine out of the loop; told events are ignored from then on. */
    leave(): void;
}

/**
 * The one loop of a process: a clock, a timer, all deadlines.
 *
 * A turn first takes in what has arrived, from everywhere, and only then serves deadlines: whoever was late must not take silence for
 * granted while the advertisement lies in the receive queue. Then it lets go what the turn brought forth, all at once.
 *
 * An exception in a machine, an effect, a source or an outlet is contained and reported; the loop goes on.
 */
export class Loop {
    /** Where long work is done without making anybody late. */
    readonly bulk: BulkLane;
    readonly #settings: LoopSettings;
    readonly #failures: Failures;
    readonly #sources = new Set<Source>();
    readonly #outlets = new Set<Outlet>();
    readonly #deadlines = new DeadlineHeap<Sitting>();
    readonly #punctuality: Punctuality;
    readonly #told: (() => void)[] = [];
    readonly #waitingWorks = new WeakMap<BulkWork, Sitting>();
    #isInTurn = false;
    readonly #alarm: Alarm;
    #isTelling = false;

    constructor(settings: LoopSettings) {
        this.#settings = settings;
        this.#alarm = new Alarm(settings.timer);
        this.#punctuality = new Punctuality(settings);
        this.#failures = new Failures(settings.onFailure);
        const asTurn = (slice: () => void) => {
            const began = this.#begin();
            this.#takeIn(undefined);
            slice();
            this.#end(began);
        };
        const addAt = (work: BulkWork, at: Instant) => this.#addAt(work, at);
        this.bulk = new BulkSlices({
            clock: settings.clock,
            scheduler: settings.scheduler,
            failures: this.#failures,
            asTurn,
            addAt,
            nextDeadline: () => this.#deadlines.earliest,
        });
    }

    /** How late deadlines were served so far. */
    get lateness(): LatenessSummary {
        return this.#punctuality.summary;
    }

    /** How many exceptions were contained so far. */
    get failureCount(): number {
        return this.#failures.count;
    }

    /** Drains it in each turn in which a deadline is due; its owner calls `turn` with it when something has arrived. */
    addSource(source: Source): void {
        this.#sources.add(source);
    }

    removeSource(source: Source): void {
        this.#sources.delete(source);
    }

    /** Flushes it at the end of each turn. */
    addOutlet(outlet: Outlet): void {
        this.#outlets.add(outlet);
    }

    /** Gives a machine its place. It is not told anything yet; a deadline that it has already counts. */
    attach<Event, Effect>(part: Part<Event, Effect>): Seat<Event> {
        const isUrgent = () => part.isUrgent?.() === true;
        const sitting: Sitting = { wake: (now) => this.#tell(part, sitting, { event: part.wake, now }), isUrgent, isGone: false };
        const began = this.#begin();
        this.#setDeadline(part, sitting, true);
        this.#end(began);
        return {
            tell: (event) => this.#tell(part, sitting, { event }),
            leave: () => {
                sitting.isGone = true;
                this.#deadlines.set(sitting, undefined);
            },
        };
    }

    /**
     * One turn: to be called when the timer fires, and with the source when something has arrived at one. Of that source one batch is taken
     * unless a deadline is due; who still has more calls again.
     */
    turn(ready?: Source): void {
        if (ready === undefined) {
            this.#alarm.fired();
        }
        const began = this.#begin();
        this.#takeIn(ready);
        this.#end(began);
    }

    /** @returns when the turn began; undefined within another one, which goes on */
    #begin(): Instant | undefined {
        if (this.#isInTurn) {
            return undefined;
        }
        this.#isInTurn = true;
        return this.#settings.clock.now();
    }

    #end(began: Instant | undefined): void {
        if (began === undefined) {
            return;
        }
        const { clock, onLongTurn } = this.#settings;
        this.#flush();
        this.#isInTurn = false;
        const now = clock.now();
        const span = this.#punctuality.end(began, now);
        if (span !== undefined && onLongTurn !== undefined) {
            this.#failures.contain(() => onLongTurn(began, span), { part: "loop", doing: "listener" });
        }
        this.#arm(now);
    }

    #flush(): void {
        for (const outlet of this.#outlets) {
            try {
                outlet.flush();
            } catch (error) {
                this.#failures.note({ part: outlet.constructor.name, doing: "flush", error });
            }
        }
    }

    #takeIn(ready: Source | undefined): void {
        const { clock } = this.#settings;
        this.#noteLateness(clock.now());
        if (ready !== undefined) {
            this.#drain(ready);
        }
        this.#awaitUrgent();
        let heardUntil = clock.now();
        for (let share = 0; share < SHARES_IN_TURN && isDue(this.#deadlines.earliest, heardUntil); share++) {
            if (share > 0) {
                this.#flush();
            }
            this.#drainAll();
            this.#serveDeadlines(heardUntil);
            heardUntil = clock.now();
        }
    }

    /** Stays awake, and listens, from shortly before an urgent deadline until it is reached or moved away. */
    #awaitUrgent(): void {
        const { clock, anticipation } = this.#settings;
        const isNear = () => {
            const at = this.#urgentDeadline;
            const now = clock.now();
            return anticipation !== undefined && at !== undefined && now < at && between(now, at) <= anticipation.lead;
        };
        if (anticipation === undefined || !isNear()) {
            return;
        }
        this.#failures.contain(anticipation.prepare, { part: "loop", doing: "listener" });
        while (isNear()) {
            this.#drainAll();
        }
    }

    /** The earliest deadline, if it is an urgent one. */
    get #urgentDeadline(): Instant | undefined {
        return this.#deadlines.earliestOwner?.isUrgent() === true ? this.#deadlines.earliest : undefined;
    }

    #noteLateness(now: Instant): void {
        const stall = this.#punctuality.begin(now, this.#deadlines.earliest);
        if (stall !== undefined) {
            this.#failures.contain(() => this.#settings.onStalled(stall), { part: "loop", doing: "listener" });
        }
    }

    #drainAll(): void {
        let waiting = [...this.#sources];
        for (let pass = 0; pass < DRAIN_PASSES && waiting.length > 0; pass++) {
            waiting = waiting.filter((source) => this.#drain(source));
        }
    }

    #drain(source: Source): boolean {
        try {
            return source.drain();
        } catch (error) {
            this.#failures.note({ part: source.constructor.name, doing: "drain", error });
            return false;
        }
    }

    /**
     * Machines are woken as of the moment up to which all that had arrived is surely taken in: whoever lost the processor in the middle of a turn
     * must not take for silence what it has slept through.
     *
     * Each machine once: one that asks to be woken at once again waits until what has arrived is taken in, so that packets are not starved.
     */
    #serveDeadlines(heardUntil: Instant): void {
        const due: Sitting[] = [];
        for (let one = this.#deadlines.takeDue(heardUntil); one !== undefined; one = this.#deadlines.takeDue(heardUntil)) {
            due.push(one);
        }
        for (const sitting of due) {
            sitting.wake(heardUntil);
        }
    }

    /** Now, or when what is being told at the moment has been dealt with. */
    #tell<Event, Effect>(part: Part<Event, Effect>, sitting: Sitting, news: News<Event>): void {
        const began = this.#begin();
        if (this.#isTelling) {
            this.#told.push(() => this.#handle(part, sitting, news));
        } else {
            this.#isTelling = true;
            this.#handle(part, sitting, news);
            for (let next = this.#told.shift(); next !== undefined; next = this.#told.shift()) {
                next();
            }
            this.#isTelling = false;
        }
        this.#end(began);
    }

    #handle<Event, Effect>(part: Part<Event, Effect>, sitting: Sitting, { event, now }: News<Event>): void {
        if (sitting.isGone) {
            return;
        }
        try {
            const effects = part.machine.handle(event, now ?? this.#settings.clock.now());
            for (const effect of effects) {
                this.#perform(part, effect);
            }
            this.#setDeadline(part, sitting, true);
        } catch (error) {
            this.#failures.note({ part: part.name, doing: "event", subject: event, error });
            this.#setDeadline(part, sitting, false);
        }
    }

    #perform<Event, Effect>(part: Part<Event, Effect>, effect: Effect): void {
        try {
            part.perform(effect);
        } catch (error) {
            this.#failures.note({ part: part.name, doing: "effect", subject: effect, error });
        }
    }

    #setDeadline<Event, Effect>(part: Part<Event, Effect>, sitting: Sitting, isSound: boolean): void {
        const wakeAt = this.#wakeAtOf(part, isSound);
        this.#deadlines.set(sitting, sitting.isGone ? undefined : wakeAt);
    }

    /** A machine that failed while a deadline was due would be woken without end: it gets another chance a little later. */
    #wakeAtOf<Event, Effect>(part: Part<Event, Effect>, isSound: boolean): Instant | undefined {
        const { clock } = this.#settings;
        try {
            const { wakeAt } = part.machine;
            return isSound || !isDue(wakeAt, clock.now()) ? wakeAt : after(clock.now(), RETRY_AFTER_FAILURE);
        } catch (error) {
            this.#failures.note({ part: part.name, doing: "event", error });
            return after(clock.now(), RETRY_AFTER_FAILURE);
        }
    }

    #addAt(work: BulkWork, at: Instant): void {
        const sitting = this.#waitingWorks.get(work) ?? { wake: () => this.bulk.add(work), isUrgent: () => false, isGone: false };
        this.#waitingWorks.set(work, sitting);
        this.#deadlines.set(sitting, at);
    }

    #arm(now: Instant): void {
        const lead = this.#urgentDeadline === undefined ? undefined : this.#settings.anticipation?.lead;
        const earliest = this.#deadlines.earliest;
        this.#alarm.want(earliest === undefined || lead === undefined ? earliest : after(earliest, microseconds(-lead)), now);
    }
}

/** What a machine is told, and as of when if not now. */
interface News<Event> {
    readonly event: Event;
    readonly now?: Instant;
}

/** A part in its place, with the types of its events forgotten. */
interface Sitting {
    /** @param now as of when: the time that has passed since does not count */
    readonly wake: (now: Instant) => void;
    readonly isUrgent: () => boolean;
    isGone: boolean;
}
