import { readInt, writeInt } from "./socket-address.ts";

/*
 * Ancillary data of sendmsg and recvmsg on a 64-bit machine (cmsg(3)), little endian; each message starts at a multiple of 8.
 *
 * +-------------------+----------------+---------------+----------------------+
 * | length incl. head | level          | type          | data ...             |
 * | 8 bytes           | 4 bytes        | 4 bytes       |                      |
 * +-------------------+----------------+---------------+----------------------+
 */

/** What comes before a control message's data. */
export const CONTROL_HEADER_LENGTH = 16;

/** Writes one message at `offset` and returns where the next one starts. */
export function writeControlMessage(into: Uint8Array, offset: number, kind: ControlMessageKind, data: Uint8Array): number {
    writeInt(into, offset, CONTROL_HEADER_LENGTH + data.length);
    writeInt(into, offset + 4, 0);
    writeInt(into, offset + 8, kind.level);
    writeInt(into, offset + 12, kind.type);
    into.set(data, offset + CONTROL_HEADER_LENGTH);
    return offset + align(CONTROL_HEADER_LENGTH + data.length);
}

/** What a control message is about. */
export interface ControlMessageKind {
    readonly level: number;
    readonly type: number;
}

/** The data of the first message of this kind: a view of `bytes`; undefined when there is none. */
export function findControlMessage(bytes: Uint8Array, kind: ControlMessageKind): Uint8Array | undefined {
    let offset = 0;
    while (offset + CONTROL_HEADER_LENGTH <= bytes.length) {
        const length = readInt(bytes, offset);
        if (length < CONTROL_HEADER_LENGTH || offset + length > bytes.length) {
            return undefined;
        }
        if (readInt(bytes, offset + 8) === kind.level && readInt(bytes, offset + 12) === kind.type) {
            return bytes.subarray(offset + CONTROL_HEADER_LENGTH, offset + length);
        }
        offset += align(length);
    }
    return undefined;
}

function align(length: number): number {
    return (length + 7) & ~7;
}
