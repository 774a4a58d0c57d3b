import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "./utf8.ts";

test("any text becomes the bytes that the platform's own encoder makes of it", () => {
    fc.assert(
        fc.property(fc.string({ unit: "binary" }), (text) => {
            expect([...utf8(text)]).toEqual([...new TextEncoder().encode(text)]);
        }),
    );
});

test("a lone surrogate becomes the replacement character", () => {
    expect([...utf8("a\ud800b")]).toEqual([...new TextEncoder().encode("a\ufffdb")]);
});
