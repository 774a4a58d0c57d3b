/**
 * The Internet checksum of RFC 1071: the one's complement of the one's complement sum of 16-bit big-endian words.
 *
 * @param parts taken as one run of bytes; only the last may have an odd length (a zero byte is added then)
 * @example internetChecksum(header) // 0 when `header` holds its own correct checksum
 */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
    let sum = 0;
    for (const part of parts) {
        sum += sumWords(part);
    }
    while (sum > 0xffff) {
        sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
    }
    return ~sum & 0xffff;
}

function sumWords(bytes: Uint8Array): number {
    let sum = 0;
    const even = bytes.length & ~1;
    for (let index = 0; index < even; index += 2) {
        sum += ((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0);
    }
    return even === bytes.length ? sum : sum + ((bytes[even] ?? 0) << 8);
}
