import { commentStart, withoutComment } from "./comment.ts";
import type { Complaint } from "./complaint.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { Definitions, type ExpandOptions, parseDefinition } from "./expand.ts";
import { type FileText, type FileTree, folderOf, wholeText } from "./file-tree.ts";
import { parseGenerator } from "./generate.ts";
import { IncludeFamily } from "./include.ts";
import type { KeptFile, TopBlock } from "./kept-blocks.ts";
import { laterStart } from "./line-start.ts";
import { positionAt } from "./position.ts";
import { COMMENT_IN_DEFINITION, EMBEDDED_NUL, ENDLESS_LINE, KEEPALIVED_LINE, LONG_LINE, TOO_MANY_LINES } from "./preprocess-complaints.ts";
import type { SourceMap } from "./source-map.ts";

/** Takes the lines that reading makes: a part of a text, so that plain files need no copying. */
export interface LineSink {
    /** The lines that follow are this file's, by its number in the source map. */
    enterFile(file: number): void;
    /** The number over all files of the line that follows; `isMade` when definitions made its text. */
    begin(line: number, isMade: boolean): void;
    /** One line: `text` from `start` up to but not `end`. */
    take(text: string, start: number, end: number): void;
    /** Whether the line that follows begins outside of all blocks. */
    readonly isAtTop: boolean;
    /** What follows, up to where all blocks are closed again, is looked at as a whole. */
    beginStretch(): void;
    /** What stood in the stretch, when it was one block and nothing else. */
    readonly soleBlock: TopBlock | undefined;
    /** Takes a block over as it was read before; its first line has that number now. */
    adopt(block: TopBlock, line: number): void;
}

/** Opens what is kept of a plain file from one reading to the next; undefined if it is not a plain one. */
export type OpenKept = (path: string, text: FileText, isPlain: (part: string) => boolean) => KeptFile | undefined;

/** A file without any of these characters and words needs no more than cutting into lines. */
const SPECIAL_CHARACTERS = ["$", "@", "~", "\\", "\0"];
/** Found by a pattern several times as fast as one after the other. */
const SPECIAL_WORDS = /include|random_seed/;

/** Definitions used by lines of definitions; more is one that uses itself. */
const MOST_DEPTH = 50;

/** Reads files, follows includes, puts definitions in, repeats and chooses lines, and hands the result to the parser. */
export class Preprocessor {
    readonly #sources: SourceMap;
    readonly #diagnostics: Diagnostics;
    readonly #options: ExpandOptions;
    readonly #sink: LineSink;
    readonly #definitions: Definitions;
    readonly #includes: IncludeFamily;
    readonly #openKept: OpenKept | undefined;
    #line = 0;
    #made = 0;
    #isExhausted = false;
    /** The definition that lines are being added to. */
    #open: { readonly name: string; readonly lines: string[] } | undefined;

    constructor(parts: {
        readonly tree: FileTree;
        readonly sources: SourceMap;
        readonly diagnostics: Diagnostics;
        readonly options: ExpandOptions;
        readonly sink: LineSink;
        /** Absent where each reading is the only one. */
        readonly openKept?: OpenKept | undefined;
    }) {
        this.#sources = parts.sources;
        this.#diagnostics = parts.diagnostics;
        this.#options = parts.options;
        this.#sink = parts.sink;
        this.#openKept = parts.openKept;
        const complain = (complaint: Complaint, column: number): void => this.#complain(complaint, column);
        this.#definitions = new Definitions(parts.options, complain);
        this.#includes = new IncludeFamily({ tree: parts.tree, complain, read: (path, text) => this.#readText(path, text) });
    }

    /** Reads the files that a name given on the command line stands for. False when there is none. */
    readMain(pattern: string): boolean {
        return this.#includes.readMain(pattern);
    }

    #readText(path: string, given: FileText): void {
        const around = this.#definitions.enterFolder(folderOf(path));
        const line = this.#line;
        this.#readIn(path, given);
        this.#line = line;
        this.#definitions.enterFolder(around);
    }

    #readIn(path: string, given: FileText): void {
        const kept = this.#open === undefined ? this.#openKept?.(path, given, isPlain) : undefined;
        if (kept !== undefined) {
            this.#enter(path, kept.text);
            this.#readKept(kept);
            return;
        }
        const text = wholeText(given);
        const file = this.#enter(path, text);
        if (this.#open === undefined && isPlain(text)) {
            this.#readPlainLines(text);
        } else {
            this.#readLines(text, file);
        }
    }

    /** The lines that follow are those of that text. Returns the file's number. */
    #enter(path: string, text: FileText): number {
        const file = this.#sources.add(path, text);
        this.#sources.resume(file, 0);
        this.#sink.enterFile(file);
        return file;
    }

    #readPlainLines(text: string): void {
        for (let start = 0; start < text.length; ) {
            start = this.#readPlainLine(text, start);
        }
    }

    /** Returns where the next line begins. */
    #readPlainLine(text: string, start: number): number {
        const feed = text.indexOf("\n", start);
        const end = feed < 0 ? text.length : feed;
        this.#line = this.#sources.nextLine();
        if (end - start <= KEEPALIVED_LINE || this.#isShortEnough(end - start)) {
            this.#sink.begin(this.#line, false);
            this.#sink.take(text, start, end);
        }
        return end + 1;
    }

    /** The same, but blocks that are as they were are taken over, and others kept for the next time. */
    #readKept(file: KeptFile): void {
        for (let start = 0; start < file.text.length; ) {
            const known = this.#sink.isAtTop ? file.recall(start, this.#sources.next) : undefined;
            if (known === undefined) {
                start = this.#readStretch(start, file);
            } else {
                this.#sink.adopt(known, known.line);
                this.#sources.pass(known.lines);
                start = known.end;
            }
        }
    }

    /** Reads lines until all blocks are closed. Returns where the next line begins. */
    #readStretch(start: number, file: KeptFile): number {
        const line = this.#sources.next;
        this.#sink.beginStretch();
        let end = start;
        do {
            const { from, lines } = file.partAt(end);
            end = from + this.#readPlainLine(lines, end - from);
        } while (end < file.text.length && !this.#sink.isAtTop);
        const block = this.#sink.soleBlock;
        // A last line that is not ended may go on next time.
        if (block !== undefined && end <= file.text.length) {
            file.keep({ ...block, start, end, line, lines: this.#sources.next - line });
        }
        return end;
    }

    #readLines(text: string, file: number): void {
        let number = 0;
        for (let start = 0; start < text.length && !this.#isExhausted; number++) {
            const feed = text.indexOf("\n", start);
            const end = feed < 0 ? text.length : feed;
            this.#line = this.#sources.nextLine();
            if (end - start <= KEEPALIVED_LINE || this.#isShortEnough(end - start)) {
                const raw = text.slice(start, end);
                if (raw.includes("\0")) {
                    this.#complain(EMBEDDED_NUL, 0);
                } else if (this.#readLine(raw)) {
                    this.#sources.resume(file, number + 1);
                    this.#sink.enterFile(file);
                }
            }
            start = end + 1;
        }
        this.#finishDefinition();
    }

    #isShortEnough(length: number): boolean {
        const isShortEnough = length <= this.#options.limits.lineLength;
        this.#complain(isShortEnough ? LONG_LINE : ENDLESS_LINE, 0);
        return isShortEnough;
    }

    /** One line of a file. True when other files were read in between. */
    #readLine(text: string): boolean {
        if (this.#open !== undefined) {
            this.#continueDefinition(text);
            return false;
        }
        return this.#process(text, false, 0);
    }

    /** One line, of a file or made. True when other files were read in between. */
    #process(given: string, isMade: boolean, depth: number): boolean {
        let hasRead = false;
        for (let rest: string | undefined = given; rest !== undefined; ) {
            const text = this.#chosen(rest);
            if (text === undefined || this.#isExhausted) {
                return hasRead;
            }
            const definition = parseDefinition(text);
            if (definition !== undefined) {
                this.#define(definition.name, definition.value, isMade);
                return hasRead;
            }
            if (/^\s*~/.test(text)) {
                return this.#repeat(text, depth) || hasRead;
            }
            const end = laterStart(text);
            hasRead = this.#processStatements(end < 0 ? text : text.slice(0, end), isMade, depth) || hasRead;
            rest = end < 0 ? undefined : " ".repeat(end) + text.slice(end);
        }
        return hasRead;
    }

    #processStatements(text: string, isMade: boolean, depth: number): boolean {
        return text.includes("$") ? this.#expandLine(text, isMade, depth) : this.#hand(text, isMade);
    }

    #expandLine(text: string, isMade: boolean, depth: number): boolean {
        const used = withoutComment(text);
        const lines = this.#definitions.expand(used);
        if (lines === undefined) {
            return false;
        }
        if (lines.length === 1 && lines[0] === used) {
            return this.#hand(text, isMade);
        }
        let hasRead = false;
        for (const line of lines) {
            if (!this.#mayMakeAnother(depth)) {
                return hasRead;
            }
            hasRead = this.#process(line, true, depth + 1) || hasRead;
        }
        return hasRead;
    }

    /** What is left of a line after `@ID` and its like; undefined when it is for another machine. Columns stay. */
    #chosen(text: string): string | undefined {
        const condition = /\s*@(\^|!)?(\S*)/y;
        let end = 0;
        for (let match = condition.exec(text); match !== null; match = condition.exec(text)) {
            const isSame = this.#options.configId === match[2];
            if (isSame === (match[1] !== undefined)) {
                return undefined;
            }
            end = condition.lastIndex;
        }
        return end === 0 ? text : " ".repeat(end) + text.slice(end);
    }

    #repeat(text: string, depth: number): boolean {
        const whole = this.#withNumbers(text);
        const generator = whole === undefined ? undefined : parseGenerator(whole);
        if (whole === undefined || generator === undefined || typeof generator === "string") {
            if (generator !== undefined) {
                this.#complain({ code: "bad-generator", errorClass: "general", message: generator as string }, text.indexOf("~"));
            }
            return false;
        }
        const rest = whole.slice(generator.end);
        const before = generator.names.map((name) => this.#definitions.get(name));
        let hasRead = false;
        for (let turn = 0; turn < generator.count && this.#mayMakeAnother(depth); turn++) {
            const values = generator.values(turn);
            for (const [index, name] of generator.names.entries()) {
                this.#definitions.set(name, values[index]);
            }
            hasRead = this.#process(rest, true, depth + 1) || hasRead;
        }
        for (const [index, name] of generator.names.entries()) {
            this.#definitions.set(name, before[index]);
        }
        return hasRead;
    }

    /** The line with the definitions inside the first generator's parentheses put in. */
    #withNumbers(text: string): string | undefined {
        const close = text.indexOf(")");
        const head = close < 0 ? text : text.slice(0, close + 1);
        if (!head.includes("$")) {
            return text;
        }
        const expanded = this.#definitions.expand(head);
        return expanded === undefined ? undefined : expanded.join(" ") + text.slice(head.length);
    }

    #mayMakeAnother(depth: number): boolean {
        this.#made++;
        if (this.#isExhausted) {
            return false;
        }
        if (depth >= MOST_DEPTH || this.#made > this.#options.limits.lines) {
            this.#isExhausted = true;
            this.#complain(TOO_MANY_LINES, 0);
            return false;
        }
        return true;
    }

    #define(name: string, value: string, isMade: boolean): void {
        const trimmed = withoutComment(value).trim();
        if (trimmed.endsWith("\\") && !isMade) {
            this.#open = { name, lines: [trimmed.slice(0, -1).trim()].filter((line) => line !== "") };
        } else {
            this.#definitions.set(name, trimmed);
        }
    }

    #continueDefinition(text: string): void {
        const open = this.#open as { name: string; lines: string[] };
        const comment = commentStart(text);
        const trimmed = (comment < 0 ? text : text.slice(0, comment)).trim();
        const endsInComment = comment >= 0 && !trimmed.endsWith("\\");
        if (endsInComment && (trimmed === "" || text.trimEnd().endsWith("\\"))) {
            this.#complain(COMMENT_IN_DEFINITION, comment);
            if (trimmed !== "") {
                open.lines.push(trimmed);
            }
            return;
        }
        if (trimmed.endsWith("\\")) {
            const line = trimmed.slice(0, -1).trim();
            open.lines.push(...(line === "" ? [] : [line]));
            return;
        }
        if (trimmed !== "") {
            open.lines.push(trimmed);
        }
        this.#finishDefinition();
    }

    #finishDefinition(): void {
        if (this.#open !== undefined) {
            this.#definitions.set(this.#open.name, this.#open.lines);
            this.#open = undefined;
        }
    }

    /** Follows an include or hands the line to the parser. True when other files were read. */
    #hand(text: string, isMade: boolean): boolean {
        const first = /^\s*(include[a-z_]*|random_seed)\s+(\S+)?/.exec(text);
        if (first?.[1] !== undefined && this.#includes.isIncluding(first[1])) {
            this.#includes.follow(first[1], withoutComment(text).trim().slice(first[1].length).trim(), text.indexOf(first[1]));
            return true;
        }
        if (first?.[1] === "include_check") {
            this.#includes.check(text.trim().split(/\s+/).slice(1));
        } else if (first?.[1] === "random_seed" && first[2] !== undefined) {
            this.#definitions.seed(Number(first[2]));
        }
        this.#sink.begin(this.#line, isMade);
        this.#sink.take(text, 0, text.length);
        return false;
    }

    #complain(complaint: Complaint, column: number): void {
        this.#diagnostics.add(complaint, positionAt(this.#line, column));
    }
}

function isPlain(text: string): boolean {
    return !SPECIAL_CHARACTERS.some((character) => text.includes(character)) && !SPECIAL_WORDS.test(text);
}
