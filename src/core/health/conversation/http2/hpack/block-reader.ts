import { latin1 } from "../../../../base/latin1.ts";
import { type Result, rejected, success } from "../../../../base/result.ts";
import { decodeHuffman } from "./huffman.ts";

/** RFC 7541 §5.1: overlong numbers are errors; no length or index that is meant takes more bytes behind its prefix. */
const MOST_BYTES = 4;

/** Takes a header block apart: numbers and strings (RFC 7541 §5). Failures are in words for people. */
export class BlockReader {
    readonly #bytes: Uint8Array;
    #at = 0;

    constructor(bytes: Uint8Array) {
        this.#bytes = bytes;
    }

    get isDone(): boolean {
        return this.#at >= this.#bytes.length;
    }

    /** The byte that is next, which is not taken. */
    get next(): number {
        return this.#bytes[this.#at] ?? 0;
    }

    /** RFC 7541 §5.1. @param prefix so many low bits of the next byte belong to it */
    integer(prefix: number): Result<number, string> {
        const most = 2 ** prefix - 1;
        let value = this.next & most;
        this.#at += 1;
        if (value < most) {
            return success(value);
        }
        for (let count = 0; count < MOST_BYTES && !this.isDone; count++) {
            const byte = this.next;
            this.#at += 1;
            value += (byte & 0x7f) * 2 ** (7 * count);
            if (byte < 0x80) {
                return success(value);
            }
        }
        return rejected(this.isDone ? "header block breaks off in a number" : "overlong number in header block");
    }

    /** RFC 7541 §5.2. */
    string(): Result<string, string> {
        const isCoded = (this.next & 0x80) !== 0;
        const length = this.isDone ? rejected("header block breaks off before a string") : this.integer(7);
        if (!length.ok) {
            return length;
        }
        if (length.value > this.#bytes.length - this.#at) {
            return rejected("header block breaks off in a string");
        }
        const bytes = this.#bytes.subarray(this.#at, this.#at + length.value);
        this.#at += length.value;
        const text = isCoded ? decodeHuffman(bytes) : success(bytes);
        return text.ok ? success(latin1(text.value)) : text;
    }
}
