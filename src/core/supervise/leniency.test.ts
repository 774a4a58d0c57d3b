import { expect, it } from "vitest";
import { type Duration, milliseconds, seconds } from "../base/instant.ts";
import { routerSettings } from "../vrrp/test-bench.ts";
import { leniencyOf } from "./leniency.ts";

function silenceOfVrrp(...intervals: readonly Duration[]): Duration {
    return leniencyOf({ routers: intervals.map((advertisementInterval) => routerSettings({ advertisementInterval })) }).silence.vrrp;
}

it("goes by the virtual router that advertises most often, within limits", () => {
    expect(silenceOfVrrp(seconds(1), seconds(40))).toBe(seconds(5));
    expect(silenceOfVrrp(milliseconds(10))).toBe(seconds(5));
    expect(silenceOfVrrp(seconds(3))).toBe(seconds(15));
    expect(silenceOfVrrp(seconds(40))).toBe(seconds(30));
    expect(silenceOfVrrp()).toBe(seconds(30));
});

it("bears with others by who waits for them", () => {
    expect(leniencyOf({ routers: [] }).silence).toMatchObject({ bfd: seconds(5), checkers: seconds(10), runner: seconds(30) });
});

it("waits for a stop as child_wait_time says", () => {
    expect(leniencyOf({ routers: [] }).stop).toBe(seconds(5));
    expect(leniencyOf({ routers: [] }, seconds(12)).stop).toBe(seconds(12));
});
