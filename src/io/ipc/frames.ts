import { latin1 } from "../../core/base/latin1.ts";
import { type Result, rejected, success } from "../../core/base/result.ts";

/** Every message says what it is. */
export interface TypedMessage {
    readonly type: string;
}

/** Why a stream of frames makes no sense any more. */
export type FrameFailure = "too-long" | "not-json" | "not-a-message";

const LENGTH_BYTES = 4;
/** Settings of ten thousand virtual routers fit in a quarter of it. */
export const MAX_FRAME_LENGTH = 64 * 1024 * 1024;
/** The key under which a run of bytes travels, in base64. */
const BYTES_KEY = "$bytes";

/** One message as a frame: its length (32 bits, little-endian), then JSON. Runs of bytes keep their type. */
export function encodeFrame(message: TypedMessage): Uint8Array {
    const text = messageText(message);
    const length = Buffer.byteLength(text);
    const frame = Buffer.allocUnsafe(LENGTH_BYTES + length);
    frame.writeUInt32LE(length, 0);
    frame.write(text, LENGTH_BYTES, "utf8");
    return frame;
}

/** One message as JSON, for whoever keeps it. Runs of bytes keep their type. */
export function messageText(message: TypedMessage): string {
    return JSON.stringify(wrapBytes(message));
}

/** Puts messages together again from the pieces in which a stream hands them on. After a failure nothing more can be read. */
export class FrameDecoder {
    #pieces: Buffer[] = [];
    #length = 0;
    #needed = LENGTH_BYTES;
    #failure: FrameFailure | undefined;

    /** The beginning of a message of which the rest is still to come. */
    get unread(): Uint8Array {
        return Buffer.concat(this.#pieces);
    }

    /** The messages that are complete now, in order. */
    push(piece: Uint8Array): Result<TypedMessage[], FrameFailure> {
        if (this.#failure !== undefined) {
            return rejected(this.#failure);
        }
        this.#pieces.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
        this.#length += piece.length;
        const messages: TypedMessage[] = [];
        // Joining only when a frame is whole keeps the work linear however small the pieces are.
        while (this.#length >= this.#needed) {
            const step = this.#takeFrame();
            if (!step.ok) {
                this.#failure = step.error;
                this.#pieces = [];
                return step;
            }
            messages.push(...step.value);
        }
        return success(messages);
    }

    #takeFrame(): Result<TypedMessage[], FrameFailure> {
        const whole = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
        this.#pieces = [whole];
        const end = LENGTH_BYTES + whole.readUInt32LE(0);
        if (end - LENGTH_BYTES > MAX_FRAME_LENGTH) {
            return rejected("too-long");
        }
        if (whole.length < end) {
            this.#needed = end;
            return success([]);
        }
        this.#pieces = [whole.subarray(end)];
        this.#length = whole.length - end;
        this.#needed = LENGTH_BYTES;
        const message = readMessageText(whole.toString("utf8", LENGTH_BYTES, end));
        return message.ok ? success([message.value]) : message;
    }
}

/** What `messageText` made. */
export function readMessageText(text: string): Result<TypedMessage, FrameFailure> {
    let value: unknown;
    try {
        value = unwrapBytes(JSON.parse(text));
    } catch {
        return rejected("not-json");
    }
    return isMessage(value) ? success(value) : rejected("not-a-message");
}

/** The same value with every run of bytes wrapped; what has none in it is not copied. A replacer of JSON.stringify takes several times as long. */
function wrapBytes(value: unknown): unknown {
    if (typeof value !== "object" || value === null) {
        return value;
    }
    if (value instanceof Uint8Array) {
        return { [BYTES_KEY]: toBase64(value) };
    }
    return Array.isArray(value) ? wrapItems(value) : wrapFields(value as Fields);
}

type Fields = Record<string, unknown>;

function wrapItems(items: readonly unknown[]): readonly unknown[] {
    let copy: unknown[] | undefined;
    for (let index = 0; index < items.length; index++) {
        const wrapped = wrapBytes(items[index]);
        if (wrapped !== items[index]) {
            copy ??= items.slice();
            copy[index] = wrapped;
        }
    }
    return copy ?? items;
}

function wrapFields(fields: Fields): Fields {
    let copy: Fields | undefined;
    for (const key in fields) {
        const field = fields[key];
        // Most are numbers and words: a call for each would be half of the work.
        const wrapped = typeof field === "object" ? wrapBytes(field) : field;
        if (wrapped !== field) {
            copy ??= { ...fields };
            copy[key] = wrapped;
        }
    }
    return copy ?? fields;
}

/** Undoes `wrapBytes`, in place: the value has just been made. */
function unwrapBytes(value: unknown): unknown {
    if (typeof value !== "object" || value === null) {
        return value;
    }
    if (Array.isArray(value)) {
        for (let index = 0; index < value.length; index++) {
            value[index] = unwrapBytes(value[index]);
        }
        return value;
    }
    if (isWrappedBytes(value)) {
        return fromBase64(value[BYTES_KEY]);
    }
    const fields = value as Fields;
    for (const key in fields) {
        const field = fields[key];
        if (typeof field === "object") {
            fields[key] = unwrapBytes(field);
        }
    }
    return value;
}

function isMessage(value: unknown): value is TypedMessage {
    return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function isWrappedBytes(part: unknown): part is { readonly [BYTES_KEY]: string } {
    return typeof part === "object" && part !== null && BYTES_KEY in part && typeof part[BYTES_KEY] === "string";
}

/** Of addresses there are tens of thousands, of four bytes each: a buffer around each would cost five times as much, and move it out of the heap. */
function toBase64(bytes: Uint8Array): string {
    return btoa(latin1(bytes));
}

/** Of more characters than an IPv6 address has a buffer costs less. */
const FEW_CHARACTERS = 24;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** By character code; 0 for what is no digit. */
const VALUES = Uint8Array.from({ length: 128 }, (_, code) => Math.max(0, DIGITS.indexOf(String.fromCharCode(code))));

function fromBase64(text: string): Uint8Array {
    const { length } = text;
    if (length > FEW_CHARACTERS || length % 4 !== 0) {
        return new Uint8Array(Buffer.from(text, "base64"));
    }
    const bytes = new Uint8Array((length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0));
    for (let from = 0, to = 0; from < length; from += 4, to += 3) {
        const bits = (digit(text, from) << 18) | (digit(text, from + 1) << 12) | (digit(text, from + 2) << 6) | digit(text, from + 3);
        // What lies behind the end is dropped.
        bytes[to] = bits >> 16;
        bytes[to + 1] = bits >> 8;
        bytes[to + 2] = bits;
    }
    return bytes;
}

function digit(text: string, at: number): number {
    return VALUES[text.charCodeAt(at)] ?? 0;
}
