import { type HoldUpCount, HoldUpDiary, type HoldUpLine } from "../core/supervise/hold-up-diary.ts";
import type { LoopSettings } from "../host/loop.ts";
import type { Stall } from "../host/punctuality.ts";
import type { Outlet } from "../host/world.ts";
import { HoldUpWitness } from "../io/time/hold-up-witness.ts";
import { ImmediateScheduler } from "../io/time/immediate-scheduler.ts";
import type { MonotonicClock } from "../io/time/monotonic-clock.ts";

/** What a process's hold-ups are noticed with. */
export interface HoldUpsSettings {
    readonly clock: MonotonicClock;
    readonly log: (line: HoldUpLine) => void;
}

/** Why the loop of this process was late: finds it out, keeps count and says so. */
export class HoldUps implements Outlet {
    readonly #clock: MonotonicClock;
    readonly #witness: HoldUpWitness;
    readonly #diary = new HoldUpDiary();

    constructor({ clock, log }: HoldUpsSettings) {
        this.#clock = clock;
        this.#witness = new HoldUpWitness({
            clock,
            scheduler: new ImmediateScheduler(),
            onHoldUp: (holdUp) => {
                const line = this.#diary.note(holdUp, clock.now());
                if (line !== undefined) {
                    log(line);
                }
            },
        });
    }

    /** How often there was which cause so far. */
    get counts(): readonly HoldUpCount[] {
        return this.#diary.counts;
    }

    /** What a loop has to be made with for its hold-ups to be noticed, besides `onStalled`. It is an outlet of that loop, too. */
    get loopSettings(): Pick<LoopSettings, "onLongTurn" | "suspendedSoFar"> {
        return { onLongTurn: (since, span) => this.#witness.heldUp(since, span), suspendedSoFar: () => this.#clock.suspendedSoFar };
    }

    stalled({ since, lateness, suspended }: Stall): void {
        this.#witness.heldUp(since, lateness, suspended);
    }

    flush(): void {
        this.#witness.flush();
    }

    close(): void {
        this.#witness.close();
    }
}
