import { encodeFrame, FLAG, FRAME, LARGEST_PAYLOAD } from "./frame.ts";
import { OUR_STREAM } from "./frame-rules.ts";
import type { ServerSettings } from "./settings.ts";
import { FIRST_WINDOW, MOST_WINDOW } from "./window.ts";

/** The body of a request, of which as much leaves as the server has room for (RFC 9113 §6.9). */
export class RequestBody {
    #unsent: Uint8Array;
    #connectionWindow = FIRST_WINDOW;
    #streamWindow = FIRST_WINDOW;
    #initialWindow = FIRST_WINDOW;
    #largestPayload = LARGEST_PAYLOAD;

    constructor(body: Uint8Array) {
        this.#unsent = body;
    }

    /** What may leave now, the end of the stream with the last of it. */
    frames(): readonly Uint8Array[] {
        const frames: Uint8Array[] = [];
        for (let room = this.#room(); room > 0; room = this.#room()) {
            const payload = this.#unsent.subarray(0, room);
            this.#unsent = this.#unsent.subarray(payload.length);
            this.#connectionWindow -= payload.length;
            this.#streamWindow -= payload.length;
            const flags = this.#unsent.length === 0 ? FLAG.END_STREAM : 0;
            frames.push(encodeFrame({ type: FRAME.DATA, flags, stream: OUR_STREAM, payload }));
        }
        return frames;
    }

    /** RFC 9113 §6.9.2: a new initial window changes the stream's by the difference, even below zero. @returns whether the windows can be as large */
    heed({ initialWindow = this.#initialWindow, largestPayload = this.#largestPayload }: ServerSettings): boolean {
        this.#streamWindow += initialWindow - this.#initialWindow;
        this.#initialWindow = initialWindow;
        this.#largestPayload = largestPayload;
        return this.#streamWindow <= MOST_WINDOW;
    }

    /** RFC 9113 §6.9.1. @returns whether the window can be as large */
    widen(stream: number, increment: number): boolean {
        if (stream === OUR_STREAM) {
            this.#streamWindow += increment;
        } else {
            this.#connectionWindow += increment;
        }
        return Math.max(this.#connectionWindow, this.#streamWindow) <= MOST_WINDOW;
    }

    #room(): number {
        return Math.min(this.#unsent.length, this.#connectionWindow, this.#streamWindow, this.#largestPayload);
    }
}
