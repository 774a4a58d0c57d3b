import type { OpenValue, Row } from "./compiled-table.ts";
import type { Complaint } from "./complaint.ts";
import type { Frame } from "./frame.ts";
import type { Position } from "./position.ts";
import type { AnyBlock, BlockKeyword, ListKeyword } from "./schema.ts";

/** A value and where it was written. */
interface Written {
    readonly value: unknown;
    readonly at: Position;
}

/** Puts a keyword's value into its block; the complaint says why not. */
export function storeValue(target: OpenValue, row: Row, { value, at }: Written): Complaint | undefined {
    if (row.keyword.kind === "value" && row.keyword.presence === "many") {
        append(target, row.key, value);
        append(target.positions, row.key, at);
        return undefined;
    }
    if (row.keyword.about.firstWins === true && target.positions[row.key] !== undefined) {
        return {
            code: "given-twice",
            errorClass: "general",
            message: `'${row.key}' was given already`,
            consequence: "the first one stays",
        };
    }
    target[row.key] = value;
    target.positions[row.key] = at;
    return undefined;
}

/** Adds an entry to its list; the complaint says why not. */
export function storeEntry(frame: Frame, keyword: ListKeyword<unknown>, { value, at }: Written): Complaint | undefined {
    const { key } = frame.row as Row;
    const target = frame.value as OpenValue;
    const { uniqueBy } = keyword.about;
    if (uniqueBy !== undefined && !frame.takes(key, uniqueBy(value))) {
        return {
            code: "duplicate-entry",
            errorClass: "general",
            message: `'${keyword.argument.dump(value)}' stands in '${key}' already`,
            consequence: "it is ignored",
        };
    }
    append(target, key, value);
    append(target.positions, key, at);
    return undefined;
}

/** Puts a block into the one around it, or lets it go on where it stands already; the complaint says why neither. */
export function storeBlock(parent: Frame, row: Row, frame: Frame): Complaint | undefined {
    const target = parent.value as OpenValue;
    const keyword = row.keyword as BlockKeyword<AnyBlock, boolean>;
    if (!keyword.many) {
        Object.assign(frame.value as OpenValue, target[row.key]);
        target[row.key] = frame.value;
        return undefined;
    }
    if (keyword.about.uniqueHead === true && !parent.takes(row.key, headText(keyword.table, frame.value as OpenValue))) {
        return {
            code: "duplicate-block",
            errorClass: "general",
            message: `there is a '${frame.name}' already`,
            consequence: "the first one stays, this one is ignored",
        };
    }
    append(target, row.key, frame.value);
    return undefined;
}

function headText(table: AnyBlock, value: OpenValue): string {
    let text = "";
    for (const key in table.head) {
        text += `${table.head[key]?.dump(value[key])} `;
    }
    return text;
}

/** Puts a block that was read before into the top level. */
export function storeKnown(target: OpenValue, key: string, value: OpenValue): void {
    append(target, key, value);
}

/** Adds to the array under a key, which is made with the first one: the arrays of defaults are shared. */
function append(target: Record<string, unknown>, key: string, value: unknown): void {
    const values = target[key] as unknown[] | undefined;
    if (values === undefined || values.length === 0) {
        target[key] = [value];
    } else if (values.length === 1) {
        // Most have two at most: growing by push would make room for many.
        target[key] = [values[0], value];
    } else {
        values.push(value);
    }
}
