import { type Result, success } from "../../../base/result.ts";
import { type Fault, faulty } from "./fault.ts";
import type { Field } from "./hpack/field.ts";
import { isOfHttp1 } from "./http1-fields.ts";

/** What the header of an answer says that matters to whether it is whole. */
export interface AnswerHead {
    readonly status: number;
    /** Absent: only the end of the stream tells. */
    readonly length?: number;
}

const STATUS = ":status";
/** RFC 9113 §8.2.1: a token (RFC 9110 §5.6.2) without capitals would be stricter; these at least are never meant. */
const GOOD_NAME = /^[!-9;-@[-~]+$/;
const BAD_VALUE = /[\0\r\n]/;

/** The header of an answer: a status, and nothing that makes it malformed (RFC 9113 §8.1.1, §8.3.2). */
export function parseAnswerHead(fields: readonly Field[]): Result<AnswerHead, Fault> {
    const [first, ...others] = fields;
    if (first?.name !== STATUS || !/^[1-9]\d\d$/.test(first.value)) {
        return malformed("answer without a status");
    }
    const complaint = complaintAboutFields(others);
    if (complaint !== undefined) {
        return malformed(complaint);
    }
    const lengths = new Set(others.filter(({ name }) => name === "content-length").map(({ value }) => value.trim()));
    const [length] = lengths;
    if (length === undefined) {
        return success({ status: Number(first.value) });
    }
    return lengths.size === 1 && /^\d{1,15}$/.test(length)
        ? success({ status: Number(first.value), length: Number(length) })
        : malformed("contradictory content-length");
}

/** What is wrong with fields of which none may begin with a colon, as in a trailer (RFC 9113 §8.1, §8.2). Spaces around a value harm nobody. */
export function complaintAboutFields(fields: readonly Field[]): string | undefined {
    for (const { name, value } of fields) {
        if (!GOOD_NAME.test(name)) {
            return "malformed field name";
        }
        if (BAD_VALUE.test(value)) {
            return `malformed field ${name}`;
        }
        if (isOfHttp1(name)) {
            return `field ${name}, which is HTTP/1's`;
        }
    }
    return undefined;
}

/** An answer that is malformed (RFC 9113 §8.1.1). */
export function malformed(words: string) {
    return faulty("PROTOCOL_ERROR", words);
}
