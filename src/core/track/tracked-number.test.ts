import { expect, it } from "vitest";
import { trackedNumber } from "./tracked-number.ts";

it.each([
    ["5\n", 5],
    ["  -17 apples", -17],
    ["+3", 3],
    ["0x1F", 31],
    ["-0x10", -16],
    ["010", 8],
    ["09", 0],
    ["0", 0],
    ["-0", 0],
    ["", 0],
    ["none", 0],
    ["2147483647", 2_147_483_647],
    ["-2147483648", -2_147_483_648],
    ["2147483648", undefined],
    ["-2147483649", undefined],
    ["9".repeat(40), undefined],
])("%j is %s", (text, value) => {
    expect(trackedNumber(text)).toBe(value);
});
