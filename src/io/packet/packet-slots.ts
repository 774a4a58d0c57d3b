import type { Instant } from "../../core/base/instant.ts";
import type { NativeAddon, RxBatch } from "../native/addon.ts";
import type { ArrivalClock } from "./arrival-clock.ts";

/** How many packets one reading takes at most, so that a flood cannot hold the loop. */
export const RECEIVE_BUDGET = 64;
/** The longest advertisement: 255 IPv6 addresses; or, with IPv4, the longest header. */
const DATA_LENGTH = 4608;
const ADDRESS_LENGTH = 28;
const CONTROL_LENGTH = 128;

/** The buffers that one reading of a socket fills, looked at one packet at a time. They are used again for each reading. */
export class PacketSlots {
    readonly #system: NativeAddon;
    readonly #batch: RxBatch;
    readonly #cutFlags: number;
    #slot = 0;

    constructor(system: NativeAddon) {
        this.#system = system;
        this.#cutFlags = system.constants.MSG_TRUNC | system.constants.MSG_CTRUNC;
        this.#batch = system.createRxBatch(RECEIVE_BUDGET, DATA_LENGTH, ADDRESS_LENGTH, CONTROL_LENGTH);
    }

    /** Reads what has arrived. @returns how many packets, or the negative errno */
    receive(fd: number): number {
        return this.#system.recvmmsg(fd, this.#batch, 0);
    }

    /** Looks at this packet from now on. */
    goTo(slot: number): void {
        this.#slot = slot;
    }

    /** Whether it was too long for its slot. */
    get isCut(): boolean {
        return ((this.#batch.meta[4 * this.#slot + 3] ?? 0) & this.#cutFlags) !== 0;
    }

    /** One byte of what the socket handed on; undefined behind its end. */
    byteAt(offset: number): number | undefined {
        return offset < this.#dataLength ? this.#batch.data[this.#slot * DATA_LENGTH + offset] : undefined;
    }

    /** What the socket handed on: with IPv4 the header, too. */
    get data(): Uint8Array {
        const start = this.#slot * DATA_LENGTH;
        return this.#batch.data.subarray(start, start + this.#dataLength);
    }

    /** The sender's socket address. */
    get source(): Uint8Array {
        return this.#batch.addr.subarray(this.#slot * ADDRESS_LENGTH, (this.#slot + 1) * ADDRESS_LENGTH);
    }

    /** The ancillary data. */
    get control(): Uint8Array {
        const start = this.#slot * CONTROL_LENGTH;
        return this.#batch.ctl.subarray(start, start + this.#controlLength);
    }

    /** When it arrived, by a clock that was read after the batch. */
    arrival(clock: ArrivalClock): Instant {
        return clock.arrival(this.#batch.ctl, this.#slot * CONTROL_LENGTH, this.#controlLength);
    }

    /** Whether the socket handed on these very bytes, but for those at places that may differ. */
    hasData(bytes: Uint8Array, mayDiffer: (offset: number) => boolean): boolean {
        const { data } = this.#batch;
        const start = this.#slot * DATA_LENGTH;
        let isSame = bytes.length === this.#dataLength;
        for (let offset = 0; isSame && offset < bytes.length; offset++) {
            isSame = bytes[offset] === data[start + offset] || mayDiffer(offset);
        }
        return isSame;
    }

    get #dataLength(): number {
        return this.#batch.meta[4 * this.#slot] ?? 0;
    }

    get #controlLength(): number {
        return this.#batch.meta[4 * this.#slot + 2] ?? 0;
    }
}
