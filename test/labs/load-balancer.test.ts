import { beforeAll, describe, expect, it } from "vitest";
import { hasTool } from "./harness/prerequisites.ts";
import { missingKernel, runInKernel } from "./kernel/boot.ts";
import type { LoadBalancerSeen } from "./kernel/inside/load-balancer.ts";

const missing =
    missingKernel() ?? ["ipvsadm", "keepalived"].map((tool) => (hasTool(tool) ? undefined : `${tool} is not installed`)).find(Boolean);
const BOOT_LIMIT = 300_000;

let seen: LoadBalancerSeen;

describe.skipIf(missing !== undefined)(`a kernel with IPVS${missing === undefined ? "" : ` (${missing})`}`, () => {
    beforeAll(async () => {
        seen = await runInKernel<LoadBalancerSeen>("load-balancer");
    }, BOOT_LIMIT);

    it("holds the same services and servers as after Keepalived, for every scheduler, flag and method", () => {
        const { keepalived, holdfast } = seen.tables;
        expect(holdfast.saved).toEqual(keepalived.saved);
        expect(holdfast.listed).toEqual(keepalived.listed);
        expect(keepalived.saved.filter((line) => line.startsWith("-A")).length).toBeGreaterThan(40);
    });

    it("keeps foreign services, and is as before at the end, time-outs too", () => {
        const { holdfast, keepalived } = seen.tables;
        expect(holdfast.timeouts).toContain("1000 100 200");
        expect(holdfast.afterwards).toEqual(["-A -t 10.7.7.7:99 -s rr"]);
        expect(holdfast.timeoutsAfterwards).toBe(keepalived.timeoutsAfterwards);
    });

    it("spreads requests by weight, through address translation", () => {
        expect(seen.traffic.weighted).toEqual({ one: 150, two: 50 });
    });

    it("spreads requests to servers that answer the client themselves", () => {
        expect(seen.traffic.direct).toEqual({ one: 50, two: 50 });
    });

    it("lets a dead server go and has it back", () => {
        const { oneDead, leftAfter, returned, returnedAfter } = seen.traffic;
        expect(oneDead).toEqual({ two: 10 });
        expect(returned).toEqual({ one: 10 });
        // Noticed within delay_loop, confirmed after delay_before_retry: two seconds and what a slow machine adds.
        expect(leftAfter).toBeLessThan(20);
        expect(returnedAfter).toBeLessThan(10);
    });

    it("asks the sorry server when nobody else is left", () => {
        expect(seen.traffic.sorry).toEqual({ sorry: 5 });
    });

    it("keeps connections and counters over a reload", () => {
        const [first, second] = seen.traffic.openConnection;
        expect(second).toBe(first);
        const [before, after] = seen.traffic.countedConnections;
        expect(before).toBeGreaterThan(100);
        expect(after).toBe(before);
    });

    it("does not blink while the checkers process is replaced", () => {
        expect(seen.traffic.blinked).toBe(false);
        expect(seen.traffic.log).toMatch(/Healthcheck child process ended by signal 9: Respawning/);
    });
});
