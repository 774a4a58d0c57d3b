import { type Instant, instant } from "../../core/base/instant.ts";
import type { Clock } from "../../host/world.ts";
import type { NativeAddon } from "../native/addon.ts";

/** CLOCK_MONOTONIC, the same for all processes of this machine; it stands still while the machine is suspended. */
export class MonotonicClock implements Clock {
    readonly #system: NativeAddon;

    constructor(system: NativeAddon) {
        this.#system = system;
    }

    now(): Instant {
        return instant(Math.floor(this.#system.monotonicNs() / 1_000));
    }

    /** When the machine was switched on: before this clock's start by the time for which it was suspended. */
    get bootedAt(): Instant {
        const uptime = new Float64Array(2);
        const result = this.#system.clockRead(this.#system.constants.CLOCK_BOOTTIME, uptime);
        const [seconds = 0, nanoseconds = 0] = uptime;
        return result < 0 ? instant(0) : instant(this.now() - seconds * 1_000_000 - nanoseconds / 1_000);
    }
}
