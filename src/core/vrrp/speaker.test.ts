import { describe, expect, it } from "vitest";
import { after, instant, microseconds, milliseconds } from "../base/instant.ts";
import { advertisedPriorities, advertisementFrom, ip, kinds, reports, SpeakerBench, virtualAddress } from "./test-bench.ts";

describe("a virtual router on its way to active", () => {
    it("listens first, even with state MASTER, and takes away addresses that it finds", () => {
        const bench = new SpeakerBench({ wantsMaster: true, priority: 200 });
        expect(bench.start()).toEqual([
            { type: "release-addresses", router: "VI_1", addresses: [virtualAddress("10.77.9.9")] },
            {
                type: "report",
                report: {
                    type: "state-changed",
                    router: "VI_1",
                    from: "initialize",
                    to: "backup",
                    cause: { type: "startup" },
                    priority: 200,
                },
            },
        ]);
        expect(bench.untilWake).toBe(3_218_750);
    });

    it("advertises first, then claims, then announces when the addresses stand", () => {
        const bench = new SpeakerBench();
        bench.start();
        expect(bench.untilWake).toBe(3_609_375);
        const effects = bench.wake();
        expect(kinds(effects)).toEqual(["send-advertisement", "claim-addresses", "report state-changed", "report addresses-set"]);
        expect(effects[0]).toEqual({
            type: "send-advertisement",
            router: "VI_1",
            packet: {
                interfaceIndex: 2,
                family: 4,
                protocol: 112,
                source: ip("10.77.0.1"),
                destination: ip("224.0.0.18"),
                ttl: 255,
                payload: Uint8Array.of(0x21, 51, 100, 1, 0, 1, 0x67, 0x74, 10, 77, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0),
            },
        });
        expect(reports(effects)[0]).toMatchObject({ cause: { type: "active-down-timer", silence: microseconds(3_609_375) } });
        const announce = { router: "VI_1", addresses: [virtualAddress("10.77.9.9")], rounds: 5 };
        expect(bench.claimAll()).toEqual([
            { type: "announce", ...announce },
            { type: "report", report: { type: "announcing", ...announce } },
        ]);
        expect(bench.untilWake).toBe(1_000_000);
    });

    it("repeats the announcements after five seconds, once", () => {
        const bench = new SpeakerBench();
        bench.start();
        bench.wake();
        bench.claimAll();
        const announced: number[] = [];
        for (let turn = 0; turn < 12; turn++) {
            if (kinds(bench.wake()).includes("announce")) {
                announced.push(bench.now - 1_000_000 - 3_609_375);
            }
        }
        expect(announced).toEqual([5_000_000]);
    });

    it("is active at once as owner", () => {
        const bench = new SpeakerBench({ priority: 255 }, instant(0));
        expect(advertisedPriorities(bench.start())).toEqual([255]);
        expect(bench.state).toBe("active");
        expect(bench.wake().filter((effect) => effect.type === "send-advertisement")).toHaveLength(1);
    });
});

describe("an end in order", () => {
    it("says priority 0 and releases", () => {
        const bench = new SpeakerBench();
        bench.start();
        bench.wake();
        const effects = bench.tell({ type: "stop", keepsAddresses: false });
        expect(kinds(effects)).toEqual([
            "send-advertisement",
            "report priority-zero-sent",
            "cancel-announcements",
            "release-addresses",
            "report state-changed",
            "report addresses-removed",
        ]);
        expect(advertisedPriorities(effects)).toEqual([0]);
        expect(bench.untilWake).toBeUndefined();
    });
});

it("a bench does not take a text that is no address", () => {
    expect(() => ip("10.77.9")).toThrow(RangeError);
});

it("an event that does not exist is a mistake of this program, and throws", () => {
    expect(() => new SpeakerBench().tell({ type: "nonsense" } as never)).toThrow("unreachable");
});

it("says whether the next deadline is a takeover", () => {
    const bench = new SpeakerBench();
    expect(bench.speaker.isTakeoverNext).toBe(false);
    bench.start();
    expect(bench.speaker.isTakeoverNext).toBe(true);
    bench.wake();
    expect(bench.speaker.isTakeoverNext).toBe(false);
});

describe("an advertisement that waited to be read", () => {
    const heardAfter = (span: number) => {
        const bench = new SpeakerBench();
        bench.start();
        bench.pass(1_000);
        const arrivedAt = after(bench.now, milliseconds(-span));
        bench.tell({ type: "packet", packet: { ...advertisementFrom(bench.settings, "10.77.0.2", { priority: 200 }), arrivedAt } });
        return bench.untilWake;
    };

    it("starts the timer from when the kernel had it", () => {
        expect(heardAfter(0)).toBe(3_609_375);
        expect(heardAfter(0.4)).toBe(3_608_975);
        expect(heardAfter(20)).toBe(3_589_375);
    });

    it("counts from now after a stall, and when the stamp cannot be true", () => {
        expect(heardAfter(21)).toBe(3_609_375);
        expect(heardAfter(-5)).toBe(3_609_375);
    });
});
