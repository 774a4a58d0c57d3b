import { type Result, success } from "../../../base/result.ts";
import { type Fault, faulty } from "./fault.ts";
import { decodeFrameHead, FLAG, FRAME, FRAME_HEAD, type Frame, type FrameHead, LARGEST_PAYLOAD } from "./frame.ts";

const NOTHING = new Uint8Array(0);

/** Takes frames out of what a server sends, however it is cut into pieces. */
export class FrameReader {
    #bytes: Uint8Array = NOTHING;
    #at = 0;
    /** Of a frame whose beginning came in an earlier piece: its head, then its payload. */
    readonly #headBytes = new Uint8Array(FRAME_HEAD);
    #head: FrameHead | undefined;
    #payload: Uint8Array = NOTHING;
    /** So many bytes are there of the head, or, once it is known, of the payload. */
    #gathered = 0;
    #isFirst = true;

    /** What comes next; all frames before have been taken. */
    add(bytes: Uint8Array): void {
        this.#bytes = bytes;
        this.#at = 0;
    }

    /** The next frame, whose payload is good until more is added; undefined when it is not all there. After a failure there is none. */
    next(): Result<Frame | undefined, Fault> {
        if (this.#head === undefined) {
            this.#gather(this.#headBytes);
            if (this.#gathered < FRAME_HEAD) {
                return success(undefined);
            }
            const head = decodeFrameHead(this.#headBytes);
            const refused = this.#refuse(head);
            if (refused !== undefined) {
                return refused;
            }
            this.#isFirst = false;
            this.#head = head;
            this.#gathered = 0;
            this.#payload = NOTHING;
        }
        return success(this.#whole(this.#head));
    }

    #whole(head: FrameHead): Frame | undefined {
        const { length, ...frame } = head;
        if (this.#gathered === 0 && this.#bytes.length - this.#at >= length) {
            // The usual case needs no copy.
            this.#payload = this.#bytes.subarray(this.#at, this.#at + length);
            this.#at += length;
        } else {
            this.#payload = this.#gathered === 0 ? new Uint8Array(length) : this.#payload;
            this.#gather(this.#payload);
            if (this.#gathered < length) {
                return undefined;
            }
        }
        this.#head = undefined;
        this.#gathered = 0;
        return { ...frame, payload: this.#payload };
    }

    #gather(into: Uint8Array): void {
        const piece = this.#bytes.subarray(this.#at, this.#at + into.length - this.#gathered);
        into.set(piece, this.#gathered);
        this.#gathered += piece.length;
        this.#at += piece.length;
    }

    /** Known by the head alone, so that nothing is waited for that is not wanted. */
    #refuse({ type, flags, length }: FrameHead) {
        // RFC 9113 §3.4: the first words of a server that speaks HTTP/2.
        if (this.#isFirst && (type !== FRAME.SETTINGS || (flags & FLAG.ACK) !== 0)) {
            return faulty("PROTOCOL_ERROR", "server does not begin with SETTINGS");
        }
        // RFC 9113 §4.2.
        return length > LARGEST_PAYLOAD ? faulty("FRAME_SIZE_ERROR", `frame of ${length} bytes`) : undefined;
    }
}
