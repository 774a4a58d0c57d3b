import { root } from "./blocks/root.ts";
import type { Configuration } from "./complete/scope.ts";
import type { Position } from "./position.ts";
import type { AnyBlock, BlockKeyword } from "./schema.ts";

/** A keyword that is understood and checked, but that nothing is done with yet. */
export interface UnactedKeyword {
    /** The block it stands in; empty at the top level. */
    readonly block: string;
    readonly keyword: string;
    /** Where it was written first, and how often in all. */
    readonly first: Position;
    readonly count: number;
}

interface WrittenBlock {
    readonly at: Position;
    readonly positions: Readonly<Record<string, Position | readonly Position[] | undefined>>;
    readonly [key: string]: unknown;
}

/** The keywords written in a configuration that are not acted upon yet, each kind once. A block that is not acted upon stands for all in it. */
export function unactedKeywords(configuration: Configuration): readonly UnactedKeyword[] {
    const found = new Map<string, UnactedKeyword>();
    collect(root, configuration as unknown as WrittenBlock, "", (block, keyword, at) => {
        const key = `${block}/${keyword}`;
        const earlier = found.get(key);
        found.set(key, { block, keyword, first: earlier?.first ?? at, count: (earlier?.count ?? 0) + 1 });
    });
    return [...found.values()];
}

type Note = (block: string, keyword: string, at: Position) => void;

function collect(table: AnyBlock, value: WrittenBlock, name: string, note: Note): void {
    for (const [key, keyword] of Object.entries(table.keywords)) {
        if (keyword.kind === "block") {
            collectBlocks(keyword, { value: value[key], key, name }, note);
            continue;
        }
        const at = value.positions[key];
        const first = typeof at === "number" ? at : at?.[0];
        if (first !== undefined && keyword.about.status !== "acts") {
            note(name, key, first);
        }
    }
}

function collectBlocks(
    keyword: BlockKeyword<AnyBlock, boolean>,
    { value, key, name }: { readonly value: unknown; readonly key: string; readonly name: string },
    note: Note,
): void {
    const blocks = (keyword.many ? value : value === undefined ? [] : [value]) as readonly WrittenBlock[];
    for (const one of blocks) {
        if (keyword.about.status === "acts") {
            collect(keyword.table, one, key, note);
        } else {
            note(name, key, one.at);
        }
    }
}
