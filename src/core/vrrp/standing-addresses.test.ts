import { describe, expect, it } from "vitest";
import { StandingAddresses } from "./standing-addresses.ts";
import { virtualAddress } from "./test-bench.ts";

const [A, B, C, D] = [virtualAddress("10.0.0.1"), virtualAddress("10.0.0.2"), virtualAddress("10.0.0.3"), virtualAddress("10.0.0.4")];

describe("announcements of a claim", () => {
    it("are all rounds at once when it comes as one slice", () => {
        const standing = claiming();
        expect(standing.claimed([A, B], true, 5)).toEqual([{ addresses: [A, B], rounds: 5 }]);
        expect([standing.isClaiming, standing.all]).toEqual([false, [A, B]]);
    });

    it("are one round for each slice as it comes, and the others over all at the end", () => {
        const standing = claiming();
        expect(standing.claimed([A], false, 5)).toEqual([{ addresses: [A], rounds: 1 }]);
        expect(standing.claimed([B, C], false, 5)).toEqual([{ addresses: [B, C], rounds: 1 }]);
        expect(standing.claimed([D], true, 5)).toEqual([
            { addresses: [D], rounds: 1 },
            { addresses: [A, B, C, D], rounds: 4 },
        ]);
    });

    it("are over what was not refused, when the last slice is empty", () => {
        const standing = claiming();
        standing.claimed([A], false, 3);
        expect(standing.claimed([], true, 3)).toEqual([{ addresses: [A], rounds: 2 }]);
    });

    it.each([
        [1, [{ addresses: [B], rounds: 1 }]],
        [0, []],
    ])("are no more than wanted: %i", (rounds, bursts) => {
        const standing = claiming();
        standing.claimed([A], false, rounds);
        expect(standing.claimed([B], true, rounds)).toEqual(bursts);
    });

    it("are none for a slice that nobody ordered", () => {
        const standing = new StandingAddresses();
        expect([standing.claimed([A], true, 5), standing.all]).toEqual([[], []]);
    });
});

describe("what stands", () => {
    it("gets less with a loss and nothing with giving up, whatever was ordered", () => {
        const standing = claiming();
        standing.claimed([A, B], true, 5);
        standing.lost(A);
        expect(standing.all).toEqual([B]);
        standing.ordered();
        standing.clear();
        expect([standing.isClaiming, standing.all]).toEqual([false, []]);
    });

    it("is the same list as long as nothing changes", () => {
        const standing = claiming();
        standing.claimed([A, B], true, 5);
        expect(standing.all).toBe(standing.all);
    });
});

function claiming(): StandingAddresses {
    const standing = new StandingAddresses();
    standing.ordered();
    return standing;
}
