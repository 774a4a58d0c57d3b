import { expect, it } from "vitest";
import { present } from "./present.ts";

it("leaves out what is undefined, and only that", () => {
    expect(Object.entries(present({ a: 1, b: undefined, c: 0, d: false, e: "", f: null }))).toEqual([
        ["a", 1],
        ["c", 0],
        ["d", false],
        ["e", ""],
        ["f", null],
    ]);
});
