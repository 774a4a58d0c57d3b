import { viewOf } from "../base/bytes.ts";
import { internetChecksum } from "../base/checksum.ts";
import type { IpAddress } from "../base/ip.ts";
import { type Result, rejected, success } from "../base/result.ts";

/*
 * RFC 8200 §3
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Version| Traffic Class |           Flow Label                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Payload Length        |  Next Header  |   Hop Limit   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                                                               |
 * +                         Source Address (16)                   +
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                                                               |
 * +                      Destination Address (16)                 +
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** Bytes before the payload. */
export const IPV6_HEADER_LENGTH = 40;

/** One IPv6 packet; extension headers, if any, are at the start of the payload. */
export interface Ipv6Packet {
    readonly trafficClass: number;
    readonly flowLabel: number;
    readonly nextHeader: number;
    readonly hopLimit: number;
    readonly source: IpAddress;
    readonly destination: IpAddress;
    readonly payload: Uint8Array;
}

/** Why some bytes are no IPv6 packet. */
export type Ipv6Fault = "truncated" | "version";

/** The packet's bytes with its length filled in. */
export function encodeIpv6(packet: Ipv6Packet): Uint8Array {
    const bytes = new Uint8Array(IPV6_HEADER_LENGTH + packet.payload.length);
    const view = viewOf(bytes);
    view.setUint32(0, 0x60000000 + packet.trafficClass * 0x100000 + packet.flowLabel);
    view.setUint16(4, packet.payload.length);
    view.setUint8(6, packet.nextHeader);
    view.setUint8(7, packet.hopLimit);
    bytes.set(packet.source.bytes, 8);
    bytes.set(packet.destination.bytes, 24);
    bytes.set(packet.payload, IPV6_HEADER_LENGTH);
    return bytes;
}

/** Reads one packet; bytes behind its payload length are left out. Its parts are views of `bytes`. */
export function decodeIpv6(bytes: Uint8Array): Result<Ipv6Packet, Ipv6Fault> {
    if (bytes.length < IPV6_HEADER_LENGTH) {
        return rejected("truncated");
    }
    const view = viewOf(bytes);
    const first = view.getUint32(0);
    const end = IPV6_HEADER_LENGTH + view.getUint16(4);
    if (first >>> 28 !== 6) {
        return rejected("version");
    }
    if (bytes.length < end) {
        return rejected("truncated");
    }
    return success({
        trafficClass: (first >>> 20) & 0xff,
        flowLabel: first & 0xfffff,
        nextHeader: view.getUint8(6),
        hopLimit: view.getUint8(7),
        source: { family: 6, bytes: bytes.subarray(8, 24) },
        destination: { family: 6, bytes: bytes.subarray(24, 40) },
        payload: bytes.subarray(IPV6_HEADER_LENGTH, end),
    });
}

/**
 * The checksum of an upper-layer message with the pseudo header of RFC 8200 §8.1.
 *
 * @returns what belongs into the message's checksum field while that is zero; 0 for a message that holds its own correct checksum
 */
export function upperLayerChecksum(source: IpAddress, destination: IpAddress, nextHeader: number, message: Uint8Array): number {
    const tail = new Uint8Array(8);
    const view = viewOf(tail);
    view.setUint32(0, message.length);
    view.setUint8(7, nextHeader);
    return internetChecksum(source.bytes, destination.bytes, tail, message);
}
