import { expect, it } from "vitest";
import { inSeconds, seconds } from "../base/instant.ts";
import { RestartDelay } from "./restart-delay.ts";

const died = (age: number, wasConfigured: boolean) => ({ age: seconds(age), wasConfigured });

it("waits 0, 1, 2, 4 … 60 seconds while children die before they come to work, and not at all after one that lived a minute", () => {
    const delay = new RestartDelay();
    const waits = Array.from({ length: 9 }, () => inSeconds(delay.afterDeath(died(5, false))));
    expect(waits).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60]);
    expect(inSeconds(delay.afterDeath(died(60, false)))).toBe(0);
    expect(inSeconds(delay.afterDeath(died(59, false)))).toBe(1);
});

it("replaces a child that had come to work at once, eight times in a row; beyond that it waits too", () => {
    const delay = new RestartDelay();
    const waits = Array.from({ length: 11 }, () => inSeconds(delay.afterDeath(died(0.5, true))));
    expect(waits).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4]);
    expect(inSeconds(delay.afterDeath(died(60, true)))).toBe(0);
    expect(inSeconds(delay.afterDeath(died(1, true)))).toBe(0);
});

it("does not take a successor that never comes to work for the same: that one waits", () => {
    const delay = new RestartDelay();
    expect(inSeconds(delay.afterDeath(died(10, true)))).toBe(0);
    expect(inSeconds(delay.afterDeath(died(1, false)))).toBe(1);
});
