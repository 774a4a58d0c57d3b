import { expect, it } from "vitest";
import type { VrrpReport } from "../core/vrrp/reports.ts";
import { BulkQueue } from "./bulk-queue.ts";

function report(router: string): VrrpReport {
    return { type: "addresses-set", router, count: 1 };
}

it("hands things on in order, some in a step, and the rest when the process ends", () => {
    const told: (string | undefined)[] = [];
    const shares: number[] = [];
    let added = 0;
    const teller = new BulkQueue<VrrpReport>({ add: () => added++ }, (reports) => {
        shares.push(reports.length);
        told.push(...reports.map((one) => ("router" in one ? one.router : undefined)));
    });
    const names = Array.from({ length: 40 }, (_, index) => `VI_${index}`);
    for (const name of names) {
        teller.add(report(name));
    }
    expect(told).toEqual([]);
    expect(teller.step()).toBe(true);
    teller.add(report("late"));
    teller.finish();
    expect(told).toEqual([...names, "late"]);
    expect(shares).toEqual([16, 16, 9]);
    expect(teller.step()).toBe(false);
    expect(added).toBe(41);
});
