import type { Complaint } from "./complaint.ts";
import { type Position, positionAt } from "./position.ts";
import { type AnyBlock, type BlockValue, type Keyword, REFUSED } from "./schema.ts";
import { StatementWords } from "./statement.ts";

/** What a test reads out of a text: the value, and every complaint of the tables' own arguments. */
export interface Reading<Table> {
    readonly value: BlockValue<Table>;
    readonly complaints: readonly Complaint[];
}

/**
 * Reads a well-formed text by a table, for tests of what comes after parsing: one statement a line, `{` at the end of a line, `}` alone on one.
 *
 * Nothing of the language's finer points is in it, so that these tests fail for their own reasons only.
 */
export function readForTest<const Table extends AnyBlock>(table: Table, text: string): Reading<Table> {
    const reader = new TestReader(text);
    return { value: reader.block(table, [], positionAt(0, 0)) as BlockValue<Table>, complaints: reader.complaints };
}

type Values = Record<string, unknown> & { readonly positions: Record<string, unknown> };

class TestReader {
    readonly complaints: Complaint[] = [];
    readonly #lines: readonly string[];
    readonly #words = new StatementWords((complaint) => this.complaints.push(complaint));
    #line = 0;

    constructor(text: string) {
        this.#lines = text.split("\n").map((line) => line.trim());
    }

    block(table: AnyBlock, head: readonly (readonly [string, unknown])[], at: Position): Values {
        const values: Values = { ...Object.fromEntries(head), at, positions: {} };
        for (const [name, keyword] of Object.entries(table.keywords)) {
            values[name] = absent(keyword);
        }
        for (;;) {
            const line = this.#lines[this.#line];
            this.#line++;
            if (line === undefined || line === "}") {
                return values;
            }
            if (line !== "") {
                this.#statement(table, values, line);
            }
        }
    }

    #statement(table: AnyBlock, values: Values, line: string): void {
        const at = positionAt(this.#line, 0);
        const keyword = table.lines === undefined ? this.#start(table, line) : table.lines;
        const row = table.keywords[keyword] as Keyword;
        if (table.lines !== undefined && row.kind === "list") {
            this.#fill(line, 0);
            push(values, keyword, row.argument.read(this.#words), at);
        } else if (row.kind === "list") {
            this.#list(row, { values, keyword });
        } else if (row.kind === "block") {
            const head = Object.entries(row.table.head).map(([name, argument]) => [name, argument.read(this.#words)] as const);
            const inner = this.block(row.table, head, at);
            values[keyword] = row.many ? [...(values[keyword] as readonly unknown[]), inner] : inner;
        } else if (row.kind === "value") {
            const value = row.argument.read(this.#words);
            if (row.presence === "many") {
                push(values, keyword, value, at);
            } else if (value !== REFUSED) {
                values[keyword] = value;
                values.positions[keyword] = at;
            }
        }
    }

    #list(row: Extract<Keyword, { kind: "list" }>, { values, keyword }: { readonly values: Values; readonly keyword: string }): void {
        values.positions[keyword] ??= [];
        for (;;) {
            const line = this.#lines[this.#line] ?? "}";
            this.#line++;
            if (line === "}") {
                return;
            }
            this.#fill(line, 0);
            push(values, keyword, row.argument.read(this.#words), positionAt(this.#line, 0));
        }
    }

    #start(table: AnyBlock, line: string): string {
        const word = line.split(/\s+/)[0] as string;
        const found = Object.entries(table.keywords).find(([name, { about }]) => name === word || about.aliases?.includes(word));
        if (found === undefined) {
            throw new Error(`no keyword ${word}`);
        }
        this.#fill(line, 1);
        return found[0];
    }

    #fill(line: string, place: number): void {
        const text = line.replace(/\s*\{$/, "");
        const found = [...text.matchAll(/"[^"]*"|\S+/g)];
        this.#words.start(
            {
                line: this.#line,
                isMade: false,
                base: 0,
                text,
                words: found.map(([word]) => word.replace(/^"(.*)"$/, "$1")),
                columns: found.map(({ index }) => index),
                end: text.length,
            },
            place,
        );
    }
}

function absent(keyword: Keyword): unknown {
    switch (keyword.kind) {
        case "value":
            return keyword.presence === "many" ? [] : keyword.default;
        case "list":
            return [];
        case "block":
            return keyword.many ? [] : undefined;
        case "obsolete":
            return undefined;
    }
}

function push(values: Values, keyword: string, value: unknown, at: Position): void {
    if (value !== REFUSED) {
        values[keyword] = [...(values[keyword] as readonly unknown[]), value];
        values.positions[keyword] = [...((values.positions[keyword] as readonly Position[] | undefined) ?? []), at];
    }
}
