import { describe, expect, it } from "vitest";
import { RandomFractions } from "./random-fractions.ts";

describe("random fractions", () => {
    /** Given more draws than are fetched at a time, when numbers are drawn, then each is from 0 up to but never 1, and hardly any comes twice. */
    it("are below 1 and go on being random", () => {
        const fractions = new RandomFractions();
        const drawn = Array.from({ length: 1_000 }, () => fractions.next());
        expect(drawn.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true);
        expect(new Set(drawn).size).toBeGreaterThan(990);
    });
});
