import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ip } from "../vrrp/test-bench.ts";
import { isSameData } from "./same-data.ts";

const plain = fc.anything({ maxDepth: 3, withNullPrototype: false });

describe("plain data", () => {
    it("is the same as its copy", () => {
        fc.assert(fc.property(plain, (value) => isSameData(value, structuredClone(value))));
    });

    it("is the same when a strict deep comparison says so", () => {
        const json = fc.json({ maxDepth: 2 }).map((text): unknown => JSON.parse(text));
        fc.assert(fc.property(json, json, (left, right) => isSameData(left, right) === isDeepStrictEqual(left, right)));
    });

    it.each([
        [1, 2],
        [1, "1"],
        [null, {}],
        [{}, null],
        [undefined, null],
        [[], {}],
        [{}, []],
        [[1], [1, 2]],
        [{ a: 1 }, { b: 1 }],
        [{ a: undefined }, {}],
        [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }],
        [Uint8Array.of(1), Uint8Array.of(2)],
        [ip("10.0.0.1"), ip("10.0.0.2")],
    ])("differs: %j and %j", (left, right) => {
        expect(isSameData(left, right)).toBe(false);
    });

    it("holds addresses by their bytes, and keys in any order", () => {
        expect(isSameData({ a: ip("10.0.0.1"), b: [ip("fe80::1")] }, { b: [ip("fe80::1")], a: ip("10.0.0.1") })).toBe(true);
    });
});
