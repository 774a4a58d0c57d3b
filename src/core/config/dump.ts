import type { Position } from "./position.ts";
import type { AnyBlock, BlockValue, Keyword } from "./schema.ts";

const INDENT = "    ";

/**
 * A configuration as text in its canonical form: every include, definition and generator carried out, one statement a line, in the order in
 * which it was written. Reading it gives the same configuration.
 */
export function dump<Table extends AnyBlock>(table: Table, value: BlockValue<Table>): string {
    return dumpBody(table, value as Values, "").join("");
}

/** A parsed block, seen without its type. */
type Values = Readonly<Record<string, unknown>> & {
    readonly at: Position;
    readonly positions: Readonly<Record<string, Position | readonly Position[] | undefined>>;
};

/** Some lines of text and where the first of them was written. */
interface Piece {
    readonly at: Position | undefined;
    readonly text: string;
}

function dumpBody(table: AnyBlock, values: Values, indent: string): readonly string[] {
    const pieces = Object.entries(table.keywords).flatMap(([name, keyword]) => dumpKeyword({ name, keyword, values, indent, table }));
    return inOrder(pieces).map((piece) => piece.text);
}

/** What was written comes in its order; what a program added follows. */
function inOrder(pieces: readonly Piece[]): readonly Piece[] {
    const end = Number.POSITIVE_INFINITY;
    return pieces.toSorted((left, right) => {
        const [one, other] = [left.at ?? end, right.at ?? end];
        return one === other ? 0 : one - other;
    });
}

interface Row {
    readonly name: string;
    readonly keyword: Keyword;
    readonly values: Values;
    readonly indent: string;
    readonly table: AnyBlock;
}

function dumpKeyword(row: Row): readonly Piece[] {
    switch (row.keyword.kind) {
        case "value":
            return dumpValue(row, row.keyword);
        case "list":
            return dumpList(row, row.keyword);
        case "block":
            return dumpBlocks(row, row.keyword);
        case "obsolete":
            return [];
    }
}

function dumpValue({ name, values, indent }: Row, keyword: Extract<Keyword, { kind: "value" }>): readonly Piece[] {
    const value = values[name];
    const position = values.positions[name];
    if (keyword.presence === "many") {
        return (value as readonly unknown[]).map((one, index) => ({
            at: (position as readonly Position[] | undefined)?.[index],
            text: line(indent, name, keyword.argument.dump(one)),
        }));
    }
    const at = position as Position | undefined;
    if (at === undefined && isDefault(value, keyword)) {
        return [];
    }
    return [{ at, text: line(indent, name, value === undefined ? "" : keyword.argument.dump(value)) }];
}

function isDefault(value: unknown, keyword: Extract<Keyword, { kind: "value" }>): boolean {
    if (value === undefined || keyword.default === undefined) {
        return value === undefined;
    }
    return (
        value === keyword.default || (typeof value === "object" && keyword.argument.dump(value) === keyword.argument.dump(keyword.default))
    );
}

function dumpList({ name, values, indent, table }: Row, keyword: Extract<Keyword, { kind: "list" }>): readonly Piece[] {
    const entries = values[name] as readonly unknown[];
    const positions = values.positions[name] as readonly Position[] | undefined;
    if (entries.length === 0 && positions === undefined) {
        return [];
    }
    if (table.lines === name) {
        return entries.map((entry, index) => ({ at: positions?.[index], text: line(indent, keyword.argument.dump(entry)) }));
    }
    const lines = entries.map((entry) => line(indent + INDENT, keyword.argument.dump(entry)));
    return [{ at: positions?.[0], text: [line(indent, name, "{"), ...lines, line(indent, "}")].join("") }];
}

function dumpBlocks({ name, values, indent }: Row, keyword: Extract<Keyword, { kind: "block" }>): readonly Piece[] {
    const value = values[name];
    const blocks = (keyword.many ? value : value === undefined ? [] : [value]) as readonly Values[];
    return blocks.map((block) => {
        const head = Object.entries(keyword.table.head).map(([key, argument]) => argument.dump(block[key]));
        const body = dumpBody(keyword.table, block, indent + INDENT);
        return { at: block.at, text: [line(indent, name, ...head, "{"), ...body, line(indent, "}")].join("") };
    });
}

function line(indent: string, ...words: readonly string[]): string {
    return `${indent}${words.filter((word) => word !== "").join(" ")}\n`;
}
