import { type Duration, type Instant, instant, microseconds } from "../../core/base/instant.ts";
import type { Clock } from "../../host/world.ts";
import type { NativeAddon } from "../native/addon.ts";

/** CLOCK_MONOTONIC, the same for all processes of this machine; it stands still while the machine is suspended. */
export class MonotonicClock implements Clock {
    readonly #system: NativeAddon;
    readonly #reading = new Float64Array(2);

    constructor(system: NativeAddon) {
        this.#system = system;
    }

    now(): Instant {
        return instant(Math.floor(this.#system.monotonicNs() / 1_000));
    }

    /** When the machine was switched on: before this clock's start by the time for which it was suspended. */
    get bootedAt(): Instant {
        const uptime = this.#uptime;
        return uptime === undefined ? instant(0) : instant(this.now() - uptime);
    }

    /** For how long in all the machine has been suspended since it was switched on. */
    get suspendedSoFar(): Duration {
        const uptime = this.#uptime;
        return microseconds(uptime === undefined ? 0 : uptime - this.now());
    }

    /** In microseconds, the time of suspension included. */
    get #uptime(): number | undefined {
        const result = this.#system.clockRead(this.#system.constants.CLOCK_BOOTTIME, this.#reading);
        const [seconds = 0, nanoseconds = 0] = this.#reading;
        return result < 0 ? undefined : seconds * 1_000_000 + nanoseconds / 1_000;
    }
}
