import { describe, expect, it } from "vitest";
import { seconds } from "../base/instant.ts";
import type { VirtualRouterSnapshot } from "../vrrp/snapshot.ts";
import { ShownCounters } from "./shown-counters.ts";

function snapshot(name: string, advertisementsSent: number, ttl = 0): VirtualRouterSnapshot {
    return {
        name,
        vrid: 1,
        family: 4,
        version: 2,
        interfaceName: "eth0",
        state: "active",
        faults: [],
        basePriority: 100,
        effectivePriority: 100,
        activeAdvertisementInterval: seconds(1),
        counters: {
            advertisementsReceived: 0,
            advertisementsSent,
            becameActive: 1,
            releasedActive: 0,
            priorityZeroReceived: 0,
            priorityZeroSent: 0,
            addressListErrors: 0,
            unsignedAccepted: 0,
            foreignRemovals: 0,
            rejections: ttl === 0 ? {} : { ttl },
        },
    };
}

function sent(snapshots: readonly VirtualRouterSnapshot[]): readonly (readonly [string, number])[] {
    return snapshots.map(({ name, counters }) => [name, counters.advertisementsSent]);
}

describe("counters as they are shown", () => {
    it("run since they were cleared; what came later runs since its own beginning", () => {
        const counters = new ShownCounters();
        counters.clear([snapshot("A", 10, 4)]);
        const shown = counters.shown([snapshot("A", 12, 5), snapshot("B", 3)]);
        expect(sent(shown)).toEqual([
            ["A", 2],
            ["B", 3],
        ]);
        expect(shown[0]?.counters.rejections).toEqual({ ttl: 1 });
    });

    it("are shown as they are when they began anew", () => {
        const counters = new ShownCounters();
        counters.clear([snapshot("A", 10)]);
        expect(sent(counters.shown([snapshot("A", 1)]))).toEqual([["A", 1]]);
    });
});
