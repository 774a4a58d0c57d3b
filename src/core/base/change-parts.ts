import type { DataChange } from "./data-change.ts";

/**
 * A change as several that come to the same when they are made one after the other, so that nobody has to take a long one in at once.
 *
 * @param most so many items of a list are changed by one of them
 */
export function changeParts(change: DataChange, most: number): readonly DataChange[] {
    switch (change.type) {
        case "replaced":
            return [change];
        case "object":
            return partsOfObject(change, most);
        case "items":
            return partsOfItems(change, most);
        case "spliced":
            return partsOfSpliced(change, most);
    }
}

/** The first parts of all fields together, then all others. */
function partsOfObject({ fields, gone }: DataChange & { readonly type: "object" }, most: number): readonly DataChange[] {
    const first: Record<string, DataChange> = {};
    const others: DataChange[] = [];
    for (const [name, field] of Object.entries(fields)) {
        for (const part of changeParts(field, most)) {
            if (first[name] === undefined) {
                first[name] = part;
            } else {
                others.push({ type: "object", fields: { [name]: part }, gone: [] });
            }
        }
    }
    return [{ type: "object", fields: first, gone }, ...others];
}

/** Some items at a time: the first parts of all of them together, then all others. */
function partsOfItems({ kept, changes }: DataChange & { readonly type: "items" }, most: number): readonly DataChange[] {
    const parts: DataChange[] = [];
    for (let from = 0; from < changes.length; from += most) {
        const some = changes.slice(from, from + most).map((change) => (change === null ? [] : changeParts(change, most)));
        parts.push({ type: "items", kept: kept + from, changes: some.map(([first = null]) => first) });
        for (const [index, [, ...others]] of some.entries()) {
            parts.push(...others.map((part): DataChange => ({ type: "items", kept: kept + from + index, changes: [part] })));
        }
    }
    return parts;
}

/** What goes goes with the first part. */
function partsOfSpliced({ kept, removed, items }: DataChange & { readonly type: "spliced" }, most: number): readonly DataChange[] {
    const parts: DataChange[] = [{ type: "spliced", kept, removed, items: items.slice(0, most) }];
    for (let from = most; from < items.length; from += most) {
        parts.push({ type: "spliced", kept: kept + from, removed: 0, items: items.slice(from, from + most) });
    }
    return parts;
}
