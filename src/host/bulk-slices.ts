import { after, between, type Duration, type Instant, microseconds, milliseconds } from "../core/base/instant.ts";
import type { Failures } from "./failures.ts";
import type { BulkLane, BulkWork, Clock, Scheduler } from "./world.ts";

const SLICE = microseconds(1000);
const STEPS_IN_SLICE = 64;
/** A deadline that is nearer than that has to bear it: shorter steps would never get anywhere. */
const SHORTEST_STEP = microseconds(300);
/** What arrives has the kernel's time stamp: it may wait so long. */
const LONGEST_STEP = milliseconds(4);

/** What slices need of the loop in which they run. */
export interface SliceHost {
    readonly clock: Clock;
    readonly scheduler: Scheduler;
    readonly failures: Failures;
    /** Does one slice as a turn of the loop: what has arrived and what is due first, the output afterwards. */
    readonly asTurn: (slice: () => void) => void;
    /** When somebody wants to be woken next. */
    readonly nextDeadline: () => Instant | undefined;
    /** Adds the work again at that time. */
    readonly addAt: (work: BulkWork, at: Instant) => void;
}

/**
 * Bulk work in slices of one millisecond. Between two slices the world delivers what has arrived, so nothing waits longer than a slice.
 * Several works take turns, step by step.
 */
export class BulkSlices implements BulkLane {
    readonly #host: SliceHost;
    readonly #works = new Set<BulkWork>();
    #isScheduled = false;

    constructor(host: SliceHost) {
        this.#host = host;
    }

    add(work: BulkWork): void {
        this.#works.add(work);
        this.#schedule();
    }

    #schedule(): void {
        if (!this.#isScheduled && this.#works.size > 0) {
            this.#isScheduled = true;
            this.#host.scheduler.soon(() => {
                this.#isScheduled = false;
                this.#host.asTurn(() => this.#slice());
                this.#schedule();
            });
        }
    }

    #slice(): void {
        const { clock } = this.#host;
        const end = after(clock.now(), SLICE);
        for (let steps = 0; steps < STEPS_IN_SLICE && clock.now() < end; steps++) {
            const [work] = this.#works;
            if (work === undefined) {
                return;
            }
            this.#works.delete(work);
            this.#step(work);
        }
    }

    #span(): Duration {
        const now = this.#host.clock.now();
        const deadline = this.#host.nextDeadline();
        const left = deadline === undefined ? LONGEST_STEP : between(now, deadline);
        return microseconds(Math.max(SHORTEST_STEP, Math.min(left, LONGEST_STEP)));
    }

    #step(work: BulkWork): void {
        let more: boolean | Instant = false;
        const step = (span: Duration) => {
            more = work.step(span);
        };
        this.#host.failures.contain(() => step(this.#span()), { part: work.constructor.name, doing: "bulk" });
        if (typeof more === "number") {
            this.#host.addAt(work, more);
        } else if (more) {
            this.#works.add(work);
        }
    }
}
