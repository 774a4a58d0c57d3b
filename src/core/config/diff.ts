import { isSameData } from "../base/same-data.ts";
import { TableCompiler } from "./compiled-table.ts";
import { NOWHERE } from "./position.ts";
import type { AnyBlock, BlockValue, Keyword, ReloadEffect } from "./schema.ts";

/** One thing that a new configuration says otherwise than the old one. */
export interface Change {
    /** The blocks it stands in, from the outermost, as they are written: `["vrrp_instance VI_1", "authentication"]`. */
    readonly path: readonly string[];
    readonly keyword: string;
    /** The old text, without the keyword; undefined when it is new. A block or list that came or went is told as a whole. */
    readonly before: string | undefined;
    /** The new text; undefined when it is gone. */
    readonly after: string | undefined;
    readonly reload: ReloadEffect;
}

/**
 * What changed between two configurations, keyword by keyword; blocks are known again by their name. Linear in both lengths.
 *
 * @param only what a change is to mean for what runs, if nothing else is of interest: other blocks are not looked into
 */
export function diff<Table extends AnyBlock>(
    table: Table,
    before: BlockValue<Table>,
    after: BlockValue<Table>,
    only?: ReloadEffect,
): readonly Change[] {
    const all = diffBlock(table, { before: before as Values, after: after as Values }, { path: [], only });
    return only === undefined ? all : all.filter(({ reload }) => reload === only);
}

/** Whether a change of it, or of something in it, can mean that. */
function hasEffect(keyword: Keyword, effect: ReloadEffect): boolean {
    if ((keyword.about.reload ?? "applied") === effect) {
        return true;
    }
    const inner = keyword.kind === "block" ? Object.values(keyword.table.keywords) : [];
    return inner.some((one) => hasEffect(one, effect));
}

type Values = Readonly<Record<string, unknown>>;

interface Pair<Value> {
    readonly before: Value;
    readonly after: Value;
}

/** Where a block stands, and what is of interest in it. */
interface Quest {
    readonly path: readonly string[];
    readonly only: ReloadEffect | undefined;
}

function diffBlock(table: AnyBlock, pair: Pair<Values>, { path, only }: Quest): readonly Change[] {
    if (pair.before === pair.after) {
        // It has not been read again: it stands as it did.
        return [];
    }
    return Object.entries(table.keywords).flatMap(([name, keyword]) => {
        const values = { before: pair.before[name], after: pair.after[name] };
        if (isSameData(values.before, values.after) || (only !== undefined && !hasEffect(keyword, only))) {
            // Writing both out to compare them costs a hundred times as much, and most of a configuration stays as it is.
            return [];
        }
        if (keyword.kind === "block") {
            return diffBlocks({ name, keyword, path, only }, values);
        }
        const texts = { before: textOf(keyword, values.before), after: textOf(keyword, values.after) };
        return texts.before === texts.after ? [] : [{ path, keyword: name, ...texts, reload: keyword.about.reload ?? "applied" }];
    });
}

function textOf(keyword: Exclude<Keyword, { kind: "block" }>, value: unknown): string | undefined {
    if (keyword.kind === "obsolete" || value === undefined || value === false) {
        return undefined;
    }
    if (keyword.kind === "list" || keyword.presence === "many") {
        const entries = value as readonly unknown[];
        return entries.length === 0 ? undefined : entries.map((entry) => keyword.argument.dump(entry)).join("\n");
    }
    return keyword.argument.dump(value);
}

interface Place extends Quest {
    readonly name: string;
    readonly keyword: Extract<Keyword, { kind: "block" }>;
}

function diffBlocks({ name, keyword, path, only }: Place, values: Pair<unknown>): readonly Change[] {
    const old = byTitle(name, keyword, values.before);
    const fresh = byTitle(name, keyword, values.after);
    const reload = keyword.about.reload ?? "applied";
    const gone = [...old.keys()]
        .filter((title) => !fresh.has(title))
        .map((title) => ({ path, keyword: name, before: title, after: undefined, reload }));
    const others = [...fresh].flatMap(([title, after]): readonly Change[] => {
        const before = old.get(title);
        return before === undefined
            ? [{ path, keyword: name, before: undefined, after: title, reload }]
            : diffBlock(keyword.table, { before, after }, { path: [...path, title], only });
    });
    return [...gone, ...others, ...(keyword.many ? [] : graverThanWhole({ name, keyword, path, only }, values))];
}

/** Of a block that came or went as a whole: what in it cannot be taken over as the block is. */
function graverThanWhole({ name, keyword, path, only }: Place, { before, after }: Pair<unknown>): readonly Change[] {
    if (before !== undefined && after !== undefined) {
        return [];
    }
    const empty: Values = new TableCompiler().of(keyword.table).newValue(NOWHERE);
    const pair = { before: (before ?? empty) as Values, after: (after ?? empty) as Values };
    return diffBlock(keyword.table, pair, { path: [...path, name], only }).filter(
        ({ reload }) => reload === "next-start" || reload === "refuses-reload",
    );
}

/** Blocks by what they are called; the second of the same name is known by its number. */
function byTitle(name: string, keyword: Place["keyword"], value: unknown): ReadonlyMap<string, Values> {
    const blocks = (keyword.many ? value : value === undefined ? [] : [value]) as readonly Values[];
    const titles = new Map<string, Values>();
    const counts = new Map<string, number>();
    for (const block of blocks) {
        const head = Object.entries(keyword.table.head).map(([key, argument]) => argument.dump(block[key]));
        const title = [name, ...head].filter((word) => word !== "").join(" ");
        const count = (counts.get(title) ?? 0) + 1;
        counts.set(title, count);
        titles.set(count === 1 ? title : `${title} (${count})`, block);
    }
    return titles;
}
