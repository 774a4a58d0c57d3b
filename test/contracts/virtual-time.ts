import { after, type Duration, type Instant, instant } from "../../src/core/base/instant.ts";
import type { Clock, Scheduler, WakeTimer } from "../../src/host/world.ts";

/** A clock, a timer and a scheduler of which a test is the master. */
export class VirtualTime implements Clock, WakeTimer, Scheduler {
    armedFor: Instant | undefined;
    /** How often the timer was armed. */
    armings = 0;
    #now = instant(1_000_000_000);
    readonly #scheduled: (() => void)[] = [];

    now(): Instant {
        return this.#now;
    }

    arm(at: Instant | undefined): void {
        this.armedFor = at;
        this.armings++;
    }

    soon(run: () => void): void {
        this.#scheduled.push(run);
    }

    /** Lets time pass; nothing runs because of that. */
    pass(span: Duration): void {
        this.#now = after(this.#now, span);
    }

    /** Runs what was scheduled before, not what that schedules; false when there was nothing. */
    runScheduled(): boolean {
        const due = this.#scheduled.splice(0);
        for (const run of due) {
            run();
        }
        return due.length > 0;
    }
}
