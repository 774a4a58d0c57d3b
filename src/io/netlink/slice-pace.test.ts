import { expect, it } from "vitest";
import { SlicePace } from "./slice-pace.ts";

it("starts small, grows twofold at most, and never beyond 256", () => {
    const pace = new SlicePace();
    const sizes: number[] = [];
    for (let step = 0; step < 9; step++) {
        sizes.push(pace.size);
        pace.took(pace.size, 1);
    }
    expect(sizes).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 256]);
});

it("is what fits a step of two milliseconds", () => {
    const pace = new SlicePace();
    for (let step = 0; step < 6; step++) {
        pace.took(pace.size, pace.size * 50_000);
    }
    expect(pace.size).toBe(40);
    pace.took(40, 40 * 125_000);
    expect(pace.size).toBe(16);
});

it("is one at least, and recovers", () => {
    const pace = new SlicePace();
    pace.took(2, 100_000_000);
    expect(pace.size).toBe(1);
    pace.took(1, 1_000);
    expect(pace.size).toBe(2);
});
