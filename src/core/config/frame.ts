import type { CompiledBlock, OpenValue, Row } from "./compiled-table.ts";
import type { Position } from "./position.ts";

/** How a block was opened. */
interface Opening {
    /** The statement that opened it; empty for the top level. */
    readonly words: readonly string[];
    readonly at: Position;
    /** How far the line that opened it is indented. */
    readonly indent: number;
}

/** What is in a block. */
type Content =
    /** Keywords. */
    | { readonly kind: "block"; readonly compiled: CompiledBlock }
    /** Entries, which go into the value of the block around; `line` is the one with the brace. */
    | { readonly kind: "list"; readonly row: Row; readonly around: Frame; readonly line: number }
    /** What is passed over. */
    | { readonly kind: "skip" };

/** A block that is open while parsing. */
export class Frame {
    readonly kind: Content["kind"];
    readonly at: Position;
    readonly indent: number;
    readonly compiled: CompiledBlock | undefined;
    /** The value being filled. */
    readonly value: OpenValue | undefined;
    readonly row: Row | undefined;
    readonly line: number;
    /** Blocks open within a skipped one. */
    depth = 0;
    readonly #words: readonly string[];
    /** Keys already taken, for lists without duplicates and for blocks with unique heads. */
    readonly #around: Frame | undefined;
    #taken: Map<string, Set<string>> | undefined;

    constructor({ words, at, indent }: Opening, content: Content) {
        this.kind = content.kind;
        this.at = at;
        this.indent = indent;
        this.#words = words.slice();
        this.#around = content.kind === "list" ? content.around : undefined;
        this.compiled = content.kind === "block" ? content.compiled : undefined;
        this.row = content.kind === "list" ? content.row : undefined;
        this.line = content.kind === "list" ? content.line : 0;
        this.value = content.kind === "block" ? content.compiled.newValue(at) : content.kind === "list" ? content.around.value : undefined;
        if (content.kind === "list" && this.value !== undefined) {
            // Written empty is not the same as not written: the positions tell.
            this.value.positions[content.row.key] ??= [];
        }
    }

    /** The statement that opened it, for messages. */
    get name(): string {
        return this.#words.join(" ");
    }

    /** The word that opened it. */
    get keyword(): string {
        return this.#words[0] ?? "";
    }

    /** Takes a key of a list or of a kind of blocks; false when it is taken already. A list written twice is one list. */
    takes(list: string, key: string): boolean {
        if (this.#around !== undefined) {
            return this.#around.takes(list, key);
        }
        this.#taken ??= new Map();
        const keys = this.#taken.get(list);
        if (keys === undefined) {
            this.#taken.set(list, new Set([key]));
            return true;
        }
        const isNew = !keys.has(key);
        keys.add(key);
        return isNew;
    }
}
