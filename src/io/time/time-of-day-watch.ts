import { type Duration, microseconds } from "../../core/base/instant.ts";
import type { Clock, Source } from "../../host/world.ts";
import type { NativeAddon } from "../native/addon.ts";

/** Two readings one after the other differ by the time between them: less than this is no step. */
const LEAST_STEP = 1_000;

/** Tells when somebody has set the clock. It looks whenever it is drained, as long as anybody wants to know. */
export class TimeOfDayWatch implements Source {
    /** Whether the time of day matters to anybody. */
    isWanted = false;
    readonly #system: NativeAddon;
    readonly #clock: Clock;
    readonly #onChange: (offset: Duration) => void;
    readonly #reading = new Float64Array(2);
    #told: Duration | undefined;

    /** @param onChange told of how far the time of day (from 1970, UTC) is ahead of the monotonic clock */
    constructor(system: NativeAddon, clock: Clock, onChange: (offset: Duration) => void) {
        this.#system = system;
        this.#clock = clock;
        this.#onChange = onChange;
    }

    drain(): boolean {
        if (this.isWanted) {
            this.#system.clockRead(this.#system.constants.CLOCK_REALTIME, this.#reading);
            const [wholeSeconds = 0, nanoseconds = 0] = this.#reading;
            const offset = microseconds(wholeSeconds * 1_000_000 + nanoseconds / 1_000 - this.#clock.now());
            if (this.#told === undefined || Math.abs(offset - this.#told) > LEAST_STEP) {
                this.#told = offset;
                this.#onChange(offset);
            }
        }
        return false;
    }
}
