import { concatBytes, viewOf } from "../base/bytes.ts";
import { internetChecksum } from "../base/checksum.ts";
import type { IpAddress } from "../base/ip.ts";
import { type Result, rejected, success } from "../base/result.ts";
import { upperLayerChecksum } from "./ipv6.ts";

/*
 * RFC 792 and RFC 4443 §4.1, echo request and reply
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     Type      |     Code      |          Checksum             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           Identifier          |        Sequence Number        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     Data ...
 * +-+-+-+-+-
 */

const HEADER_LENGTH = 8;
const ICMPV6 = 58;
const TYPES = { 4: { request: 8, reply: 0 }, 6: { request: 128, reply: 129 } } as const;

/** One echo request or reply, of ICMP or ICMPv6. */
export interface Echo {
    readonly isReply: boolean;
    /** 0..65535. A ping socket of the kernel puts its own here. */
    readonly identifier: number;
    /** 0..65535. */
    readonly sequence: number;
    readonly data: Uint8Array;
}

/** The two ends of an ICMPv6 message, which its checksum covers; ICMP over IPv4 has no such cover. */
export type IcmpEnds = { readonly family: 4 } | { readonly family: 6; readonly source: IpAddress; readonly destination: IpAddress };

/** Why a message is no valid echo. */
export type EchoFault = "truncated" | "type" | "code" | "checksum";

/** The message with its checksum. */
export function encodeEcho(echo: Echo, ends: IcmpEnds): Uint8Array {
    const header = new Uint8Array(HEADER_LENGTH);
    const view = viewOf(header);
    view.setUint8(0, echo.isReply ? TYPES[ends.family].reply : TYPES[ends.family].request);
    view.setUint16(4, echo.identifier);
    view.setUint16(6, echo.sequence);
    const bytes = concatBytes(header, echo.data);
    viewOf(bytes).setUint16(2, checksum(bytes, ends));
    return bytes;
}

/** Reads an echo request or reply. Its data is a view of `bytes`. */
export function decodeEcho(bytes: Uint8Array, ends: IcmpEnds): Result<Echo, EchoFault> {
    if (bytes.length < HEADER_LENGTH) {
        return rejected("truncated");
    }
    const types = TYPES[ends.family];
    const isReply = bytes[0] === types.reply;
    if (!isReply && bytes[0] !== types.request) {
        return rejected("type");
    }
    if (bytes[1] !== 0) {
        return rejected("code");
    }
    if (checksum(bytes, ends) !== 0) {
        return rejected("checksum");
    }
    const view = viewOf(bytes);
    return success({ isReply, identifier: view.getUint16(4), sequence: view.getUint16(6), data: bytes.subarray(HEADER_LENGTH) });
}

function checksum(bytes: Uint8Array, ends: IcmpEnds): number {
    return ends.family === 4 ? internetChecksum(bytes) : upperLayerChecksum(ends.source, ends.destination, ICMPV6, bytes);
}
