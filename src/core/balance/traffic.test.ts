import { expect, it } from "vitest";
import { sumOf } from "./traffic.ts";

it("what was counted for several is their sum, without what is counted for nobody", () => {
    expect(sumOf([{ connections: 1, inBytes: 5 }, { connections: 2, active: 1 }, {}])).toEqual({ connections: 3, inBytes: 5, active: 1 });
    expect(sumOf([])).toEqual({});
});
