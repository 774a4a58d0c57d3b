import { viewOf } from "../base/bytes.ts";
import { type Result, rejected, success } from "../base/result.ts";

/*
 * RFC 1035 §4.1.1, the header of a query and of its response
 *
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |              ID               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Q| Opcode|A|T|R|R|  Z  | RCODE |
 * |R|       |A|C|D|A|     |       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |            QDCOUNT            |
 * |            ANCOUNT            |
 * |            NSCOUNT            |
 * |            ARCOUNT            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

const HEADER_LENGTH = 12;
const RESPONSE = 0x8000;
const RECURSION_DESIRED = 0x0100;
const RESPONSE_CODE = 0x000f;
const CLASS_INTERNET = 1;
/** What stands behind the name: type and class. */
const QUESTION_TAIL = 4;
/** One question, for recursion. */
export interface DnsQuery {
    /** 0..65535. */
    readonly id: number;
    /** The labels of the name: each 1..63 characters of ASCII. */
    readonly labels: readonly string[];
    readonly recordType: number;
}

/** What a response's header says. */
export interface DnsResponse {
    readonly id: number;
    /** 0 is success. */
    readonly code: number;
}

/** The query as it is sent. */
export function encodeDnsQuery({ id, labels, recordType }: DnsQuery): Uint8Array {
    const bytes = new Uint8Array(HEADER_LENGTH + nameLength(labels) + QUESTION_TAIL);
    const view = viewOf(bytes);
    view.setUint16(0, id);
    view.setUint16(2, RECURSION_DESIRED);
    view.setUint16(4, 1);
    let offset = HEADER_LENGTH;
    for (const label of labels) {
        bytes[offset] = label.length;
        for (let index = 0; index < label.length; index++) {
            bytes[offset + 1 + index] = label.charCodeAt(index);
        }
        offset += 1 + label.length;
    }
    view.setUint16(offset + 1, recordType);
    view.setUint16(offset + 3, CLASS_INTERNET);
    return bytes;
}

/** Reads a response's header; of what follows nothing is looked at. */
export function decodeDnsResponse(bytes: Uint8Array): Result<DnsResponse, "truncated" | "query"> {
    if (bytes.length < HEADER_LENGTH) {
        return rejected("truncated");
    }
    const view = viewOf(bytes);
    const flags = view.getUint16(2);
    return (flags & RESPONSE) === 0 ? rejected("query") : success({ id: view.getUint16(0), code: flags & RESPONSE_CODE });
}

function nameLength(labels: readonly string[]): number {
    return labels.reduce((sum, label) => sum + 1 + label.length, 1);
}
