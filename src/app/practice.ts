import { after, type Duration, type Instant, milliseconds } from "../core/base/instant.ts";
import type { Loop } from "../host/loop.ts";
import type { BulkWork, Clock } from "../host/world.ts";

/** After so many rounds V8 has compiled for good whatever is worth it. */
const ROUNDS = 1_000;
/** Each time: a real one consists of hundreds. */
const WAITS = 8;
const PAUSE = milliseconds(2);
/** Not when something is due sooner than that, which is what all this is for: then only when it must be over. */
const QUIET = milliseconds(4);
const REST = milliseconds(8);

/** Plays a rehearsal over and over in the first seconds of a process, a little at a time: nothing is left to be compiled in the moment that counts. */
export class Practice implements BulkWork {
    readonly #clock: Clock;
    readonly #loop: Pick<Loop, "practiseWaiting">;
    readonly #play: () => void;
    #left = ROUNDS;

    /** @param loop also practises to await the moment. @param play a fraction of a millisecond's work */
    constructor(clock: Clock, loop: Pick<Loop, "practiseWaiting">, play: () => void) {
        this.#clock = clock;
        this.#loop = loop;
        this.#play = play;
    }

    /** What was to be practised may not be played any more. */
    close(): void {
        this.#left = 0;
    }

    step(span: Duration): boolean | Instant {
        if (this.#left === 0) {
            return false;
        }
        if (span < QUIET) {
            return after(this.#clock.now(), REST);
        }
        this.#left -= 1;
        this.#play();
        for (let wait = 0; wait < WAITS; wait++) {
            this.#loop.practiseWaiting();
        }
        return this.#left > 0 && after(this.#clock.now(), PAUSE);
    }
}
