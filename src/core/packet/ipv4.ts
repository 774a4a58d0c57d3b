import { viewOf } from "../base/bytes.ts";
import { internetChecksum } from "../base/checksum.ts";
import type { IpAddress } from "../base/ip.ts";
import { type Result, rejected, success } from "../base/result.ts";

/*
 * RFC 791 §3.1
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Version|  IHL  |Type of Service|          Total Length         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Identification        |Flags|      Fragment Offset    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Time to Live |    Protocol   |         Header Checksum       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                       Source Address                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    Destination Address                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    Options                    |    Padding    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

const MIN_HEADER_LENGTH = 20;

/** One IPv4 packet. */
export interface Ipv4Packet {
    readonly typeOfService: number;
    readonly identification: number;
    /** The 16 bits of flags and fragment offset; 0x4000 is "don't fragment", zero a whole packet. */
    readonly fragment: number;
    readonly ttl: number;
    readonly protocol: number;
    readonly source: IpAddress;
    readonly destination: IpAddress;
    /** A multiple of four bytes, 40 at most. */
    readonly options: Uint8Array;
    readonly payload: Uint8Array;
}

/** Why some bytes are no IPv4 packet. */
export type Ipv4Fault = "truncated" | "version" | "header-length" | "total-length" | "checksum";

/** The packet's bytes with lengths and header checksum filled in. */
export function encodeIpv4(packet: Ipv4Packet): Uint8Array {
    const headerLength = MIN_HEADER_LENGTH + packet.options.length;
    const bytes = new Uint8Array(headerLength + packet.payload.length);
    const view = viewOf(bytes);
    view.setUint8(0, 0x40 | (headerLength / 4));
    view.setUint8(1, packet.typeOfService);
    view.setUint16(2, bytes.length);
    view.setUint16(4, packet.identification);
    view.setUint16(6, packet.fragment);
    view.setUint8(8, packet.ttl);
    view.setUint8(9, packet.protocol);
    bytes.set(packet.source.bytes, 12);
    bytes.set(packet.destination.bytes, 16);
    bytes.set(packet.options, MIN_HEADER_LENGTH);
    view.setUint16(10, internetChecksum(bytes.subarray(0, headerLength)));
    bytes.set(packet.payload, headerLength);
    return bytes;
}

/** Reads one packet and verifies its header checksum; bytes behind its total length are left out. Its parts are views of `bytes`. */
export function decodeIpv4(bytes: Uint8Array): Result<Ipv4Packet, Ipv4Fault> {
    if (bytes.length < MIN_HEADER_LENGTH) {
        return rejected("truncated");
    }
    const view = viewOf(bytes);
    const headerLength = (view.getUint8(0) & 0x0f) * 4;
    const totalLength = view.getUint16(2);
    const fault = judgeLengths(bytes, headerLength, totalLength);
    if (fault !== undefined) {
        return rejected(fault);
    }
    return success({
        typeOfService: view.getUint8(1),
        identification: view.getUint16(4),
        fragment: view.getUint16(6),
        ttl: view.getUint8(8),
        protocol: view.getUint8(9),
        source: { family: 4, bytes: bytes.subarray(12, 16) },
        destination: { family: 4, bytes: bytes.subarray(16, 20) },
        options: bytes.subarray(MIN_HEADER_LENGTH, headerLength),
        payload: bytes.subarray(headerLength, totalLength),
    });
}

function judgeLengths(bytes: Uint8Array, headerLength: number, totalLength: number): Ipv4Fault | undefined {
    if ((bytes[0] ?? 0) >> 4 !== 4) {
        return "version";
    }
    if (headerLength < MIN_HEADER_LENGTH) {
        return "header-length";
    }
    if (totalLength < headerLength) {
        return "total-length";
    }
    if (bytes.length < totalLength) {
        return "truncated";
    }
    return internetChecksum(bytes.subarray(0, headerLength)) === 0 ? undefined : "checksum";
}
