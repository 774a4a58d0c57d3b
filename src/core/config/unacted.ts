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
    const collector = new Collector();
    collector.block(root, configuration as unknown as WrittenBlock, "");
    return [...collector.found.values()];
}

type SubBlock = readonly [string, BlockKeyword<AnyBlock, boolean>];

/** Where in a kind of block something may be found. */
interface Plan {
    /** Keywords that are not acted upon, of which blocks are. */
    readonly unacted: readonly string[];
    /** Blocks in it, without those of which all keywords are acted upon. */
    readonly subBlocks: readonly SubBlock[];
}

class Collector {
    readonly found = new Map<string, UnactedKeyword>();
    readonly #plans = new Map<AnyBlock, Plan>();

    /** Looks only where there can be something: there may be thousands of blocks, each with dozens of keywords. */
    block(table: AnyBlock, value: WrittenBlock, name: string): void {
        const { unacted, subBlocks } = this.#planOf(table);
        if (unacted.some((key) => value.positions[key] !== undefined)) {
            this.#keywords(table, value, name);
        }
        for (const [key, keyword] of subBlocks) {
            this.#blocks(keyword, { value: value[key], key, name });
        }
    }

    /** In the order in which they were written. */
    #keywords(table: AnyBlock, value: WrittenBlock, name: string): void {
        for (const key of Object.keys(value.positions)) {
            const keyword = table.keywords[key];
            const at = value.positions[key];
            const first = typeof at === "number" ? at : at?.[0];
            if (first !== undefined && keyword !== undefined && keyword.about.status !== "acts") {
                this.#note(name, key, first);
            }
        }
    }

    #blocks(
        keyword: BlockKeyword<AnyBlock, boolean>,
        { value, key, name }: { readonly value: unknown; readonly key: string; readonly name: string },
    ): void {
        const blocks = (keyword.many ? value : value === undefined ? [] : [value]) as readonly WrittenBlock[];
        for (const one of blocks) {
            if (keyword.about.status === "acts") {
                this.block(keyword.table, one, key);
            } else {
                this.#note(name, key, one.at);
            }
        }
    }

    #planOf(table: AnyBlock): Plan {
        const known = this.#plans.get(table);
        if (known !== undefined) {
            return known;
        }
        const rows = Object.entries(table.keywords);
        const subBlocks = rows.flatMap(([key, keyword]) => (keyword.kind === "block" ? [[key, keyword] as const] : []));
        const plan: Plan = {
            unacted: rows.flatMap(([key, { kind, about }]) => (kind !== "block" && about.status !== "acts" ? [key] : [])),
            subBlocks: subBlocks.filter(([, { about, table: inner }]) => about.status !== "acts" || this.#mayHold(inner)),
        };
        this.#plans.set(table, plan);
        return plan;
    }

    #mayHold(table: AnyBlock): boolean {
        const { unacted, subBlocks } = this.#planOf(table);
        return unacted.length > 0 || subBlocks.length > 0;
    }

    #note(block: string, keyword: string, at: Position): void {
        const key = `${block}/${keyword}`;
        const earlier = this.found.get(key);
        this.found.set(key, { block, keyword, first: earlier?.first ?? at, count: (earlier?.count ?? 0) + 1 });
    }
}
