import type { About, AnyBlock, Argument, Keyword, ListKeyword, ValueKeyword } from "../schema.ts";

/** One block as the documents show it. */
export interface DocumentedBlock {
    /** The keywords that lead to it, from the outermost: `["vrrp_instance", "authentication"]`; empty for what stands outside of all blocks. */
    readonly path: readonly string[];
    readonly table: AnyBlock;
    readonly rows: readonly Row[];
    /** Lists whose entries have words of their own, each grammar once. */
    readonly entries: readonly DocumentedEntries[];
}

/** One keyword, or one word of an entry. */
export interface Row {
    readonly name: string;
    readonly keyword: Keyword;
    readonly about: About;
    /** What follows it; empty when nothing does. */
    readonly syntax: string;
    /** In words; undefined when there is nothing to say. */
    readonly default: string | undefined;
}

/** The words of the entries of one or several lists. */
export interface DocumentedEntries {
    readonly lists: readonly string[];
    readonly syntax: string;
    readonly rows: readonly Row[];
}

/** All blocks of the language, each right behind the one it stands in. */
export function walkBlocks(table: AnyBlock, path: readonly string[] = []): readonly DocumentedBlock[] {
    const inner = Object.entries(table.keywords).flatMap(([name, keyword]) =>
        keyword.kind === "block" ? walkBlocks(keyword.table, [...path, name]) : [],
    );
    return [{ path, table, rows: rowsOf(table.keywords), entries: entriesOf(table) }, ...inner];
}

function rowsOf(keywords: Readonly<Record<string, Keyword>>): readonly Row[] {
    return Object.entries(keywords).map(([name, keyword]) => ({
        name,
        keyword,
        about: keyword.about,
        syntax: syntaxOf(keyword),
        default: defaultOf(keyword),
    }));
}

function syntaxOf(keyword: Keyword): string {
    switch (keyword.kind) {
        case "value":
            return keyword.argument.syntax;
        case "list":
            return keyword.argument.options === undefined ? `{ ${keyword.argument.syntax} … }` : "{ … }";
        case "block":
            return [headSyntax(keyword.table), "{ … }"].filter((part) => part !== "").join(" ");
        case "obsolete":
            return "";
    }
}

/** What stands between a block's keyword and its brace. */
export function headSyntax(table: AnyBlock): string {
    return Object.values(table.head)
        .map((argument) => argument.syntax)
        .join(" ");
}

function defaultOf(keyword: Keyword): string | undefined {
    if (keyword.about.defaultText !== undefined || keyword.kind !== "value" || keyword.default === undefined) {
        return keyword.about.defaultText;
    }
    return typeof keyword.default === "boolean" ? booleanDefault(keyword) : keyword.argument.dump(keyword.default);
}

// biome-ignore lint/suspicious/noExplicitAny: rows hold arguments of every value type; `Argument` is invariant in it.
function booleanDefault(keyword: ValueKeyword<any, any>): string {
    return keyword.default === true ? "on" : "off";
}

function entriesOf(table: AnyBlock): readonly DocumentedEntries[] {
    const lists = new Map<Argument<unknown>, string[]>();
    for (const [name, keyword] of Object.entries(table.keywords)) {
        if (keyword.kind === "list" && keyword.argument.options !== undefined) {
            lists.set(keyword.argument, [...(lists.get(keyword.argument) ?? []), name]);
        }
    }
    return [...lists].map(([argument, names]) => ({
        lists: names,
        syntax: placesOf(argument),
        rows: rowsOf(argument.options ?? {}),
    }));
}

/** The words that an entry knows by their place: its syntax up to the first option. */
function placesOf(argument: ListKeyword<unknown>["argument"]): string {
    const first = Object.keys(argument.options ?? {})[0];
    const end = first === undefined ? -1 : argument.syntax.indexOf(`[${first}`);
    return (end < 0 ? argument.syntax : argument.syntax.slice(0, end)).trim();
}

/** Whether the daemon does what a keyword says. */
export function acts(row: Row): boolean {
    return row.about.status === "acts";
}
