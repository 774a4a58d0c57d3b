import type { Mac } from "../base/mac.ts";
import { type Result, rejected, success } from "../base/result.ts";

/*
 * IEEE 802.3, Ethernet II; neither preamble nor frame check sequence are seen by programs.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      Destination address                      |
 * +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                               |        Source address         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           EtherType           |          payload ...          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** Bytes before the payload. */
export const ETHERNET_HEADER_LENGTH = 14;

/** What an Ethernet frame carries. */
export const ETHER_TYPE = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;

/** One frame as it travels on the wire. */
export interface EthernetFrame {
    readonly destination: Mac;
    readonly source: Mac;
    /** One of `ETHER_TYPE`, or anything else of 16 bits. */
    readonly etherType: number;
    /** May end with padding: the payload's own format knows its length. */
    readonly payload: Uint8Array;
}

/** The frame's bytes, not padded: the network card does that. */
export function encodeEthernet(frame: EthernetFrame): Uint8Array {
    const bytes = new Uint8Array(ETHERNET_HEADER_LENGTH + frame.payload.length);
    bytes.set(frame.destination);
    bytes.set(frame.source, 6);
    bytes[12] = frame.etherType >> 8;
    bytes[13] = frame.etherType & 0xff;
    bytes.set(frame.payload, ETHERNET_HEADER_LENGTH);
    return bytes;
}

/** Reads a frame; its parts are views of `bytes`. */
export function decodeEthernet(bytes: Uint8Array): Result<EthernetFrame, "truncated"> {
    if (bytes.length < ETHERNET_HEADER_LENGTH) {
        return rejected("truncated");
    }
    return success({
        destination: bytes.subarray(0, 6),
        source: bytes.subarray(6, 12),
        etherType: ((bytes[12] ?? 0) << 8) | (bytes[13] ?? 0),
        payload: bytes.subarray(ETHERNET_HEADER_LENGTH),
    });
}
