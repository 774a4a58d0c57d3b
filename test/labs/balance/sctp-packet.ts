/*
 * RFC 9260 §3.1:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      Source Port Number       |    Destination Port Number    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                       Verification Tag                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           Checksum                            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** Types of the chunks that open an association. */
export const SCTP = { init: 1, initAck: 2, cookieEcho: 10, cookieAck: 11 } as const;

/** A packet of one chunk. */
export interface SctpPacket {
    readonly source: number;
    readonly destination: number;
    /** The receiver's. */
    readonly tag: number;
    readonly chunk: Uint8Array;
}

const HEADER = 12;
const CHECKSUM_AT = 8;
/** CRC32c, its bits the other way round (RFC 9260 appendix A). */
const POLYNOMIAL = 0x82f6_3b78;

/** A chunk without flags; its value ends at a multiple of four bytes. */
export function chunk(type: number, value: readonly number[]): Uint8Array {
    const length = value.length + 4;
    return Uint8Array.of(type, 0, length >> 8, length & 0xff, ...value);
}

/** The packet's bytes. */
export function sctpPacket({ source, destination, tag, chunk: body }: SctpPacket): Uint8Array {
    const bytes = new Uint8Array(HEADER + body.length);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, source);
    view.setUint16(2, destination);
    view.setUint32(4, tag);
    bytes.set(body, HEADER);
    view.setUint32(CHECKSUM_AT, checksum(bytes), true);
    return bytes;
}

/** What these bytes say. @throws Error when the checksum is wrong, as it is where somebody has changed a port and nothing else */
export function openSctp(bytes: Uint8Array): SctpPacket {
    const own = Uint8Array.from(bytes);
    const view = new DataView(own.buffer);
    const said = view.getUint32(CHECKSUM_AT, true);
    view.setUint32(CHECKSUM_AT, 0);
    if (said !== checksum(own)) {
        throw new Error("an SCTP packet with a wrong checksum");
    }
    return { source: view.getUint16(0), destination: view.getUint16(2), tag: view.getUint32(4), chunk: own.subarray(HEADER) };
}

function checksum(bytes: Uint8Array): number {
    let rest = 0xffff_ffff;
    for (const byte of bytes) {
        rest ^= byte;
        for (let bit = 0; bit < 8; bit++) {
            rest = (rest >>> 1) ^ (rest & 1 ? POLYNOMIAL : 0);
        }
    }
    return ~rest >>> 0;
}
