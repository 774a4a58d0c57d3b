import { describe, expect, it } from "vitest";
import { seconds } from "../base/instant.ts";
import type { VirtualRouterSnapshot } from "../vrrp/snapshot.ts";
import { KeptState } from "./kept-state.ts";

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
            foreignRemovals: 0,
            rejections: ttl === 0 ? {} : { ttl },
        },
    };
}

function sent(state: KeptState): readonly (readonly [string, number])[] {
    return state.shown().map(({ name, counters }) => [name, counters.advertisementsSent]);
}

describe("the kept state", () => {
    it("takes news of some, and forgets those that a whole account leaves out", () => {
        const state = new KeptState();
        state.take([snapshot("A", 1), snapshot("B", 2)], true);
        state.take([snapshot("B", 3)], false);
        expect(sent(state)).toEqual([
            ["A", 1],
            ["B", 3],
        ]);
        state.take([snapshot("B", 4)], true);
        expect(sent(state)).toEqual([["B", 4]]);
    });

    it("shows counters since they were cleared, and hands the true ones to a successor", () => {
        const state = new KeptState();
        state.take([snapshot("A", 10, 4)], true);
        state.clear();
        state.take([snapshot("A", 12, 5), snapshot("B", 3)], false);
        expect(sent(state)).toEqual([
            ["A", 2],
            ["B", 3],
        ]);
        expect(state.shown()[0]?.counters.rejections).toEqual({ ttl: 1 });
        expect(state.snapshots[0]?.counters.advertisementsSent).toBe(12);
    });

    it("shows counters that began anew as they are", () => {
        const state = new KeptState();
        state.take([snapshot("A", 10)], true);
        state.clear();
        state.take([snapshot("A", 1)], true);
        expect(sent(state)).toEqual([["A", 1]]);
    });
});
