import { describe, expect, it } from "vitest";
import { type Instant, instant, seconds } from "../base/instant.ts";
import { advertisedPriorities, SpeakerBench, virtualAddress } from "./test-bench.ts";

const BOOTED = instant(1_000_000);

/** Starts a router on a machine that was switched on a second after the clock began, `age` seconds ago. */
function startedAt(age: number, overrides: ConstructorParameters<typeof SpeakerBench>[0]): SpeakerBench {
    const bench = new SpeakerBench(overrides, (BOOTED + seconds(age)) as Instant);
    bench.tell({ type: "configure", routers: [bench.settings] });
    bench.tellOfLink();
    bench.tell({ type: "start", bootedAt: BOOTED });
    return bench;
}

describe("vrrp_delay_after_boot", () => {
    it("holds an owner back until the machine has been up for so long", () => {
        const bench = startedAt(10, { priority: 255, delayAfterBoot: seconds(60) });
        expect(bench.state).toBe("backup");
        expect(bench.untilWake).toBe(seconds(50));
        expect(advertisedPriorities(bench.wake())).toEqual([255]);
    });

    it("does not hear what is said meanwhile, and then listens for the whole Active_Down_Interval", () => {
        const bench = startedAt(10, { delayAfterBoot: seconds(60) });
        bench.pass(1_000);
        bench.hear("10.77.0.2", { priority: 200 });
        expect(bench.untilWake).toBe(seconds(49) + seconds(3.609375));
    });

    it("is over when the machine has been up for longer", () => {
        expect(startedAt(61, { priority: 255, delayAfterBoot: seconds(60) }).state).toBe("active");
    });

    it("counts beside vrrp_startup_delay: the later end holds", () => {
        const bench = startedAt(50, { priority: 255, delayAfterBoot: seconds(60), startupDelay: seconds(20) });
        expect(bench.untilWake).toBe(seconds(20));
    });
});

describe("vrrp_startup_delay", () => {
    it("does not begin again for what a reload brings", () => {
        const bench = startedAt(50, { startupDelay: seconds(20) });
        bench.pass(30_000);
        const added = { ...bench.settings, name: "VI_2", vrid: 52, priority: 255, addresses: [virtualAddress("10.77.9.10")] };
        bench.tell({ type: "configure", routers: [bench.settings, added] });
        expect(bench.speaker.snapshot("VI_2")?.state).toBe("active");
    });
});
