import { expect, it } from "vitest";
import { milliseconds } from "../../core/base/instant.ts";
import { NO_HURRY, SlicePace } from "./slice-pace.ts";

it("starts small, grows twofold at most, and never beyond 512", () => {
    const pace = new SlicePace();
    const sizes: number[] = [];
    for (let step = 0; step < 10; step++) {
        const size = pace.sizeWithin(NO_HURRY);
        sizes.push(size);
        pace.took(size, 1);
    }
    expect(sizes).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 512]);
});

it("is what fits the time that there is", () => {
    const pace = new SlicePace();
    for (let step = 0; step < 7; step++) {
        pace.took(pace.sizeWithin(NO_HURRY), pace.sizeWithin(NO_HURRY) * 50_000);
    }
    expect(pace.sizeWithin(milliseconds(2))).toBe(40);
    expect(pace.sizeWithin(milliseconds(4))).toBe(80);
    pace.took(40, 40 * 125_000);
    expect(pace.sizeWithin(milliseconds(2))).toBe(16);
});

it("is one at least, and recovers", () => {
    const pace = new SlicePace();
    pace.took(2, 100_000_000);
    expect(pace.sizeWithin(milliseconds(2))).toBe(1);
    pace.took(1, 1_000);
    expect(pace.sizeWithin(milliseconds(2))).toBe(4);
});
