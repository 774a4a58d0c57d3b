import { isSameData } from "./same-data.ts";

/**
 * What makes one piece of plain data out of another, without what stays as it is: for whoever has the one and is to have the other.
 *
 * Lists are taken to keep their beginning and their end: what lies between is changed in place where both are as long, else replaced. What has another
 * `name` than before is another thing, and replaced without being compared.
 */
export type DataChange =
    | { readonly type: "replaced"; readonly value: unknown }
    | { readonly type: "object"; readonly fields: Readonly<Record<string, DataChange>>; readonly gone: readonly string[] }
    /** Behind the first `kept` items: an item that stays is null. */
    | { readonly type: "items"; readonly kept: number; readonly changes: readonly (DataChange | null)[] }
    /** The first `kept` items, then these, then all behind the former ones in their place. */
    | { readonly type: "spliced"; readonly kept: number; readonly removed: number; readonly items: readonly unknown[] };

/** The change from the one to the other; undefined when they say the same. What is undefined counts as absent. */
export function changeOf(before: unknown, after: unknown): DataChange | undefined {
    if (Object.is(before, after)) {
        return undefined;
    }
    if (Array.isArray(before) && Array.isArray(after)) {
        return changeOfList(before, after);
    }
    if (isAnother(before, after)) {
        return { type: "replaced", value: after };
    }
    if (isFields(before) && isFields(after)) {
        return changeOfFields(before, after);
    }
    return isSameData(before, after) ? undefined : { type: "replaced", value: after };
}

/** The data after the change. What did not change is the same object as before. */
export function withChange(before: unknown, change: DataChange | undefined): unknown {
    switch (change?.type) {
        case undefined:
            return before;
        case "replaced":
            return change.value;
        case "object": {
            const fields = { ...(before as Fields) };
            for (const [name, one] of Object.entries(change.fields)) {
                fields[name] = withChange(fields[name], one);
            }
            for (const name of change.gone) {
                delete fields[name];
            }
            return fields;
        }
        case "items": {
            const items = (before as readonly unknown[]).slice();
            for (const [index, one] of change.changes.entries()) {
                items[change.kept + index] = withChange(items[change.kept + index], one ?? undefined);
            }
            return items;
        }
        case "spliced": {
            const items = (before as readonly unknown[]).slice();
            return [...items.slice(0, change.kept), ...change.items, ...items.slice(change.kept + change.removed)];
        }
    }
}

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
    return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Whether it is another thing than before, as its name says. */
function isAnother(before: unknown, after: unknown): boolean {
    return isFields(before) && isFields(after) && !isSameData(before["name"], after["name"]);
}

function changeOfFields(before: Fields, after: Fields): DataChange | undefined {
    const fields: Record<string, DataChange> = {};
    let count = 0;
    for (const name of Object.keys(after)) {
        const change = after[name] === undefined ? undefined : changeOf(before[name], after[name]);
        if (change !== undefined) {
            fields[name] = change;
            count += 1;
        }
    }
    const gone = Object.keys(before).filter((name) => before[name] !== undefined && after[name] === undefined);
    return count === 0 && gone.length === 0 ? undefined : { type: "object", fields, gone };
}

function changeOfList(before: readonly unknown[], after: readonly unknown[]): DataChange | undefined {
    const shorter = Math.min(before.length, after.length);
    let kept = 0;
    while (kept < shorter && isSameData(before[kept], after[kept])) {
        kept += 1;
    }
    let behind = 0;
    while (behind < shorter - kept && isSameData(before[before.length - 1 - behind], after[after.length - 1 - behind])) {
        behind += 1;
    }
    const items = after.slice(kept, after.length - behind);
    if (before.length !== after.length) {
        return { type: "spliced", kept, removed: before.length - behind - kept, items };
    }
    if (items.length > 1 && items.every((item, index) => isAnother(before[kept + index], item))) {
        return { type: "spliced", kept, removed: items.length, items };
    }
    const changes = items.map((item, index) => changeOf(before[kept + index], item) ?? null);
    return changes.length === 0 ? undefined : { type: "items", kept, changes };
}
