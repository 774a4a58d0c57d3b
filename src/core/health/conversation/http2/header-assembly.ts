import { concatBytes } from "../../../base/bytes.ts";
import { type Result, success } from "../../../base/result.ts";
import { type Fault, faulty } from "./fault.ts";
import { FLAG, FRAME, type Frame, withoutPadding } from "./frame.ts";
import type { Field } from "./hpack/field.ts";
import { HpackDecoder } from "./hpack/hpack-decoder.ts";

/** So much all headers of an answer may take together, as they are sent and as they are counted: as much as those of HTTP/1. */
export const LONGEST_HEADER = 65_536;

/** RFC 9113 §6.2: the stream it depends on, and a weight. */
const PRIORITY_LENGTH = 5;

/** A whole header or trailer. */
export interface FieldSection {
    readonly fields: readonly Field[];
    readonly endsStream: boolean;
}

/** Puts headers together that come in several frames (RFC 9113 §4.3), and decodes them. */
export class HeaderAssembly {
    readonly #decoder = new HpackDecoder();
    #parts: Uint8Array[] = [];
    #endsStream = false;
    #isOpen = false;
    #bytesLeft = LONGEST_HEADER;
    #roomLeft = LONGEST_HEADER;

    /** A header has begun and not ended. */
    get isOpen(): boolean {
        return this.#isOpen;
    }

    /** Takes a frame of HEADERS or CONTINUATION; undefined while there is more to come. */
    take(frame: Frame): Result<FieldSection | undefined, Fault> {
        const part = frame.type === FRAME.HEADERS ? this.#begin(frame) : success(frame.payload);
        if (!part.ok) {
            return part;
        }
        this.#bytesLeft -= part.value.length;
        if (this.#bytesLeft < 0) {
            return faulty("ENHANCE_YOUR_CALM", "header too long");
        }
        this.#isOpen = (frame.flags & FLAG.END_HEADERS) === 0;
        // It may wait for the next piece, when its memory is another's.
        this.#parts.push(this.#isOpen ? part.value.slice() : part.value);
        return this.#isOpen ? success(undefined) : this.#end();
    }

    #begin(frame: Frame): Result<Uint8Array, Fault> {
        this.#endsStream = (frame.flags & FLAG.END_STREAM) !== 0;
        const content = withoutPadding(frame);
        if (!content.ok || (frame.flags & FLAG.PRIORITY) === 0) {
            return content;
        }
        return content.value.length < PRIORITY_LENGTH
            ? faulty("FRAME_SIZE_ERROR", `HEADERS of ${frame.payload.length} bytes`)
            : success(content.value.subarray(PRIORITY_LENGTH));
    }

    #end(): Result<FieldSection, Fault> {
        const list = this.#decoder.decode(concatBytes(...this.#parts), this.#roomLeft);
        this.#parts = [];
        if (!list.ok) {
            return list;
        }
        this.#roomLeft -= list.value.size;
        return success({ fields: list.value.fields, endsStream: this.#endsStream });
    }
}
