import { expect, it } from "vitest";
import {
    after,
    between,
    centiseconds,
    earliest,
    inSeconds,
    instant,
    isDue,
    microseconds,
    milliseconds,
    seconds,
    sum,
    times,
} from "./instant.ts";

it("counts every unit in whole microseconds", () => {
    expect(microseconds(1.6)).toBe(2);
    expect(milliseconds(1.5)).toBe(1_500);
    expect(centiseconds(100)).toBe(1_000_000);
    expect(seconds(0.000001)).toBe(1);
});

it("moves along the clock and measures distances on it", () => {
    const start = instant(1_000);
    expect(after(start, milliseconds(2))).toBe(3_000);
    expect(between(instant(3_000), start)).toBe(-2_000);
    expect(sum(seconds(3), milliseconds(609.375))).toBe(3_609_375);
    expect(times(seconds(1), 1.2)).toBe(1_200_000);
    expect(inSeconds(milliseconds(250))).toBe(0.25);
});

it("knows what is due: the deadline itself is, an absent one never", () => {
    expect(isDue(instant(5), instant(5))).toBe(true);
    expect(isDue(instant(6), instant(5))).toBe(false);
    expect(isDue(undefined, instant(5))).toBe(false);
});

it("finds the earliest among present deadlines", () => {
    expect(earliest(undefined, instant(9), instant(4), undefined)).toBe(4);
    expect(earliest(undefined)).toBeUndefined();
});
