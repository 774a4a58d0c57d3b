import type { CompiledBlock, Row } from "./compiled-table.ts";
import type { Position } from "./position.ts";

/** A block that is open while parsing. */
export interface Frame {
    /** `block` holds keywords, `list` entries; `skip` is passed over. */
    readonly kind: "block" | "list" | "skip";
    /** The statement that opened it, for messages; empty for the top level. */
    readonly name: string;
    readonly at: Position;
    /** How far the line that opened it is indented. */
    readonly indent: number;
    /** Of a block. */
    readonly compiled: CompiledBlock | undefined;
    /** The value being filled: a block's own; of a list that of the block around it. */
    readonly value: Record<string, unknown> | undefined;
    /** Of a list. */
    readonly row: Row | undefined;
    /** The line with a list's brace. */
    readonly line: number;
    /** Blocks open within a skipped one. */
    depth: number;
    /** Keys already taken, for a list without duplicates and for blocks with unique heads. */
    taken: Map<string, Set<string>> | undefined;
}

/** A block of keywords. */
export function blockFrame(parts: {
    readonly compiled: CompiledBlock;
    readonly name: string;
    readonly at: Position;
    readonly indent: number;
}): Frame {
    const value = { ...parts.compiled.defaults, at: parts.at, positions: {} };
    return { kind: "block", ...parts, value, row: undefined, line: 0, depth: 0, taken: undefined };
}

/** A block of entries; its values go into the block around it. */
export function listFrame(parts: {
    readonly parent: Frame;
    readonly row: Row;
    readonly name: string;
    readonly at: Position;
    readonly indent: number;
    readonly line: number;
}): Frame {
    const { parent, ...own } = parts;
    parent.taken ??= new Map();
    // Written empty is not the same as not written: the positions tell.
    const positions = (parent.value as { readonly positions: Record<string, unknown> }).positions;
    positions[parts.row.key] ??= [];
    return { kind: "list", ...own, compiled: undefined, value: parent.value, depth: 0, taken: parent.taken };
}

/** A block that is passed over. */
export function skipFrame(parts: { readonly name: string; readonly at: Position; readonly indent: number }): Frame {
    return { kind: "skip", ...parts, compiled: undefined, value: undefined, row: undefined, line: 0, depth: 0, taken: undefined };
}
