import { describe, expect, it } from "vitest";
import { latin1 } from "./latin1.ts";

describe("bytes as ISO 8859-1", () => {
    it("are one character each, all 256 of them", () => {
        const all = Uint8Array.from({ length: 256 }, (_, code) => code);
        expect([...latin1(all)].map((character) => character.codePointAt(0))).toEqual([...all]);
    });

    it("may be more than a call takes arguments", () => {
        const many = new Uint8Array(1_000_001).fill(0x61);
        expect(latin1(many)).toBe("a".repeat(1_000_001));
        expect(latin1(new Uint8Array(0))).toBe("");
    });
});
