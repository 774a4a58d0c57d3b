import { type IpAddress, parseIp } from "../base/ip.ts";
import type { Complaint } from "./complaint.ts";
import { type Position, positionAt } from "./position.ts";
import { splitQuoted } from "./quoting.ts";
import type { Words } from "./schema.ts";

/** Addresses that are remembered: some services' servers, not those of a whole file in which none stands twice. */
const MOST_ADDRESSES = 512;

/** Takes a complaint and where it belongs. */
export type Complain = (complaint: Complaint, at: Position) => void;

/** A statement as the lexer cut it: words with their columns, and the text they were cut from. */
export interface StatementText {
    /** The number of the line, counted over all files. */
    readonly line: number;
    /** Whether definitions made the text. */
    readonly isMade: boolean;
    /** The text that the line is a part of. */
    readonly text: string;
    /** Where the line starts in it. */
    readonly base: number;
    readonly words: readonly string[];
    /** Where each word starts in the line, from 0. */
    readonly columns: readonly number[];
    /** Where the statement ends in the line: a brace, a comment or the line's end. */
    readonly end: number;
}

/** Where a statement's first word stands. */
export function startOf({ line, columns, end, isMade }: StatementText): Position {
    return positionAt(line, columns[0] ?? end, isMade);
}

/** The words of one statement, being taken. The parser keeps one and fills it again for every statement. */
export class StatementWords implements Words {
    readonly #complain: Complain;
    #statement: StatementText = { line: 0, isMade: false, text: "", base: 0, words: [], columns: [], end: 0 };
    #place = 0;
    readonly #addresses = new Map<string, IpAddress>();

    constructor(complain: Complain) {
        this.#complain = complain;
    }

    /** Starts on another statement at its `place`-th word. */
    start(statement: StatementText, place: number): void {
        this.#statement = statement;
        this.#place = place;
    }

    get next(): string | undefined {
        return this.#statement.words[this.#place];
    }

    get position(): Position {
        return this.#positionOf(this.#place);
    }

    take(wanted: string): string | undefined {
        const word = this.#statement.words[this.#place];
        if (word === undefined) {
            this.#complainOfEnd(wanted);
            return undefined;
        }
        this.#place++;
        return word;
    }

    takeCommand(wanted: string, escapes: boolean): readonly string[] | undefined {
        const split = splitQuoted(this.takeRest(), escapes);
        if (split.words.length === 0) {
            this.#complainOfEnd(wanted);
            return undefined;
        }
        if (!split.isClosed) {
            this.complain({
                code: "unmatched-quote",
                errorClass: "unmatched-quote",
                message: "a quote is not closed",
                consequence: "it is taken to end with the line",
            });
        }
        return split.words;
    }

    addressOf(word: string): IpAddress | undefined {
        const known = this.#addresses.get(word);
        const address = known ?? parseIp(word);
        if (known === undefined && address !== undefined) {
            if (this.#addresses.size === MOST_ADDRESSES) {
                this.#addresses.clear();
            }
            this.#addresses.set(word, address);
        }
        return address;
    }

    takeRest(): string {
        const { text, base, columns, words, end } = this.#statement;
        const start = columns[this.#place] ?? end;
        this.#place = words.length;
        return text.slice(base + start, base + end).trimEnd();
    }

    complain(complaint: Complaint): void {
        this.#complain(complaint, this.#positionOf(Math.max(0, this.#place - 1)));
    }

    #complainOfEnd(wanted: string): void {
        const { line, end, isMade } = this.#statement;
        this.#complain(
            { code: "missing-parameter", errorClass: "missing-parameter", message: "a parameter is missing", allowed: wanted },
            positionAt(line, end, isMade),
        );
    }

    #positionOf(place: number): Position {
        const { line, columns, end, isMade } = this.#statement;
        return positionAt(line, columns[place] ?? end, isMade);
    }
}
