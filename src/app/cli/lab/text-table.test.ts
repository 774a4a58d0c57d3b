import { expect, test } from "vitest";
import { textTable } from "./text-table.ts";

test("columns are as wide as their widest cell", () => {
    const table = textTable([
        ["event", "limit"],
        ["the master dies", "361 ms"],
    ]);
    expect(table.split("\n")).toEqual(["event             limit", "───────────────  ──────", "the master dies  361 ms"]);
});
