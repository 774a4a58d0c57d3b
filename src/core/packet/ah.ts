import { viewOf } from "../base/bytes.ts";
import { type Result, rejected, success } from "../base/result.ts";

/*
 * RFC 2402 §2, the IPsec authentication header as RFC 2338 §5.3.6.3 puts it in front of VRRP: with HMAC-MD5-96 (RFC 2403)
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Next Header  |  Payload Len  |           RESERVED            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                Security Parameters Index (SPI)                |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                        Sequence Number                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |              Authentication Data (three words)                |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** The length of the header with 96 bits of authentication data. */
const AUTHENTICATION_HEADER_LENGTH = 24;

const FIXED_LENGTH = 12;
const DIGEST_LENGTH = AUTHENTICATION_HEADER_LENGTH - FIXED_LENGTH;
/** In 32-bit words, minus two (RFC 2402 §2.2). */
const PAYLOAD_LENGTH = AUTHENTICATION_HEADER_LENGTH / 4 - 2;

/** One authentication header and what it vouches for. Its byte arrays are views of what was decoded. */
export interface AuthenticationHeader {
    /** The protocol of what follows. */
    readonly nextHeader: number;
    /** Security Parameters Index, four bytes. */
    readonly spi: Uint8Array;
    readonly sequence: number;
    /** The 96 bits of the Integrity Check Value. */
    readonly digest: Uint8Array;
    readonly payload: Uint8Array;
}

/** Why bytes are no such header. */
export type AuthenticationHeaderFault = "truncated" | "length";

/** Takes a payload of protocol 51 apart. Total: any bytes give a header or a reason. */
export function decodeAuthenticationHeader(bytes: Uint8Array): Result<AuthenticationHeader, AuthenticationHeaderFault> {
    if (bytes.length < AUTHENTICATION_HEADER_LENGTH) {
        return rejected("truncated");
    }
    const view = viewOf(bytes);
    if (view.getUint8(1) !== PAYLOAD_LENGTH) {
        return rejected("length");
    }
    return success({
        nextHeader: view.getUint8(0),
        spi: bytes.subarray(4, 8),
        sequence: view.getUint32(8),
        digest: bytes.subarray(FIXED_LENGTH, AUTHENTICATION_HEADER_LENGTH),
        payload: bytes.subarray(AUTHENTICATION_HEADER_LENGTH),
    });
}

/** The bytes of a header and what follows it. Its digest is not made yet: zeros, as which it is covered. */
export function encodeAuthenticationHeader(header: Omit<AuthenticationHeader, "digest">): Uint8Array {
    const bytes = new Uint8Array(AUTHENTICATION_HEADER_LENGTH + header.payload.length);
    const view = viewOf(bytes);
    view.setUint8(0, header.nextHeader);
    view.setUint8(1, PAYLOAD_LENGTH);
    bytes.set(header.spi, 4);
    view.setUint32(8, header.sequence);
    bytes.set(header.payload, AUTHENTICATION_HEADER_LENGTH);
    return bytes;
}

/** An encoded header and what follows it as the digest covers them: with zeros for the digest. */
export function withoutDigest(bytes: Uint8Array): Uint8Array {
    return bytes.slice().fill(0, FIXED_LENGTH, AUTHENTICATION_HEADER_LENGTH);
}

/** Puts the first 96 bits of a digest into an encoded header. */
export function signHeader(bytes: Uint8Array, digest: Uint8Array): void {
    bytes.set(digest.subarray(0, DIGEST_LENGTH), FIXED_LENGTH);
}

/**
 * An IPv4 header as the digest covers it: with zeros for what routers may change (RFC 2402 §3.3.3.1.1.1). Keepalived covers the TTL of
 * multicast, which no router ever forwards.
 *
 * @param header at least 20 bytes
 */
export function coveredIpv4Header(header: Uint8Array, { coversTtl }: { readonly coversTtl: boolean }): Uint8Array {
    const covered = header.slice();
    const view = viewOf(covered);
    view.setUint8(1, 0);
    view.setUint16(6, 0);
    view.setUint8(8, coversTtl ? view.getUint8(8) : 0);
    view.setUint16(10, 0);
    return covered;
}
