import { viewOf } from "../base/bytes.ts";
import type { IpAddress } from "../base/ip.ts";
import { type Result, rejected, success } from "../base/result.ts";

/*
 * draft-cassen-vrrp-auth-hmac, as Keepalived has it since 2.4.2: the trailer of 28 bytes behind the last address (and behind version 2's
 * authentication data)
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Type = 1    |    Key ID     |         Reserved = 0          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   Seconds since 1970, UTC                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    Fraction, in 1/65536 s     |            Counter            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |        the first 16 bytes of HMAC-SHA256 (four words)         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The HMAC covers a pseudo header (family 4 or 6, version, VRID, zero, the source address padded to 16 bytes), the message with zeros for
 * its checksum, and the trailer with zeros for the HMAC. The destination is left out, so copies for several peers share one.
 */

/** How much longer a signed advertisement is. */
export const HMAC_TRAILER_LENGTH = 28;

const HMAC_LENGTH = 16;

const TYPE_SHA256 = 1;
const HMAC_OFFSET = HMAC_TRAILER_LENGTH - HMAC_LENGTH;
const PSEUDO_HEADER_LENGTH = 20;
const CHECKSUM_OFFSET = 6;

/** The 64 bits of a sequence number: a time of day and, within 1/65536 s, a counter. */
export interface Sequence {
    /** Seconds since 1970 modulo 2^32. */
    readonly seconds: number;
    /** The fraction of a second in the upper, the counter in the lower 16 of 32 bits. */
    readonly rest: number;
}

/** What a trailer says. Its byte array is a view of what was decoded. */
export interface HmacTrailer {
    readonly keyId: number;
    readonly sequence: Sequence;
    /** 16 bytes. */
    readonly hmac: Uint8Array;
}

/** Why bytes are no trailer. */
export type HmacTrailerFault = "length" | "type" | "reserved";

/** Takes what stands behind an advertisement apart. Total: any bytes give a trailer or a reason. */
export function decodeHmacTrailer(bytes: Uint8Array): Result<HmacTrailer, HmacTrailerFault> {
    if (bytes.length !== HMAC_TRAILER_LENGTH) {
        return rejected("length");
    }
    const view = viewOf(bytes);
    if (view.getUint8(0) !== TYPE_SHA256) {
        return rejected("type");
    }
    if (view.getUint16(2) !== 0) {
        return rejected("reserved");
    }
    return success({
        keyId: view.getUint8(1),
        sequence: { seconds: view.getUint32(4), rest: view.getUint32(8) },
        hmac: bytes.subarray(HMAC_OFFSET),
    });
}

/** The bytes of a trailer whose HMAC is not made yet: zeros, as which it is covered. */
export function encodeUnsignedTrailer({ keyId, sequence }: Omit<HmacTrailer, "hmac">): Uint8Array {
    const bytes = new Uint8Array(HMAC_TRAILER_LENGTH);
    const view = viewOf(bytes);
    view.setUint8(0, TYPE_SHA256);
    view.setUint8(1, keyId);
    view.setUint32(4, sequence.seconds);
    view.setUint32(8, sequence.rest);
    return bytes;
}

/** Puts the first bytes of HMAC-SHA256 into an unsigned trailer. */
export function signTrailer(trailer: Uint8Array, hmac: Uint8Array): void {
    trailer.set(hmac.subarray(0, HMAC_LENGTH), HMAC_OFFSET);
}

/**
 * What the HMAC of an advertisement covers, in one piece.
 *
 * @param message the advertisement without its trailer
 * @param trailer its 28 bytes; what they hold as HMAC does not matter
 */
export function hmacCovered(message: Uint8Array, source: IpAddress, trailer: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(PSEUDO_HEADER_LENGTH + message.length + HMAC_TRAILER_LENGTH);
    bytes[0] = source.family;
    bytes[1] = (message[0] ?? 0) >> 4;
    bytes[2] = message[1] ?? 0;
    bytes.set(source.bytes, 4);
    bytes.set(message, PSEUDO_HEADER_LENGTH);
    bytes.fill(0, PSEUDO_HEADER_LENGTH + CHECKSUM_OFFSET, PSEUDO_HEADER_LENGTH + CHECKSUM_OFFSET + 2);
    bytes.set(trailer.subarray(0, HMAC_OFFSET), PSEUDO_HEADER_LENGTH + message.length);
    return bytes;
}
