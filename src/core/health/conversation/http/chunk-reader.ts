import { latin1 } from "../../../base/latin1.ts";

/** So long a line with a chunk's size, and all trailers together, may be. */
const LONGEST_LINE = 4_096;
const MOST_DIGITS = 12;
const LINE_FEED = 10;

type Stage = "size" | "data" | "data-end" | "trailer" | "done" | "malformed";

/** Takes a chunked body apart (RFC 9112 §7.1), however it is cut into pieces. */
export class ChunkReader {
    readonly #onData: (bytes: Uint8Array) => void;
    #stage: Stage = "size";
    #line = "";
    #left = 0;

    constructor(onData: (bytes: Uint8Array) => void) {
        this.#onData = onData;
    }

    /** The last chunk and its trailers are through. */
    get isDone(): boolean {
        return this.#stage === "done";
    }

    /** What came is no chunk; nothing more is read. */
    get isMalformed(): boolean {
        return this.#stage === "malformed";
    }

    add(bytes: Uint8Array): void {
        let at = 0;
        while (at < bytes.length && this.#stage !== "done" && this.#stage !== "malformed") {
            at = this.#stage === "data" ? this.#takeData(bytes, at) : this.#takeLine(bytes, at);
        }
    }

    #takeData(bytes: Uint8Array, at: number): number {
        const end = Math.min(bytes.length, at + this.#left);
        this.#onData(bytes.subarray(at, end));
        this.#left -= end - at;
        this.#stage = this.#left === 0 ? "data-end" : "data";
        return end;
    }

    #takeLine(bytes: Uint8Array, at: number): number {
        const feed = bytes.indexOf(LINE_FEED, at);
        const end = feed < 0 ? bytes.length : feed;
        if (this.#line.length + end - at > LONGEST_LINE) {
            this.#stage = "malformed";
            return end;
        }
        this.#line += latin1(bytes.subarray(at, end));
        if (feed >= 0) {
            const line = this.#line.endsWith("\r") ? this.#line.slice(0, -1) : this.#line;
            this.#line = "";
            this.#stage = this.#afterLine(line);
        }
        return end + 1;
    }

    #afterLine(line: string): Stage {
        switch (this.#stage) {
            case "size":
                return this.#afterSize(line);
            case "data-end":
                return line === "" ? "size" : "malformed";
            default:
                return this.#afterTrailer(line);
        }
    }

    #afterSize(line: string): Stage {
        const digits = /^([\da-f]+)[ \t]*(?:;.*)?$/i.exec(line)?.[1] ?? "";
        if (digits === "" || digits.length > MOST_DIGITS) {
            return "malformed";
        }
        this.#left = Number.parseInt(digits, 16);
        return this.#left === 0 ? "trailer" : "data";
    }

    /** Trailers share one allowance, so that they end. */
    #afterTrailer(line: string): Stage {
        this.#left += line.length + 1;
        return line === "" ? "done" : this.#left > LONGEST_LINE ? "malformed" : "trailer";
    }
}
