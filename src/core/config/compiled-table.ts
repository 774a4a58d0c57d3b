import type { Position } from "./position.ts";
import type { AnyBlock, Keyword } from "./schema.ts";

/** A keyword under one of its spellings. */
export interface Row {
    /** The key in the block's value: the keyword's own spelling. */
    readonly key: string;
    readonly keyword: Keyword;
    /** Given when this spelling should not be used: what to do instead. */
    readonly deprecated: string | undefined;
    /** Whether anything is done with it, or it is only understood. */
    readonly acts: boolean;
}

/** A block's table made ready for parsing: every spelling in one map, and the values that are there without being written. */
export interface CompiledBlock {
    readonly table: AnyBlock;
    readonly rows: ReadonlyMap<string, Row>;
    readonly head: readonly (readonly [string, AnyBlock["head"][string]])[];
    /** Makes the value of a block that has just been opened. Defaults are not copied into each: it inherits them. */
    readonly newValue: (at: Position) => OpenValue;
    /** The list whose entries stand in the block without a keyword of their own. */
    readonly lines: Row | undefined;
}

/** A block's value while it is being filled. */
export interface OpenValue {
    at: Position;
    readonly positions: Record<string, Position | Position[]>;
    [key: string]: unknown;
}

/** Large configurations hold hundreds of thousands of blocks, most of whose keywords are not written: a class of its own keeps each small. */
function valueMaker(defaults: Readonly<Record<string, unknown>>): (at: Position) => OpenValue {
    class Positions {}
    class Value {
        at: Position;
        readonly positions = new Positions();

        constructor(at: Position) {
            this.at = at;
        }
    }
    Object.assign(Value.prototype, defaults);
    return (at) => new Value(at) as unknown as OpenValue;
}

const NONE: readonly never[] = Object.freeze([]);

/** Makes tables ready, each once. */
export class TableCompiler {
    readonly #compiled = new Map<AnyBlock, CompiledBlock>();

    of(table: AnyBlock): CompiledBlock {
        const known = this.#compiled.get(table);
        if (known !== undefined) {
            return known;
        }
        const rows = rowsOf(table);
        const compiled: CompiledBlock = {
            table,
            rows,
            lines: table.lines === undefined ? undefined : rows.get(table.lines),
            head: Object.entries(table.head),
            newValue: valueMaker(Object.fromEntries(Object.entries(table.keywords).flatMap(([key, keyword]) => defaultOf(key, keyword)))),
        };
        this.#compiled.set(table, compiled);
        return compiled;
    }
}

function rowsOf(table: AnyBlock): ReadonlyMap<string, Row> {
    const rows = new Map<string, Row>();
    for (const [key, keyword] of Object.entries(table.keywords)) {
        const { aliases = [], deprecatedAliases = [], deprecated } = keyword.about;
        const acts = keyword.about.status === "acts";
        for (const spelling of [key, ...aliases]) {
            rows.set(spelling, { key, keyword, deprecated, acts });
        }
        for (const spelling of deprecatedAliases) {
            rows.set(spelling, { key, keyword, deprecated: `use '${key}'`, acts });
        }
    }
    return rows;
}

function defaultOf(key: string, keyword: Keyword): readonly (readonly [string, unknown])[] {
    switch (keyword.kind) {
        case "list":
            return [[key, NONE]];
        case "block":
            return keyword.many ? [[key, NONE]] : [];
        case "value":
            return keyword.presence === "many" ? [[key, NONE]] : keyword.presence === "always" ? [[key, keyword.default]] : [];
        case "obsolete":
            return [];
    }
}
