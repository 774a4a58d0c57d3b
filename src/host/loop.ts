import { DeadlineHeap } from "../core/base/heap.ts";
import { after, between, type Duration, type Instant, isDue, microseconds } from "../core/base/instant.ts";
import { Alarm } from "./alarm.ts";
import { BulkSlices } from "./bulk-slices.ts";
import { Failures, type LoopFailure } from "./failures.ts";
import type { LatenessSummary } from "./lateness.ts";
import { Punctuality, type PunctualitySettings, type Stall } from "./punctuality.ts";
import { type Part, Sitting, type Sleeper } from "./sitting.ts";
import type { BulkLane, BulkWork, Clock, Outlet, Scheduler, Source, WakeTimer } from "./world.ts";

/** How often one turn serves deadlines: a machine may serve a share of its own only, for what that brought forth to leave first. */
const SHARES_IN_TURN = 32;
const USUAL_BACKLOG = 16;

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
    /** How many batches of a source count before silence does: a flood must not keep deadlines waiting for ever. Absent for a few. */
    readonly backlog?: number;
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
    /** The moment is over, and what it brought forth has left. */
    readonly relax: () => void;
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
    readonly #deadlines = new DeadlineHeap<Sleeper>();
    readonly #punctuality: Punctuality;
    readonly #told: (() => void)[] = [];
    readonly #waitingWorks = new WeakMap<BulkWork, Sleeper>();
    #isInTurn = false;
    #isTense = false;
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
        const { clock } = this.#settings;
        const tell = (event: Event, now?: Instant) => this.#tell(sitting, event, now);
        const sitting: Sitting<Event, Effect> = new Sitting(part, {
            clock,
            failures: this.#failures,
            deadlines: this.#deadlines,
            wake: (now) => tell(part.wake, now),
        });
        const began = this.#begin();
        sitting.setDeadline();
        this.#end(began);
        return { tell, leave: () => sitting.leave() };
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

    /** What staying awake consists of, once, within a turn: V8 compiles what is done often, and had better not begin when it counts. */
    practiseWaiting(): void {
        this.#isUrgentNear();
        this.#drainAll();
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
        this.#relax();
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
        const { anticipation } = this.#settings;
        if (anticipation === undefined || !this.#isUrgentNear()) {
            return;
        }
        this.#isTense = true;
        this.#failures.contain(anticipation.prepare, { part: "loop", doing: "listener" });
        while (this.#isUrgentNear()) {
            this.#drainAll();
        }
    }

    #relax(): void {
        const { anticipation } = this.#settings;
        if (this.#isTense && anticipation !== undefined) {
            this.#isTense = false;
            this.#failures.contain(anticipation.relax, { part: "loop", doing: "listener" });
        }
    }

    #isUrgentNear(): boolean {
        const { clock, anticipation } = this.#settings;
        const at = this.#urgentDeadline;
        const now = clock.now();
        return anticipation !== undefined && at !== undefined && now < at && between(now, at) <= anticipation.lead;
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
        const { backlog = USUAL_BACKLOG } = this.#settings;
        let waiting = [...this.#sources];
        for (let pass = 0; pass < backlog && waiting.length > 0; pass++) {
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
        const due: Sleeper[] = [];
        for (let one = this.#deadlines.takeDue(heardUntil); one !== undefined; one = this.#deadlines.takeDue(heardUntil)) {
            due.push(one);
        }
        for (const sleeper of due) {
            sleeper.wake(heardUntil);
        }
    }

    /** Now, or when what is being told at the moment has been dealt with. */
    #tell<Event, Effect>(sitting: Sitting<Event, Effect>, event: Event, now: Instant | undefined): void {
        const began = this.#begin();
        if (this.#isTelling) {
            this.#told.push(() => sitting.handle(event, now));
        } else {
            this.#isTelling = true;
            sitting.handle(event, now);
            for (let next = this.#told.shift(); next !== undefined; next = this.#told.shift()) {
                next();
            }
            this.#isTelling = false;
        }
        this.#end(began);
    }

    #addAt(work: BulkWork, at: Instant): void {
        const sleeper = this.#waitingWorks.get(work) ?? { wake: () => this.bulk.add(work), isUrgent: () => false };
        this.#waitingWorks.set(work, sleeper);
        this.#deadlines.set(sleeper, at);
    }

    #arm(now: Instant): void {
        const lead = this.#urgentDeadline === undefined ? undefined : this.#settings.anticipation?.lead;
        const earliest = this.#deadlines.earliest;
        this.#alarm.want(earliest === undefined || lead === undefined ? earliest : after(earliest, microseconds(-lead)), now);
    }
}
