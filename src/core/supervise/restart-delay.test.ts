import { expect, it } from "vitest";
import { inSeconds, seconds } from "../base/instant.ts";
import { RestartDelay } from "./restart-delay.ts";

it("waits 0, 1, 2, 4 … 60 seconds while children die young, and not at all after one that lived a minute", () => {
    const delay = new RestartDelay();
    const waits = Array.from({ length: 9 }, () => inSeconds(delay.afterDeath(seconds(5))));
    expect(waits).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60]);
    expect(inSeconds(delay.afterDeath(seconds(60)))).toBe(0);
    expect(inSeconds(delay.afterDeath(seconds(59)))).toBe(1);
});
