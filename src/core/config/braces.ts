import type { Frame } from "./frame.ts";
import { lineOf, type Position } from "./position.ts";
import type { Complain } from "./statement.ts";

/** A statement that its block does not know. */
interface Stranger {
    readonly spelling: string;
    readonly indent: number;
    readonly opens: boolean;
    readonly at: Position;
}

/** The block closed last, and how. */
interface Closed {
    readonly frame: Frame;
    readonly depth: number;
    readonly at: Position;
    readonly indent: number;
}

/**
 * Guesses where a brace is missing or too much, from indentation and from where a keyword belongs, so that one slip is one message at
 * the place to mend.
 */
export class BraceGuesser {
    readonly #frames: Frame[];
    readonly #complain: Complain;
    #lastClosed: Closed | undefined;
    /** A block that its brace seems not to have closed, but the one around it. */
    #suspect: Frame | undefined;
    /** Braces that were taken as there though they were not: as many may come too much, in silence. */
    #supplied = 0;

    constructor(frames: Frame[], complain: Complain) {
        this.#frames = frames;
        this.#complain = complain;
    }

    /** A closing brace: takes the innermost block off. */
    close(at: Position, { indent, isFirst }: { readonly indent: number; readonly isFirst: boolean }): void {
        if (this.#frames.length === 1) {
            this.#closeTooMuch(at);
            return;
        }
        const frame = this.#frames.pop() as Frame;
        if (isFirst && indent < frame.indent && lineOf(at) !== lineOf(frame.at) && this.#frames.some((outer) => outer.indent === indent)) {
            this.#suspect ??= frame;
        }
        this.#lastClosed = { frame, depth: this.#frames.length, at, indent };
    }

    /** A keyword that its block does not know: puts the frames right if that tells of a brace. Complains then, and returns true. */
    recover(stranger: Stranger): boolean {
        return this.#reopen(stranger) || this.#closeMissing(stranger);
    }

    /** The open block around that knows the keyword, in words for a message. */
    homeOf(spelling: string): string | undefined {
        const home = this.#frames.findLast((frame) => frame.compiled?.rows.has(spelling));
        return home === undefined ? undefined : home.name === "" ? "the top level" : `'${home.name}'`;
    }

    /** The end of the last file. */
    finish(): void {
        const open = this.#frames.length - 1;
        if (open === 0) {
            return;
        }
        const guess = this.#suspect ?? (this.#frames.at(-1) as Frame);
        const more = open > 1 ? `, nor are ${open - 1} around it` : "";
        this.#complain(
            {
                code: "missing-close-brace",
                errorClass: "missing-close-brace",
                message: `the block '${guess.name}' that is opened here is not closed${more}`,
                consequence: "it ends with the file",
            },
            guess.at,
        );
    }

    #closeTooMuch(at: Position): void {
        if (this.#supplied > 0) {
            this.#supplied--;
            return;
        }
        this.#complain(
            {
                code: "unexpected-close-brace",
                errorClass: "unexpected-close-brace",
                message: "a closing brace without an open block",
                consequence: "it is ignored",
            },
            at,
        );
    }

    /** The block closed last knows the keyword, and its brace was indented like something inside it: it came too early. */
    #reopen({ spelling, indent }: Stranger): boolean {
        const closed = this.#lastClosed;
        if (closed === undefined || closed.depth !== this.#frames.length || closed.frame.compiled?.rows.has(spelling) !== true) {
            return false;
        }
        if (indent <= closed.frame.indent || closed.indent <= closed.frame.indent) {
            return false;
        }
        this.#frames.push(closed.frame);
        this.#lastClosed = undefined;
        this.#complain(
            {
                code: "unexpected-close-brace",
                errorClass: "unexpected-close-brace",
                message: `this closing brace ends '${closed.frame.name}' before its last keyword`,
                consequence: "it is ignored",
            },
            closed.at,
        );
        return true;
    }

    /** A block further out knows the keyword, and it stands no deeper than the innermost block's own line: that was never closed. */
    #closeMissing({ spelling, indent, opens, at }: Stranger): boolean {
        const top = this.#frames.at(-1) as Frame;
        if (indent > top.indent || lineOf(at) === lineOf(top.at)) {
            return false;
        }
        const home = this.#frames.findLastIndex((frame) => frame.compiled?.rows.has(spelling));
        if (home < 0 || home === this.#frames.length - 1 || (top.kind === "skip" && !opens)) {
            return false;
        }
        const missing = this.#frames.length - 1 - home;
        const outermost = this.#frames[home + 1] as Frame;
        const guess = this.#suspect !== undefined && missing === 1 ? this.#suspect : outermost;
        this.#suspect = undefined;
        this.#supplied += missing;
        this.#complain(
            {
                code: "missing-close-brace",
                errorClass: "missing-close-brace",
                message: `the block '${guess.name}' that is opened here is not closed before '${spelling}'`,
                consequence: `it ends before '${spelling}'`,
            },
            guess.at,
        );
        this.#frames.length = home + 1;
        return true;
    }
}
