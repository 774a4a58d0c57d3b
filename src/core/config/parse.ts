import { BraceGuesser } from "./braces.ts";
import { type CompiledBlock, type OpenValue, type Row, TableCompiler } from "./compiled-table.ts";
import type { Complaint } from "./complaint.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { Frame } from "./frame.ts";
import type { TopBlock } from "./kept-blocks.ts";
import { deprecatedSpelling, missingOpenBrace, obsoleteKeyword, unexpectedOpenBrace, unknownKeyword } from "./parse-complaints.ts";
import { columnOf, isMade, lineOf, type Position, positionAt } from "./position.ts";
import type { LineSink } from "./preprocess.ts";
import { type AnyBlock, type BlockValue, REFUSED } from "./schema.ts";
import { type Complain, type StatementText, StatementWords, startOf } from "./statement.ts";
import { type Cut, StatementCutter } from "./statement-cutter.ts";
import { readEntries, readHead, refuseRest } from "./statement-readers.ts";
import { storeBlock, storeKnown, storeValue } from "./store.ts";
import { TopStretch } from "./top-stretch.ts";

/**
 * Makes a typed value of lines, driven by the tables. It never stops at a mistake: every one is reported where it stands, and
 * reading goes on behind it. The work is linear in the length of the text.
 */
export class Parser<Table extends AnyBlock> implements LineSink {
    /** The keywords that are understood but that nothing is done with yet, each once behind its block, in the order in which they were written. */
    readonly unacted = new Set<string>();
    readonly #diagnostics: Diagnostics;
    readonly #tables = new TableCompiler();
    readonly #words: StatementWords;
    readonly #cutter: StatementCutter;
    readonly #frames: Frame[];
    readonly #braces: BraceGuesser;
    readonly #stretch = new TopStretch();
    readonly #complain: Complain;
    /** A keyword that needs a block whose brace has not come yet. */
    #pending: { readonly row: Row; readonly statement: StatementText } | undefined;
    /** The keyword before was refused as a whole, so a block that follows it is passed over in silence. */
    #isRefused = false;

    constructor(root: Table, diagnostics: Diagnostics) {
        this.#diagnostics = diagnostics;
        this.#complain = (complaint, at) => this.#note(complaint, at);
        this.#words = new StatementWords(this.#complain);
        this.#cutter = new StatementCutter(this.#complain);
        this.#frames = [new Frame({ words: [], at: positionAt(0, 0), indent: -1 }, { kind: "block", compiled: this.#tables.of(root) })];
        this.#braces = new BraceGuesser(this.#frames, this.#complain);
    }

    enterFile(file: number): void {
        this.#cutter.enterFile(file);
    }

    begin(line: number, isMade: boolean): void {
        this.#cutter.statement.line = line;
        this.#cutter.statement.isMade = isMade;
    }

    take(text: string, start: number, end: number): void {
        const { statement } = this.#cutter;
        this.#cutter.start(text, start, end);
        for (;;) {
            const cut = this.#cutter.cut();
            if (statement.words.length > 0 || cut === "open") {
                this.#statement(statement, cut);
            }
            if (cut === "close") {
                this.#close(statement);
            } else if (cut === "end") {
                return;
            }
        }
    }

    get isAtTop(): boolean {
        return this.#frames.length === 1 && this.#pending === undefined;
    }

    beginStretch(): void {
        this.#stretch.begin(this.isAtTop);
    }

    get soleBlock(): TopBlock | undefined {
        return this.isAtTop ? this.#stretch.soleBlock : undefined;
    }

    adopt({ key, value }: TopBlock, line: number): void {
        value.at = positionAt(line, columnOf(value.at));
        storeKnown((this.#frames[0] as Frame).value as OpenValue, key, value);
    }

    /** The value, after the last line. */
    finish(): BlockValue<Table> {
        this.#dropPending();
        this.#braces.finish();
        return (this.#frames[0] as Frame).value as BlockValue<Table>;
    }

    #statement(statement: StatementText, cut: Cut): void {
        if (this.#pending !== undefined && this.#resolvePending(statement, cut)) {
            return;
        }
        const frame = this.#frames.at(-1) as Frame;
        if (frame.kind === "block") {
            this.#keyword(frame, statement, cut);
        } else if (frame.kind === "list") {
            this.#entries(frame, statement, cut);
        } else if (cut === "open" && !this.#recover(statement, cut)) {
            frame.depth++;
        }
    }

    #keyword(frame: Frame, statement: StatementText, cut: Cut): void {
        const spelling = statement.words[0];
        const row = spelling === undefined ? undefined : (frame.compiled as CompiledBlock).rows.get(spelling);
        if (frame === this.#frames[0]) {
            this.#stretch.noteStatement();
        }
        if (row === undefined) {
            if (spelling === undefined) {
                this.#strayBrace(statement);
            } else if (!this.#recover(statement, cut)) {
                this.#unknown(frame, statement, cut);
            }
            return;
        }
        this.#isRefused = false;
        if (row.deprecated !== undefined) {
            this.#complain(deprecatedSpelling(spelling as string, row.deprecated), startOf(statement));
        }
        if (row.keyword.kind === "value" || row.keyword.kind === "obsolete") {
            this.#simple(frame, row, statement);
            if (cut === "open") {
                this.#unexpectedBlock(statement);
            }
        } else if (cut === "open") {
            this.#open(row, statement, statement);
        } else {
            this.#pending = { row, statement: { ...statement, words: [...statement.words], columns: [...statement.columns] } };
        }
    }

    #simple(frame: Frame, row: Row, statement: StatementText): void {
        const at = startOf(statement);
        if (row.keyword.kind === "obsolete") {
            this.#isRefused = true;
            this.#complain(obsoleteKeyword(row.key, row.keyword.advice), at);
            return;
        }
        if (row.keyword.kind !== "value") {
            return;
        }
        this.#words.start(statement, 1);
        const value = row.keyword.argument.read(this.#words);
        if (value === REFUSED) {
            this.#isRefused = true;
            return;
        }
        refuseRest(this.#words);
        const complaint = storeValue(frame.value as OpenValue, row, { value, at });
        if (complaint !== undefined) {
            this.#complain(complaint, at);
        }
        if (!row.acts) {
            this.#noteUnacted(frame, row);
        }
    }

    #noteUnacted(frame: Frame, row: Row): void {
        this.#stretch.noteUnacted();
        this.unacted.add(frame.keyword === "" ? row.key : `${frame.keyword}/${row.key}`);
    }

    /** Opens the block of a keyword; `brace` is the statement that ended with the brace. */
    #open(row: Row, statement: StatementText, brace: StatementText): void {
        const parent = this.#frames.at(-1) as Frame;
        const opening = { words: statement.words, at: startOf(statement), indent: this.#cutter.indent };
        if (!row.acts) {
            this.#noteUnacted(parent, row);
        }
        if (row.keyword.kind !== "block") {
            this.#frames.push(new Frame(opening, { kind: "list", row, around: parent, line: brace.line }));
            return;
        }
        const compiled = this.#tables.of(row.keyword.table);
        const frame = new Frame(opening, { kind: "block", compiled });
        const isRead = readHead(this.#words, statement, { compiled, frame, complain: this.#complain });
        const complaint = isRead ? storeBlock(parent, row, frame) : "refused";
        if (complaint === undefined) {
            if (parent === this.#frames[0]) {
                this.#stretch.noteBlock(row, frame.value);
            }
            const { lines } = compiled;
            this.#frames.push(
                lines === undefined ? frame : new Frame(opening, { kind: "list", row: lines, around: frame, line: brace.line }),
            );
            return;
        }
        if (complaint !== "refused") {
            this.#complain(complaint, opening.at);
        }
        this.#frames.push(new Frame(opening, { kind: "skip" }));
    }

    #entries(frame: Frame, statement: StatementText, cut: Cut): void {
        if (this.#recover(statement, cut)) {
            return;
        }
        readEntries(this.#words, statement, frame, this.#complain);
        if (cut === "open") {
            this.#unexpectedBlock(statement);
        }
    }

    #close(statement: StatementText): void {
        this.#dropPending();
        this.#isRefused = false;
        const frame = this.#frames.at(-1) as Frame;
        if (frame.kind === "skip" && frame.depth > 0) {
            frame.depth--;
            return;
        }
        const at = positionAt(statement.line, this.#cutter.cutColumn, statement.isMade);
        this.#braces.close(at, { indent: this.#cutter.indent, isFirst: this.#cutter.isFirst });
    }

    /** An unknown keyword that tells of a brace too few or too many: the frames are put right, and the statement taken there. */
    #recover(statement: StatementText, cut: Cut): boolean {
        const { indent, isFirst } = this.#cutter;
        const place = { spelling: statement.words[0] ?? "", indent, opens: cut === "open", at: startOf(statement) };
        if (!isFirst || !this.#braces.recover(place)) {
            return false;
        }
        this.#keyword(this.#frames.at(-1) as Frame, statement, cut);
        return true;
    }

    #unknown(frame: Frame, statement: StatementText, cut: Cut): void {
        const found = statement.words[0] as string;
        const { rows } = frame.compiled as CompiledBlock;
        const home = this.#braces.homeOf(found);
        this.#complain(unknownKeyword(found, { name: frame.name, home, keywords: rows.keys() }, cut === "open"), startOf(statement));
        this.#isRefused = true;
        if (cut === "open") {
            this.#pushSkip(statement);
        }
    }

    #strayBrace(statement: StatementText): void {
        if (this.#isRefused) {
            this.#pushSkip(statement);
        } else {
            this.#unexpectedBlock(statement);
        }
        this.#isRefused = false;
    }

    #unexpectedBlock(statement: StatementText): void {
        if (!this.#isRefused) {
            this.#complain(unexpectedOpenBrace(statement.words[0]), positionAt(statement.line, this.#cutter.cutColumn, statement.isMade));
        }
        this.#pushSkip(statement);
    }

    #pushSkip(statement: StatementText): void {
        const opening = { words: statement.words, at: startOf(statement), indent: this.#cutter.indent };
        this.#frames.push(new Frame(opening, { kind: "skip" }));
    }

    /** The statement after a keyword whose brace has not come. True when it was that brace. */
    #resolvePending(statement: StatementText, cut: Cut): boolean {
        const pending = this.#pending as { row: Row; statement: StatementText };
        if (statement.words.length === 0 && cut === "open") {
            this.#pending = undefined;
            this.#open(pending.row, pending.statement, statement);
            return true;
        }
        const { keyword } = pending.row;
        this.#dropPending();
        const [word = ""] = statement.words;
        const belongs = keyword.kind === "block" ? this.#tables.of(keyword.table).rows.has(word) : this.#braces.homeOf(word) === undefined;
        const isKnownHere = (this.#frames.at(-1) as Frame).compiled?.rows.has(word) === true;
        if (belongs && !isKnownHere) {
            this.#open(pending.row, pending.statement, statement);
        }
        return false;
    }

    #dropPending(): void {
        if (this.#pending === undefined) {
            return;
        }
        const { row, statement } = this.#pending;
        this.#pending = undefined;
        this.#complain(missingOpenBrace(row.key), positionAt(statement.line, statement.end, statement.isMade));
    }

    #note(complaint: Complaint, at: Position): void {
        const { line, text } = this.#cutter.statement;
        this.#diagnostics.add(complaint, at, isMade(at) && lineOf(at) === line ? text : undefined);
    }
}
