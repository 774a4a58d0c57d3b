import { type Duration, type Instant, instant, microseconds } from "../../core/base/instant.ts";
import type { WakeTimer } from "../../host/world.ts";
import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import { refuse } from "../native/sys.ts";

/** A timer descriptor of the kernel: never early, and late by microseconds where `setTimeout` is early or late by milliseconds. */
export class KernelTimer implements WakeTimer {
    readonly #system: NativeAddon;
    readonly #fd: number;
    readonly #poller: Poller;
    readonly #count = new Uint8Array(8);
    readonly #grain: Duration;
    #armedFor: Instant | undefined;

    /**
     * @param grain fires only at multiples of it, so that who has thousands of deadlines a second serves many at a time; 1 µs is all that a timer can
     * @throws Error when the kernel refuses a timer: no descriptors are left
     */
    constructor(system: NativeAddon, onFire: () => void, grain: Duration = microseconds(1)) {
        this.#system = system;
        this.#grain = grain;
        this.#fd = system.timerfdCreate(system.constants.CLOCK_MONOTONIC);
        const poller = this.#fd < 0 ? this.#fd : system.pollerOpen(this.#fd, () => this.#fire(onFire));
        if (typeof poller === "number") {
            refuse(system, poller, "kernel timer");
        }
        this.#poller = poller;
        system.pollerSet(poller, POLL.read);
    }

    arm(at: Instant | undefined): void {
        const moment = at === undefined ? undefined : instant(Math.ceil(at / this.#grain) * this.#grain);
        if (moment !== this.#armedFor) {
            this.#armedFor = moment;
            // A point in the past fires at once; zero would disarm.
            this.#system.timerfdSet(this.#fd, moment === undefined ? 0 : Math.max(1, moment * 1_000), 0);
        }
    }

    close(): void {
        this.#system.pollerClose(this.#poller);
        this.#system.close(this.#fd);
    }

    #fire(onFire: () => void): void {
        if (this.#system.read(this.#fd, this.#count, 0, 8) === 8) {
            this.#armedFor = undefined;
            onFire();
        }
    }
}
