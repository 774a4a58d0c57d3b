import type { Family } from "../../core/base/ip.ts";
import type { ReceivedPacket } from "../../core/vrrp/events.ts";
import type { PacketSlots } from "./packet-slots.ts";

/** With IPv4 the VRID behind a header without options; any other byte there would do as well. */
const TELLING_BYTE = { 4: 21, 6: 1 } as const;
/** A control message with a `struct timespec`: the time stamp, which comes first. */
const STAMP_LENGTH = 32;

/** A packet, and all that said so. */
interface Known {
    readonly data: Uint8Array;
    readonly source: Uint8Array;
    readonly control: Uint8Array;
    readonly packet: ReceivedPacket;
}

/**
 * The last packet of each VRID that a socket has brought. Advertisements repeat themselves for months: one that says the same in every byte is handed on as the
 * same one, with the same arrays in it, so that nobody has to look into it again.
 */
export class FamiliarPackets {
    readonly #family: Family;
    readonly #known: (Known | undefined)[] = new Array<undefined>(256).fill(undefined);

    constructor(family: Family) {
        this.#family = family;
    }

    /** The packet that said this before; undefined when none did. */
    find(slots: PacketSlots): ReceivedPacket | undefined {
        const known = this.#known[this.#placeOf(slots)];
        if (known === undefined || !slots.hasData(known.data, this.#family === 4 ? isEveryTimeAnother : isNever)) {
            return undefined;
        }
        // With IPv4 all is in the data.
        const isSame =
            this.#family === 4 || (isEqual(known.source, slots.source) && isEqual(known.control, slots.control.subarray(STAMP_LENGTH)));
        return isSame ? known.packet : undefined;
    }

    /** Keeps a packet whose arrays are nobody else's. @param data what it was read from, likewise */
    keep(packet: ReceivedPacket, data: Uint8Array, slots: PacketSlots): void {
        const source = slots.source.slice();
        const control = slots.control.slice(STAMP_LENGTH);
        this.#known[this.#placeOf(slots)] = { data, source, control, packet };
    }

    #placeOf(slots: PacketSlots): number {
        return slots.byteAt(TELLING_BYTE[this.#family]) ?? 0;
    }
}

/** The Identification of an IPv4 header and its checksum, which the kernel has verified. */
function isEveryTimeAnother(offset: number): boolean {
    return offset === 4 || offset === 5 || offset === 10 || offset === 11;
}

function isNever(): boolean {
    return false;
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
    return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
