import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeOf, withChange } from "./data-change.ts";

const value = fc.letrec((tie) => ({
    data: fc.oneof(
        { depthSize: "small" },
        fc.integer(),
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.uint8Array({ maxLength: 4 }),
        fc.array(tie("data"), { maxLength: 5 }),
        fc.dictionary(fc.constantFrom("name", "weight", "servers", "__proto__1"), tie("data")),
    ),
})).data;

describe("a change of data", () => {
    it("makes the one out of the other, also after it has travelled", () => {
        fc.assert(
            fc.property(value, value, (before, after) => {
                expect(withChange(before, changeOf(before, after))).toEqual(after);
            }),
        );
    });

    it("is none between what says the same", () => {
        fc.assert(fc.property(value, (one) => changeOf(one, structuredClone(one)) === undefined));
    });

    it("is as small as what changed, and leaves the rest the same objects", () => {
        const before = {
            servers: Array.from({ length: 1_000 }, (_, index) => ({ name: `${index}`, weight: 1, at: new Uint8Array([index]) })),
        };
        const after = structuredClone(before);
        Object.assign(after.servers[7] ?? {}, { weight: 2 });
        const change = changeOf(before, after);
        expect(change).toEqual({
            type: "object",
            fields: {
                servers: {
                    type: "items",
                    kept: 7,
                    changes: [{ type: "object", fields: { weight: { type: "replaced", value: 2 } }, gone: [] }],
                },
            },
            gone: [],
        });
        const made = withChange(before, change) as typeof before;
        expect(made).toEqual(after);
        expect(made.servers[6]).toBe(before.servers[6]);
        expect(made.servers[8]).toBe(before.servers[8]);
    });

    it("replaces what is called otherwise", () => {
        const [before, after] = [
            { name: "a", weight: 1 },
            { name: "b", weight: 1 },
        ];
        expect(changeOf([before], [after])).toEqual({ type: "items", kept: 0, changes: [{ type: "replaced", value: after }] });
    });

    it("replaces all items between those that stay in one piece", () => {
        const names = (...all: readonly string[]) => all.map((name) => ({ name }));
        const change = changeOf(names("a", "b", "c", "d"), names("a", "x", "y", "d"));
        expect(change).toEqual({ type: "spliced", kept: 1, removed: 2, items: names("x", "y") });
    });

    it("takes items out of a list and puts items in", () => {
        expect(changeOf([1, 2, 3, 4], [1, 4])).toEqual({ type: "spliced", kept: 1, removed: 2, items: [] });
        expect(changeOf([1, 4], [1, 2, 3, 4])).toEqual({ type: "spliced", kept: 1, removed: 0, items: [2, 3] });
    });

    it("tells bytes from a list of numbers", () => {
        expect(changeOf([[1]], [new Uint8Array([1])])).not.toBeUndefined();
        expect(changeOf({ weight: [] }, { weight: new Uint8Array() })).not.toBeUndefined();
    });

    it("takes undefined for absent", () => {
        expect(changeOf({ one: 1, two: undefined }, { one: 1 })).toBeUndefined();
        expect(changeOf({ one: 1 }, { one: undefined })).toEqual({ type: "object", fields: {}, gone: ["one"] });
    });
});
