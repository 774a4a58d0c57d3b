import { type Result, rejected, success } from "../../../base/result.ts";
import { utf8 } from "../../../base/utf8.ts";

/*
 * A message of gRPC over HTTP/2 (Length-Prefixed-Message):
 *
 *   +----------------+------------------------------+---------------------+
 *   | compressed (1) |          length (4)          |    message (…)      |
 *   +----------------+------------------------------+---------------------+
 *
 * HealthCheckRequest  { string service = 1; }
 * HealthCheckResponse { enum ServingStatus status = 1; }
 */

const PREFIX = 5;
/** An answer is two bytes; whoever sends more than this sends no answer. */
export const LONGEST_ANSWER = 1_024;

const FIELD_1_TEXT = 0x0a;
const SERVING = 1;
const STATUS_WORDS: readonly string[] = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

/** The question for a service's health, as it is sent. */
export function encodeHealthRequest(service: string): Uint8Array {
    const name = utf8(service);
    const message = name.length === 0 ? [] : [FIELD_1_TEXT, ...varint(name.length), ...name];
    const bytes = Uint8Array.of(0, 0, 0, 0, 0, ...message);
    new DataView(bytes.buffer).setUint32(1, message.length);
    return bytes;
}

/** The answer: success when the service serves; otherwise in words what it does instead. */
export function judgeHealthResponse(bytes: Uint8Array): Result<true, string> {
    const isWhole =
        bytes.length >= PREFIX && bytes[0] === 0 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(1) === bytes.length - PREFIX;
    const status = isWhole ? statusOf(bytes.subarray(PREFIX)) : undefined;
    if (status === undefined) {
        return rejected("malformed gRPC message");
    }
    return status === SERVING ? success(true) : rejected(`service is ${STATUS_WORDS[status] ?? status}`);
}

/** Field 1; 0 where it is absent. Fields that later versions bring are passed over; undefined when the message is broken. */
function statusOf(message: Uint8Array): number | undefined {
    const reader = new FieldReader(message);
    let status = 0;
    while (!reader.isDone) {
        const tag = reader.varint();
        const value = tag === undefined ? undefined : reader.value(tag & 7);
        if (tag === undefined || value === undefined) {
            return undefined;
        }
        status = tag === 0x08 ? value : status;
    }
    return status;
}

/** Takes a Protocol Buffers message field by field. */
class FieldReader {
    readonly #bytes: Uint8Array;
    #at = 0;

    constructor(bytes: Uint8Array) {
        this.#bytes = bytes;
    }

    get isDone(): boolean {
        return this.#at >= this.#bytes.length;
    }

    /** Undefined when it breaks off, or is longer than any that is wanted here. */
    varint(): number | undefined {
        let value = 0;
        for (let shift = 0; shift < 70; shift += 7) {
            const byte = this.#bytes[this.#at++];
            if (byte === undefined) {
                return undefined;
            }
            value += (byte & 0x7f) * 2 ** shift;
            if (byte < 0x80) {
                return value;
            }
        }
        return undefined;
    }

    /** A field's value if it is a number, else its length; its bytes are passed over. */
    value(wireType: number): number | undefined {
        const length = { 1: 8, 5: 4 }[wireType];
        if (wireType === 0) {
            return this.varint();
        }
        const skipped = wireType === 2 ? this.varint() : length;
        this.#at += skipped ?? 0;
        return skipped === undefined || this.#at > this.#bytes.length ? undefined : skipped;
    }
}

function varint(value: number): readonly number[] {
    return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}
