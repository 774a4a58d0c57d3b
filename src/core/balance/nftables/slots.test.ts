import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candidate, choiceOf, slotsOf } from "./slots.ts";

const candidates = (...weights: readonly number[]): readonly Candidate[] =>
    weights.map((weight, index) => ({ id: index + 1, weight, name: `10.0.0.${index + 1} 80` }));

/** How many slots each has. */
function shares(slots: readonly number[]): readonly number[] {
    const counts: number[] = [];
    for (const id of slots) {
        counts[id - 1] = (counts[id - 1] ?? 0) + 1;
    }
    return Array.from(counts, (count) => count ?? 0);
}

describe("slots", () => {
    it("are one for each server in turn, or as many as its weight says, spread over the turn", () => {
        expect(slotsOf("rr", candidates(3, 1, 2))).toEqual([1, 2, 3]);
        expect(slotsOf("wrr", candidates(3, 1, 2))).toEqual([1, 1, 3, 1, 2, 3]);
        expect(slotsOf("wrr", candidates(300, 100))).toEqual([1, 1, 1, 2]);
    });

    it("leave out servers of weight 0, and are none when nobody is willing", () => {
        expect(slotsOf("rr", candidates(0, 1, 0))).toEqual([2]);
        for (const scheduler of ["rr", "wrr", "sh", "fo"]) {
            expect(slotsOf(scheduler, candidates(0, 0))).toEqual([]);
        }
    });

    it("belong to the heaviest server alone where the others are for its failure", () => {
        expect(slotsOf("fo", candidates(1, 5, 5))).toEqual([2]);
    });

    it("stay few when weights are large and have nothing in common, and keep their proportions", () => {
        const [one = 0, two = 0] = shares(slotsOf("wrr", candidates(65_535, 32_767)));
        expect(one + two).toBeLessThan(4_200);
        expect(one / two).toBeCloseTo(2, 2);
        expect(shares(slotsOf("wrr", candidates(65_535, 1)))[1]).toBe(1);
    });

    it("of hashes are in proportion to weights", () => {
        const [one = 0, two = 0, three = 0] = shares(slotsOf("mh", candidates(1, 1, 2)));
        expect(one + two + three).toBe(1_021);
        expect(three / one).toBeCloseTo(2, 1);
        expect(two / one).toBeCloseTo(1, 1);
    });

    it("of hashes hardly move when one of ten servers goes", () => {
        const all = candidates(...new Array<number>(10).fill(1));
        const before = slotsOf("sh", all);
        const after = slotsOf("sh", all.slice(1));
        const moved = before.filter((id, slot) => id !== 1 && after[slot] !== id).length;
        expect(moved / before.length).toBeLessThan(0.1);
    });

    it("are all taken by willing servers, whatever the weights", () => {
        const weights = fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 30 });
        fc.assert(
            fc.property(weights, fc.constantFrom("rr", "wrr", "mh"), (list, scheduler) => {
                const willing = list.flatMap((weight, index) => (weight > 0 ? [index + 1] : []));
                expect([...new Set(slotsOf(scheduler, candidates(...list)))].sort((a, b) => a - b)).toEqual(willing);
            }),
            { numRuns: 50 },
        );
    });
});

describe("the choice of a slot", () => {
    it("is by the client's address, with its port where that is asked for, by where it goes, or in turn", () => {
        expect(choiceOf("sh", false)).toBe("source");
        expect(choiceOf("mh", true)).toBe("source-and-port");
        expect(choiceOf("dh", true)).toBe("destination");
        expect(choiceOf("wrr", true)).toBe("turn");
    });
});
