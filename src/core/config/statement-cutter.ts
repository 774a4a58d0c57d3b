import type { Complaint } from "./complaint.ts";
import { type Position, positionAt } from "./position.ts";
import type { Complain } from "./statement.ts";

/** What ended a statement: a brace, or the line. */
export type Cut = "open" | "close" | "end";

const ORDINARY = 0;
const BLANK = 1;
const QUOTE = 2;
const OPEN = 3;
const CLOSE = 4;
const COMMENT = 5;
const BACKSLASH = 6;

/** What each character of ASCII means to a line; all others are ordinary. */
const MEANING = meanings();

/** White space that is not of ASCII: no-break, ogham, en quad to zero width, narrow, mathematical, ideographic, byte order mark. */
const ODD_SPACE = /[\u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]/;
const BYTE_ORDER_MARK = 0xfeff;

const ODD_SPACES: Complaint = {
    code: "odd-white-space",
    errorClass: "warning",
    message: "this file holds no-break or other special spaces, as text copied from a web page does",
    consequence: "they are read as spaces, in the whole file",
};

/** Cuts a line into statements at its braces, and each statement into words. Quotes are taken off; a comment ends the line. */
export class StatementCutter {
    /** The statement cut last; the same object each time. */
    readonly statement: {
        line: number;
        isMade: boolean;
        text: string;
        words: string[];
        columns: number[];
        end: number;
        base: number;
    } = { line: 0, isMade: false, text: "", words: [], columns: [], end: 0, base: 0 };
    readonly #complain: Complain;
    #file = -1;
    readonly #filesWithOddSpaces = new Set<number>();
    #at = 0;
    #end = 0;
    /** How far the line is indented, and whether the statement cut last is the line's first. */
    indent = 0;
    isFirst = true;
    /** The column of the brace that ended the statement. */
    cutColumn = 0;

    constructor(complain: Complain) {
        this.#complain = complain;
    }

    /** Odd white space is complained about once a file. */
    enterFile(file: number): void {
        this.#file = file;
    }

    /** Starts on a line: the part of `text` from `start` up to but not `end`. Its number has been put into the statement. */
    start(text: string, start: number, end: number): void {
        const { statement } = this;
        statement.text = text;
        statement.base = start;
        this.#at = start;
        this.#end = end;
        this.indent = -1;
        this.isFirst = true;
    }

    /** Cuts the next statement. */
    cut(): Cut {
        const { statement } = this;
        const { text, base } = statement;
        const end = this.#end;
        const { words, columns } = statement;
        while (words.length > 0) {
            words.pop();
            columns.pop();
        }
        let at = this.#at;
        if (at > base) {
            this.isFirst = false;
        }
        for (; at < end; ) {
            const code = text.charCodeAt(at);
            const meaning = code < 128 ? (MEANING[code] as number) : this.#meaningOf(code, at);
            if (meaning === BLANK) {
                at++;
                continue;
            }
            if (this.indent < 0) {
                this.indent = indentOf(text, base, at);
            }
            if (meaning === ORDINARY || meaning === BACKSLASH) {
                const start = at;
                at = this.#wordEnd(at);
                words.push(this.#word(start, at));
                columns.push(start - base);
            } else if (meaning === QUOTE) {
                columns.push(at - base);
                at = this.#takeQuoted(at);
            } else if (meaning === COMMENT) {
                break;
            } else {
                statement.end = this.cutColumn = at - base;
                this.#at = at + 1;
                return meaning === OPEN ? "open" : "close";
            }
        }
        statement.end = at - base;
        this.#at = end;
        return "end";
    }

    /** A character beyond ASCII: white space copied from somewhere, or a part of a word. */
    #meaningOf(code: number, at: number): number {
        if (!ODD_SPACE.test(String.fromCharCode(code))) {
            return ORDINARY;
        }
        if (!(code === BYTE_ORDER_MARK && at === 0) && !this.#filesWithOddSpaces.has(this.#file)) {
            this.#filesWithOddSpaces.add(this.#file);
            this.#complain(ODD_SPACES, this.#positionOf(at - this.statement.base));
        }
        return BLANK;
    }

    #hasBackslash = false;

    /** Where the word that starts at `at` ends. */
    #wordEnd(at: number): number {
        const { text } = this.statement;
        this.#hasBackslash = false;
        let index = at;
        while (index < this.#end) {
            const code = text.charCodeAt(index);
            const meaning = code < 128 ? (MEANING[code] as number) : this.#meaningOf(code, index);
            if (meaning === BACKSLASH) {
                this.#hasBackslash = true;
                const next = text.charCodeAt(index + 1);
                index += next === 0x23 || next === 0x21 ? 2 : 1;
            } else if (meaning === OPEN && text.charCodeAt(index - 1) === 0x24) {
                index = this.#referenceEnd(index);
            } else if (meaning === ORDINARY) {
                index++;
            } else {
                break;
            }
        }
        return Math.min(index, this.#end);
    }

    /** `${NAME}` that no definition stood for stays a part of its word: its braces are no block's. */
    #referenceEnd(open: number): number {
        const { text, base } = this.statement;
        const close = text.indexOf("}", open);
        const end = close < 0 || close >= this.#end ? this.#end : close + 1;
        this.#complain(
            {
                code: "undefined-name",
                errorClass: "general",
                message: `${text.slice(open - 1, end)} is not defined`,
                consequence: "it stays as it is written",
            },
            this.#positionOf(open - 1 - base),
        );
        return end;
    }

    #word(start: number, end: number): string {
        const word = this.statement.text.slice(start, end);
        return this.#hasBackslash ? word.replace(/\\([#!])/g, "$1") : word;
    }

    /** Takes the word in double quotes that starts at `at`; returns where it ends. */
    #takeQuoted(at: number): number {
        const { text, words, base } = this.statement;
        let close = text.indexOf('"', at + 1);
        while (close >= 0 && close < this.#end && text.charCodeAt(close - 1) === 0x5c && this.#hasQuoteAfter(close)) {
            close = text.indexOf('"', close + 1);
        }
        if (close < 0 || close >= this.#end) {
            this.#complainOfQuote(this.#positionOf(at - base));
            words.push(text.slice(at + 1, this.#end).trimEnd());
            return this.#end;
        }
        words.push(text.slice(at + 1, close));
        return close + 1;
    }

    #positionOf(column: number): Position {
        return positionAt(this.statement.line, column, this.statement.isMade);
    }

    #hasQuoteAfter(at: number): boolean {
        const next = this.statement.text.indexOf('"', at + 1);
        return next >= 0 && next < this.#end;
    }

    #complainOfQuote(at: Position): void {
        this.#complain(
            {
                code: "unmatched-quote",
                errorClass: "unmatched-quote",
                message: "a quote is not closed",
                consequence: "it is taken to end with the line",
            },
            at,
        );
    }
}

/** Columns of white space before `at`, with a tab reaching to the next multiple of eight. */
function indentOf(text: string, start: number, at: number): number {
    let width = 0;
    for (let index = start; index < at; index++) {
        width = text.charCodeAt(index) === 0x09 ? (width | 7) + 1 : width + 1;
    }
    return width;
}

function meanings(): Uint8Array {
    const table = new Uint8Array(128);
    for (const blank of [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20]) {
        table[blank] = BLANK;
    }
    table[0x22] = QUOTE;
    table[0x7b] = OPEN;
    table[0x7d] = CLOSE;
    table[0x23] = COMMENT;
    table[0x21] = COMMENT;
    table[0x5c] = BACKSLASH;
    return table;
}
