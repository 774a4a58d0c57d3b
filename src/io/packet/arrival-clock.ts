import { after, type Instant, microseconds } from "../../core/base/instant.ts";
import type { Clock } from "../../host/world.ts";
import type { NativeAddon } from "../native/addon.ts";
import { CONTROL_HEADER_LENGTH } from "./control-message.ts";
import { readInt } from "./socket-address.ts";

/** `struct timespec`: eight bytes of seconds, eight of nanoseconds. */
const STAMP_LENGTH = 16;

/** Tells when packets arrived, out of the kernel's stamps in their ancillary data. */
export class ArrivalClock {
    readonly #system: NativeAddon;
    readonly #clock: Clock;
    readonly #realTime = new Float64Array(2);
    #realNow = 0;
    #now = 0 as Instant;

    constructor(system: NativeAddon, clock: Clock) {
        this.#system = system;
        this.#clock = clock;
    }

    /** To be called when a batch was read, before `arrival` is asked for its packets. */
    read(): void {
        this.#system.clockRead(this.#system.constants.CLOCK_REALTIME, this.#realTime);
        this.#realNow = (this.#realTime[0] ?? 0) * 1_000_000 + (this.#realTime[1] ?? 0) / 1_000;
        this.#now = this.#clock.now();
    }

    /**
     * The kernel stamps with the time of day; its age is taken from that, so a clock that was set meanwhile cannot put it into the future.
     *
     * @param start where the packet's ancillary data begin: the stamp is the first of them @param length zero when there are none
     */
    arrival(control: Uint8Array, start: number, length: number): Instant {
        const { SOL_SOCKET, SCM_TIMESTAMPNS } = this.#system.constants;
        const isStamp = readInt(control, start + 8) === SOL_SOCKET && readInt(control, start + 12) === SCM_TIMESTAMPNS;
        if (length < CONTROL_HEADER_LENGTH + STAMP_LENGTH || !isStamp) {
            return this.#now;
        }
        const stamp = start + CONTROL_HEADER_LENGTH;
        const wholeSeconds = (readInt(control, stamp) >>> 0) + readInt(control, stamp + 4) * 0x1_0000_0000;
        const stampedAt = wholeSeconds * 1_000_000 + readInt(control, stamp + 8) / 1_000;
        return after(this.#now, microseconds(Math.min(0, stampedAt - this.#realNow)));
    }
}
