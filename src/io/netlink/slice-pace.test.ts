import { expect, it } from "vitest";
import { SlicePace } from "./slice-pace.ts";

it("starts small, grows twofold at most, and never beyond 64", () => {
    const pace = new SlicePace();
    const sizes: number[] = [];
    for (let step = 0; step < 7; step++) {
        sizes.push(pace.size);
        pace.took(pace.size, 1);
    }
    expect(sizes).toEqual([2, 4, 8, 16, 32, 64, 64]);
});

it("is what fits a step of half a millisecond", () => {
    const pace = new SlicePace();
    for (let step = 0; step < 6; step++) {
        pace.took(pace.size, pace.size * 50_000);
    }
    expect(pace.size).toBe(10);
    pace.took(10, 10 * 125_000);
    expect(pace.size).toBe(4);
});

it("is one at least, and recovers", () => {
    const pace = new SlicePace();
    pace.took(2, 100_000_000);
    expect(pace.size).toBe(1);
    pace.took(1, 1_000);
    expect(pace.size).toBe(2);
});
