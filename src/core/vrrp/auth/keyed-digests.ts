/** Keyed digests (RFC 2104). The core computes none itself; a process gives it those of its platform. */
export interface KeyedDigests {
    /** HMAC-MD5, 16 bytes. */
    hmacMd5(key: Uint8Array, message: Uint8Array): Uint8Array;
    /** HMAC-SHA256, 32 bytes. */
    hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array;
}

/** For a speaker whose routers authenticate nothing. To be asked for a digest all the same is a defect, and is said as one. */
export const NO_DIGESTS: KeyedDigests = { hmacMd5: refuse, hmacSha256: refuse };

function refuse(): never {
    throw new Error("this speaker was given no keyed digests");
}

/** Whether two digests begin alike; takes the same time wherever the first difference is. */
export function isSameDigest(found: Uint8Array, computed: Uint8Array): boolean {
    let difference = 0;
    for (const [index, byte] of found.entries()) {
        difference |= byte ^ (computed[index] ?? 0);
    }
    return difference === 0;
}
