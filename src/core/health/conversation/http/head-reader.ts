import { latin1 } from "../../../base/latin1.ts";

/** So long status line and headers may be, those of interim answers included. Keepalived takes 4095 bytes; servers that set cookies need more. */
const LONGEST_HEAD = 65_536;
const FAREST_GLANCE = 3;

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** What came of a piece: more is wanted, too much came, or the head's text and where in the piece the body begins. */
export type HeadProgress =
    | { readonly type: "more" }
    | { readonly type: "too-long" }
    | { readonly type: "head"; readonly text: string; readonly bodyAt: number };

const MORE: HeadProgress = { type: "more" };
const TOO_LONG: HeadProgress = { type: "too-long" };

/** Gathers the head of an answer, however it is cut into pieces. */
export class HeadReader {
    #text = "";
    #left = LONGEST_HEAD;

    /** How much was gathered that is no whole head yet. */
    get length(): number {
        return this.#text.length;
    }

    add(bytes: Uint8Array, from: number): HeadProgress {
        const end = endOfHead(this.#text, bytes, from);
        const until = end ?? bytes.length;
        this.#left -= until - from;
        if (this.#left < 0) {
            return TOO_LONG;
        }
        this.#text += latin1(bytes.subarray(from, until));
        if (end === undefined) {
            return MORE;
        }
        const text = this.#text;
        this.#text = "";
        return { type: "head", text, bodyAt: end };
    }
}

/** Where the empty line ends, the beginning of which may have come earlier. */
function endOfHead(before: string, bytes: Uint8Array, from: number): number | undefined {
    const tail = before.slice(-FAREST_GLANCE);
    const at = (index: number): number | undefined => (index < from ? tail.charCodeAt(tail.length + index - from) : bytes[index]);
    for (let index = bytes.indexOf(LINE_FEED, from); index >= 0; index = bytes.indexOf(LINE_FEED, index + 1)) {
        if (at(index - 1) === CARRIAGE_RETURN && at(index - 2) === LINE_FEED && at(index - 3) === CARRIAGE_RETURN) {
            return index + 1;
        }
    }
    return undefined;
}
