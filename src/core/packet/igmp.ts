import { concatBytes, viewOf } from "../base/bytes.ts";
import { internetChecksum } from "../base/checksum.ts";
import type { IpAddress } from "../base/ip.ts";
import { type Result, rejected, success } from "../base/result.ts";

/*
 * RFC 3376 §4.2, version 3 membership report
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Type = 0x22  |    Reserved   |           Checksum            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           Reserved            |  Number of Group Records (M)  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Record Type  |  Aux Data Len |     Number of Sources (N)     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                       Multicast Address                       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                Source Addresses, auxiliary data               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

const VERSION_3_REPORT = 0x22;
const HEADER_LENGTH = 8;
const RECORD_LENGTH = 8;

/** What a group record says (RFC 3376 §4.2.12). */
export const GROUP_RECORD = { isInclude: 1, isExclude: 2, toInclude: 3, toExclude: 4 } as const;

/** Interest in one group. Joining a group from any source is `toExclude` without sources. */
export interface GroupRecord {
    /** One of `GROUP_RECORD`, or another number of 8 bits. */
    readonly type: number;
    readonly group: IpAddress;
    readonly sources: readonly IpAddress[];
}

/** Why a message is no valid report. */
export type MembershipReportFault = "truncated" | "type" | "checksum";

/** The IGMP message that reports these records, with its checksum. */
export function encodeMembershipReport(records: readonly GroupRecord[]): Uint8Array {
    const header = new Uint8Array(HEADER_LENGTH);
    header[0] = VERSION_3_REPORT;
    viewOf(header).setUint16(6, records.length);
    const bytes = concatBytes(header, ...records.map(encodeRecord));
    viewOf(bytes).setUint16(2, internetChecksum(bytes));
    return bytes;
}

/** Reads a report. Addresses are views of `bytes`. */
export function decodeMembershipReport(bytes: Uint8Array): Result<readonly GroupRecord[], MembershipReportFault> {
    if (bytes.length < HEADER_LENGTH) {
        return rejected("truncated");
    }
    if (bytes[0] !== VERSION_3_REPORT) {
        return rejected("type");
    }
    if (internetChecksum(bytes) !== 0) {
        return rejected("checksum");
    }
    const view = viewOf(bytes);
    const records: GroupRecord[] = [];
    let offset = HEADER_LENGTH;
    for (let left = view.getUint16(6); left > 0; left--) {
        const length = recordLength(view, offset);
        if (length === undefined || offset + length > bytes.length) {
            return rejected("truncated");
        }
        records.push(decodeRecord(bytes, view, offset));
        offset += length;
    }
    return success(records);
}

function encodeRecord(record: GroupRecord): Uint8Array {
    const bytes = concatBytes(new Uint8Array(4), record.group.bytes, ...record.sources.map((source) => source.bytes));
    bytes[0] = record.type;
    viewOf(bytes).setUint16(2, record.sources.length);
    return bytes;
}

function recordLength(view: DataView, offset: number): number | undefined {
    const isThere = offset + RECORD_LENGTH <= view.byteLength;
    return isThere ? RECORD_LENGTH + 4 * (view.getUint16(offset + 2) + view.getUint8(offset + 1)) : undefined;
}

function decodeRecord(bytes: Uint8Array, view: DataView, offset: number): GroupRecord {
    const addressAt = (place: number): IpAddress => ({ family: 4, bytes: bytes.subarray(place, place + 4) });
    const count = view.getUint16(offset + 2);
    return {
        type: view.getUint8(offset),
        group: addressAt(offset + 4),
        sources: Array.from({ length: count }, (_, index) => addressAt(offset + RECORD_LENGTH + 4 * index)),
    };
}
