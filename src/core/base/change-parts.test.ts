import fc from "fast-check";
import { expect, test } from "vitest";
import { changeParts } from "./change-parts.ts";
import { changeOf, type DataChange, withChange } from "./data-change.ts";

const value = fc.letrec((tie) => ({
    data: fc.oneof(
        { depthSize: "small" },
        fc.integer(),
        fc.string(),
        fc.array(tie("data"), { maxLength: 9 }),
        fc.dictionary(fc.constantFrom("name", "weight", "servers"), tie("data"), { noNullPrototype: true }),
    ),
})).data;

test("the parts of a change come to the same as all of it", () => {
    fc.assert(
        fc.property(value, value, fc.integer({ min: 1, max: 4 }), (before, after, most) => {
            const change = changeOf(before, after);
            const parts = change === undefined ? [] : changeParts(change, most);
            expect(parts.reduce<unknown>((made, part) => withChange(made, part), before)).toEqual(after);
        }),
    );
});

test("no part changes more items of a list than it may", () => {
    const servers = (from: number) => Array.from({ length: 5 }, (_, index) => ({ name: `${from + index}` }));
    const services = (from: number) => Array.from({ length: 5 }, (_, index) => ({ name: `s${index}`, servers: servers(from) }));
    const change = changeOf({ services: services(0), routers: servers(0) }, { services: services(100), routers: servers(100) });
    const parts = changeParts(change as DataChange, 2);
    expect(longestLists(parts)).toBe(2);
    expect(parts.length).toBe(3 + 5 * 2 + (3 - 1));
});

test("a change that is short is one part", () => {
    const change = changeOf({ a: [1, 2], b: { c: 3 } }, { a: [1, 5], b: { c: 4 } });
    expect(changeParts(change as DataChange, 2)).toEqual([change]);
});

/** How long the longest list of items is in one of these changes. */
function longestLists(changes: readonly (DataChange | null)[]): number {
    const lengths = changes.map((change) => {
        switch (change?.type) {
            case "object":
                return longestLists(Object.values(change.fields));
            case "items":
                return Math.max(change.changes.length, longestLists(change.changes));
            case "spliced":
                return change.items.length;
            default:
                return 0;
        }
    });
    return Math.max(0, ...lengths);
}
