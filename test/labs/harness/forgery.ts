import { concatBytes, viewOf } from "../../../src/core/base/bytes.ts";
import { internetChecksum } from "../../../src/core/base/checksum.ts";
import { parseIp } from "../../../src/core/base/ip.ts";

const ETHERNET_HEADER = 14;
const IPV4_HEADER = 20;
const VRRP = 112;
const CHECKSUM_OFFSET = 6;

/** The VRRP message inside an IPv4 frame, as a copy. */
export function messageOf(frame: Uint8Array): Uint8Array {
    const end = ETHERNET_HEADER + viewOf(frame).getUint16(ETHERNET_HEADER + 2);
    return frame.slice(ETHERNET_HEADER + IPV4_HEADER, end);
}

/** A copy with some bytes replaced, by offset. */
export function withBytes(message: Uint8Array, changes: Readonly<Record<number, number>>): Uint8Array {
    const copy = message.slice();
    for (const [offset, value] of Object.entries(changes)) {
        copy[Number(offset)] = value;
    }
    return copy;
}

/** A copy whose version 2 checksum is right again (RFC 3768 §5.3.8: over the message alone). */
export function withChecksum(message: Uint8Array): Uint8Array {
    const copy = message.slice();
    const view = viewOf(copy);
    view.setUint16(CHECKSUM_OFFSET, 0);
    view.setUint16(CHECKSUM_OFFSET, internetChecksum(copy));
    return copy;
}

/** How a forged message travels. */
export interface Journey {
    /** A true frame: its Ethernet header and destination are taken over. */
    readonly template: Uint8Array;
    readonly source: string;
    readonly ttl?: number;
}

/** A frame around any message, with a correct IPv4 header from another source. */
export function forgedFrame(message: Uint8Array, { template, source, ttl = 255 }: Journey): Uint8Array {
    const header = template.slice(ETHERNET_HEADER, ETHERNET_HEADER + IPV4_HEADER);
    const view = viewOf(header);
    view.setUint16(2, IPV4_HEADER + message.length);
    view.setUint8(8, ttl);
    view.setUint8(9, VRRP);
    view.setUint16(10, 0);
    header.set(parseIp(source)?.bytes ?? [], 12);
    view.setUint16(10, internetChecksum(header));
    const ethernet = template.slice(0, ETHERNET_HEADER);
    // The sender's own address: the switch must not learn that the true router moved.
    ethernet.set([0x02, 0, 0, 0x77, 0xff, 0xff], 6);
    return concatBytes(ethernet, header, message);
}
