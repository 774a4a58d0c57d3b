/**
 * The authentication section of a BFD control packet, RFC 5880 §4.2 (a password) and §4.3, §4.4 (a digest):
 *
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |   Auth Type   |   Auth Len    |  Auth Key ID  |  Password...  |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |   Auth Type   |   Auth Len    |  Auth Key ID  |   Reserved    |
 *    |                        Sequence Number                        |
 *    |                Digest: 16 bytes MD5, 20 bytes SHA1            |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import { viewOf } from "../base/bytes.ts";

/** Auth Type (RFC 5880 §4.1). */
export const BFD_AUTHENTICATION_TYPES = { simple: 1, md5: 2, "meticulous-md5": 3, sha1: 4, "meticulous-sha1": 5 } as const;

/** A way to authenticate. A meticulous one counts each packet. */
export type BfdAuthenticationType = keyof typeof BFD_AUTHENTICATION_TYPES;

/** Whether each packet counts, and not only those that say something new. */
export function isMeticulous(type: BfdAuthenticationType): boolean {
    return type === "meticulous-md5" || type === "meticulous-sha1";
}

/** Bytes of the longest password. */
export const LONGEST_PASSWORD = 16;

/** A section as received. Its bytes are a view. */
export interface BfdAuthenticationSection {
    readonly type: BfdAuthenticationType;
    readonly keyId: number;
    /** Zero with a password, which has none. */
    readonly sequence: number;
    /** The password, or the digest. */
    readonly proof: Uint8Array;
}

const PASSWORD_AT = 3;
const SEQUENCE_AT = 4;
const DIGEST_AT = 8;

/** Bytes of the digest of each type; none with a password. */
const DIGEST_LENGTHS: Readonly<Record<BfdAuthenticationType, number>> = {
    simple: 0,
    md5: 16,
    "meticulous-md5": 16,
    sha1: 20,
    "meticulous-sha1": 20,
};

/** Takes what stands behind the header apart; undefined when it is none of the known sections, or not exactly one. */
export function decodeAuthenticationSection(bytes: Uint8Array): BfdAuthenticationSection | undefined {
    const [number, length, keyId = 0] = bytes;
    const type = typeOf(number);
    if (type === undefined || length !== bytes.length) {
        return undefined;
    }
    if (type === "simple") {
        const isPassword = length > PASSWORD_AT && length <= PASSWORD_AT + LONGEST_PASSWORD;
        return isPassword ? { type, keyId, sequence: 0, proof: bytes.subarray(PASSWORD_AT) } : undefined;
    }
    return length === DIGEST_AT + DIGEST_LENGTHS[type]
        ? { type, keyId, sequence: viewOf(bytes).getUint32(SEQUENCE_AT), proof: bytes.subarray(DIGEST_AT) }
        : undefined;
}

/** The bytes of a section. A shorter proof is filled up with zero bytes: so does a key stand in the digest's place while that is made (§6.7.3). */
export function encodeAuthenticationSection({ type, keyId, sequence, proof }: BfdAuthenticationSection): Uint8Array {
    const start = type === "simple" ? PASSWORD_AT : DIGEST_AT;
    const bytes = new Uint8Array(start + (type === "simple" ? proof.length : DIGEST_LENGTHS[type]));
    bytes.set([BFD_AUTHENTICATION_TYPES[type], bytes.length, keyId]);
    if (type !== "simple") {
        viewOf(bytes).setUint32(SEQUENCE_AT, sequence);
    }
    bytes.set(proof, start);
    return bytes;
}

function typeOf(number: number | undefined): BfdAuthenticationType | undefined {
    const types = Object.keys(BFD_AUTHENTICATION_TYPES) as BfdAuthenticationType[];
    return types.find((type) => BFD_AUTHENTICATION_TYPES[type] === number);
}
