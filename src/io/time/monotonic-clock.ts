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
}
