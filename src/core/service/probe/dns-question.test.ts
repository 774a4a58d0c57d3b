import { expect, it } from "vitest";
import { labelsOf } from "./dns-question.ts";

it.each([
    [".", []],
    ["example.com", ["example", "com"]],
    ["example.com.", ["example", "com"]],
    ["_dmarc.example.com", ["_dmarc", "example", "com"]],
    ["", undefined],
    ["..", undefined],
    ["a..b", undefined],
    [".a", undefined],
    ["a b", undefined],
    ["ä.example", undefined],
    [`${"a".repeat(63)}.x`, ["a".repeat(63), "x"]],
    [`${"a".repeat(64)}.x`, undefined],
    [Array(128).fill("a").join("."), undefined],
])("the labels of '%s'", (name, labels) => {
    expect(labelsOf(name)).toEqual(labels);
});
