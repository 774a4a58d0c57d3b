import type { FileText, TextPlace } from "../../core/config/file-tree.ts";

/** Room beyond what a text needs, as a share of it: texts grow a little from one reading to the next. */
const SPARE = 1 / 8;

/** A text of ASCII alone: the bytes of its file, of which any part is a string at once. */
export class AsciiText implements FileText {
    readonly length: number;
    readonly #room: Buffer;

    /** @param room holds the text at its beginning */
    constructor(room: Buffer, length: number) {
        this.#room = room;
        this.length = length;
    }

    slice(start: number, end: number): string {
        return this.#room.toString("latin1", start, Math.min(end, this.length));
    }

    isSame(at: number, { text, at: there }: TextPlace, length: number): boolean {
        return text instanceof AsciiText
            ? this.#room.compare(text.#room, there, there + length, at, at + length) === 0
            : this.slice(at, at + length) === text.slice(there, there + length);
    }

    keep(former: FileText | undefined): AsciiText {
        const known = former instanceof AsciiText && former.#room.length >= this.length ? former.#room : undefined;
        const room = known ?? Buffer.allocUnsafeSlow(Math.ceil(this.length * (1 + SPARE)));
        this.#room.copy(room, 0, 0, this.length);
        return new AsciiText(room, this.length);
    }
}
