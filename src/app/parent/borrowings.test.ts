import { expect, it } from "vitest";
import type { ChangedParameter } from "../../core/link/link-parameters.ts";
import { SpeakerBench } from "../../core/vrrp/test-bench.ts";
import { Borrowings } from "./borrowings.ts";

const CHANGED: readonly ChangedParameter[] = [{ path: "net/ipv4/conf/eth0/arp_announce", value: 2, before: 0 }];

function named(name: string, changedParameters?: readonly ChangedParameter[]) {
    const bench = new SpeakerBench({ name });
    bench.start();
    const [snapshot = expect.fail()] = bench.speaker.snapshots();
    return { ...snapshot, ...(changedParameters && { changedParameters }) };
}

it("knows what is changed from the one that carries it, until that one is gone or says so no more", () => {
    const borrowings = new Borrowings();
    expect(borrowings.take({ snapshots: [named("A")], isWhole: true })).toEqual([]);
    expect(borrowings.take({ snapshots: [named("A", CHANGED)], isWhole: false })).toBe(CHANGED);
    expect(borrowings.take({ snapshots: [named("B")], isWhole: false })).toBeUndefined();
    expect(borrowings.take({ snapshots: [], isWhole: false, gone: ["A"] })).toEqual([]);
    expect(borrowings.take({ snapshots: [named("B", CHANGED)], isWhole: false })).toBe(CHANGED);
    expect(borrowings.take({ snapshots: [named("B")], isWhole: false })).toEqual([]);
    expect(borrowings.take({ snapshots: [named("B")], isWhole: false })).toBeUndefined();
});
