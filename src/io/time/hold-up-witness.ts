import { PerformanceObserver, performance } from "node:perf_hooks";
import { after, between, type Duration, type Instant, instant, microseconds, milliseconds, NO_TIME } from "../../core/base/instant.ts";
import { causeOf, type HoldUp } from "../../core/supervise/hold-up.ts";
import type { Clock, Outlet, Scheduler } from "../../host/world.ts";
import { ProcessorReading, ProcessorRecord } from "./processor-record.ts";

/** A reading of what the process had costs as much as two advertisements: one older than this is taken anew. */
const FRESH = milliseconds(500);
/** So many turns of Node's own loop after a collection it is told of. */
const TURNS_UNTIL_TOLD = 4;
/** So many collections are remembered; the observer tells of them one by one, soon after they happened. */
const REMEMBERED = 32;

interface Span {
    readonly from: Instant;
    readonly to: Instant;
}

/** What a witness is given. */
export interface HoldUpWitnessSettings {
    readonly clock: Clock;
    readonly scheduler: Scheduler;
    readonly onHoldUp: (holdUp: HoldUp) => void;
}

/**
 * Finds out why a loop was late: from what the kernel writes down of processors, and what Node tells of its garbage collector. As an outlet of the loop it takes a
 * reading now and then, to know what was so before.
 */
export class HoldUpWitness implements Outlet {
    readonly #settings: HoldUpWitnessSettings;
    readonly #record = new ProcessorRecord();
    readonly #collections: Span[] = [];
    readonly #observer: PerformanceObserver;
    #reading = new ProcessorReading();
    #readAt: Instant;

    constructor(settings: HoldUpWitnessSettings) {
        this.#settings = settings;
        this.#record.read(this.#reading);
        this.#readAt = settings.clock.now();
        this.#observer = new PerformanceObserver((list) => {
            for (const { startTime, duration } of list.getEntries()) {
                this.#remember(startTime, duration);
            }
        });
        this.#observer.observe({ entryTypes: ["gc"] });
    }

    flush(): void {
        const now = this.#settings.clock.now();
        if (between(this.#readAt, now) >= FRESH) {
            this.#record.read(this.#reading);
            this.#readAt = now;
        }
    }

    /** The loop did not run from `since` on, for so long; of that the machine was suspended for `suspended`. The cause is told a little later. */
    heldUp(since: Instant, lateness: Duration, suspended: Duration = NO_TIME): void {
        const seen = this.#record.read(new ProcessorReading());
        const spent = seen.since(this.#reading);
        const until = after(since, lateness);
        this.#reading = seen;
        this.#readAt = this.#settings.clock.now();
        this.#later(TURNS_UNTIL_TOLD, () => {
            const collecting = this.#collectingWithin({ from: since, to: until });
            const cause = causeOf({ lateness, suspended, collecting, ...spent });
            this.#settings.onHoldUp({ lateness, cause });
        });
    }

    close(): void {
        this.#observer.disconnect();
        this.#record.close();
    }

    #later(turns: number, run: () => void): void {
        this.#settings.scheduler.soon(() => (turns > 1 ? this.#later(turns - 1, run) : run()));
    }

    /** @param startTime in milliseconds of Node's clock, which runs as ours does but began with the process */
    #remember(startTime: number, duration: number): void {
        const ago = milliseconds(performance.now() - startTime);
        const from = instant(this.#settings.clock.now() - ago);
        this.#collections.push({ from, to: after(from, milliseconds(duration)) });
        if (this.#collections.length > REMEMBERED) {
            this.#collections.shift();
        }
    }

    #collectingWithin({ from, to }: Span): Duration {
        return microseconds(
            this.#collections.reduce((total, span) => total + Math.max(0, Math.min(span.to, to) - Math.max(span.from, from)), 0),
        );
    }
}
