import { describe, expect, it } from "vitest";
import type { VirtualAddress } from "../address/virtual-address.ts";
import { instant } from "../base/instant.ts";
import { type Burst, StandingAddresses } from "./standing-addresses.ts";
import { virtualAddress } from "./test-bench.ts";

const [A, B, C, D] = [virtualAddress("10.0.0.1"), virtualAddress("10.0.0.2"), virtualAddress("10.0.0.3"), virtualAddress("10.0.0.4")];

describe("announcements of a claim", () => {
    it("are all rounds at once when it comes as one slice", () => {
        const standing = claiming();
        expect(claimed(standing, [A, B], { isLast: true, rounds: 5 })).toEqual([{ addresses: [A, B], rounds: 5 }]);
        expect([standing.isClaiming, standing.all]).toEqual([false, [A, B]]);
    });

    it("are one round for the first slice at once, one for the rest together at the end, and the others over all", () => {
        const standing = claiming();
        expect(claimed(standing, [A], { isLast: false, rounds: 5 })).toEqual([{ addresses: [A], rounds: 1 }]);
        expect(claimed(standing, [B, C], { isLast: false, rounds: 5 })).toEqual([]);
        expect(claimed(standing, [D], { isLast: true, rounds: 5 })).toEqual([
            { addresses: [B, C, D], rounds: 1 },
            { addresses: [A, B, C, D], rounds: 4 },
        ]);
    });

    it("do not wait longer than a quarter of a second for the end of a long claim", () => {
        const standing = claiming();
        claimed(standing, [A], { isLast: false, rounds: 5 });
        expect(claimed(standing, [B], { isLast: false, rounds: 5, at: 249_999 })).toEqual([]);
        expect(claimed(standing, [C], { isLast: false, rounds: 5, at: 250_000 })).toEqual([{ addresses: [B, C], rounds: 1 }]);
        expect(claimed(standing, [D], { isLast: false, rounds: 5, at: 499_999 })).toEqual([]);
    });

    it("are over what was not refused, when the last slice is empty", () => {
        const standing = claiming();
        claimed(standing, [A], { isLast: false, rounds: 3 });
        expect(claimed(standing, [], { isLast: true, rounds: 3 })).toEqual([{ addresses: [A], rounds: 2 }]);
    });

    it.each([
        [1, [{ addresses: [B], rounds: 1 }]],
        [0, []],
    ])("are no more than wanted: %i", (rounds, bursts) => {
        const standing = claiming();
        claimed(standing, [A], { isLast: false, rounds: rounds });
        expect(claimed(standing, [B], { isLast: true, rounds: rounds })).toEqual(bursts);
    });

    it("are none for a slice that nobody ordered", () => {
        const standing = new StandingAddresses();
        expect([claimed(standing, [A], { isLast: true, rounds: 5 }), standing.all]).toEqual([[], []]);
    });
});

describe("what stands", () => {
    it("gets less with a loss and nothing with giving up, whatever was ordered", () => {
        const standing = claiming();
        claimed(standing, [A, B], { isLast: true, rounds: 5 });
        standing.lost(A);
        expect(standing.all).toEqual([B]);
        standing.ordered();
        standing.clear();
        expect([standing.isClaiming, standing.all]).toEqual([false, []]);
    });

    it("is the same list as long as nothing changes", () => {
        const standing = claiming();
        claimed(standing, [A, B], { isLast: true, rounds: 5 });
        expect(standing.all).toBe(standing.all);
    });
});

function claiming(): StandingAddresses {
    const standing = new StandingAddresses();
    standing.ordered();
    return standing;
}

/** A slice that comes so many microseconds after the first. */
function claimed(
    standing: StandingAddresses,
    slice: readonly VirtualAddress[],
    { isLast, rounds, at = 0 }: { readonly isLast: boolean; readonly rounds: number; readonly at?: number },
): Burst[] {
    return standing.claimed({ slice, isLast, rounds, now: instant(1_000_000 + at) });
}
