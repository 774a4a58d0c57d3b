import { viewOf } from "../../../base/bytes.ts";
import { encodeFrame, FRAME } from "./frame.ts";
import { OUR_STREAM } from "./frame-rules.ts";

/** RFC 9113 §6.9.2: as large is each window where nobody says otherwise. */
export const FIRST_WINDOW = 65_535;
/** RFC 9113 §6.9.1. */
export const MOST_WINDOW = 0x7fff_ffff;

/**
 * How much a server may send before it hears that we have read on (RFC 9113 §6.9).
 *
 * The connection's window and that of its only stream begin alike and are opened together: they are one. What comes is read at once, so a server that
 * sends more than it may does no harm.
 */
export class ReceiveWindow {
    #read = 0;

    /** Counts what was read, padding included. Opens the window again when it is half closed: earlier would be a waste of frames. */
    reopen(length: number): readonly Uint8Array[] {
        this.#read += length;
        if (this.#read < FIRST_WINDOW / 2) {
            return [];
        }
        const payload = new Uint8Array(4);
        viewOf(payload).setUint32(0, this.#read);
        this.#read = 0;
        return [0, OUR_STREAM].map((stream) => encodeFrame({ type: FRAME.WINDOW_UPDATE, flags: 0, stream, payload }));
    }
}
