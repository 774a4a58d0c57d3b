import { expect, it } from "vitest";
import { microseconds, milliseconds } from "../base/instant.ts";
import { loopHealthLines } from "./loop-health.ts";

it("tells of a process how late it was, and why", () => {
    const lateness = { count: 4_711, max: milliseconds(26), p99: microseconds(512) };
    const heldUp = [{ cause: "collection", count: 2, longest: milliseconds(25.5) }] as const;
    expect(loopHealthLines("vrrp", { lateness, heldUp })).toEqual([
        " Process = vrrp",
        "   Deadlines served = 4711, 99 of 100 less than 0.512 ms late, at most 26 ms",
        "   Held up (collection) = 2 times, at most 25.5 ms",
    ]);
});
