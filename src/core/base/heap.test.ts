import fc from "fast-check";
import { expect, it } from "vitest";
import { DeadlineHeap } from "./heap.ts";
import { instant } from "./instant.ts";

it("gives owners back in the order of their deadlines, and only when due", () => {
    const heap = new DeadlineHeap<string>();
    heap.set("late", instant(30));
    heap.set("early", instant(10));
    expect([heap.earliest, heap.earliestOwner]).toEqual([10, "early"]);
    expect(heap.takeDue(instant(9))).toBeUndefined();
    expect(heap.takeDue(instant(30))).toBe("early");
    expect(heap.takeDue(instant(30))).toBe("late");
    expect([heap.size, heap.earliestOwner]).toEqual([0, undefined]);
});

it("gives equal deadlines back in the order in which they were set", () => {
    fc.assert(
        fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60 }), (deadlines) => {
            const heap = new DeadlineHeap<number>();
            for (const [owner, at] of deadlines.entries()) {
                heap.set(owner, instant(at));
            }
            const taken: number[] = [];
            for (let owner = heap.takeDue(instant(3)); owner !== undefined; owner = heap.takeDue(instant(3))) {
                taken.push(owner);
            }
            const sorted = [...deadlines.keys()].sort((left, right) => (deadlines[left] ?? 0) - (deadlines[right] ?? 0));
            expect(taken).toEqual(sorted);
        }),
    );
});

it("moves and removes deadlines", () => {
    const heap = new DeadlineHeap<string>();
    heap.set("a", instant(10));
    heap.set("b", instant(20));
    heap.set("a", instant(30));
    expect(heap.earliest).toBe(20);
    heap.set("b", undefined);
    heap.set("unknown", undefined);
    expect([heap.earliest, heap.size]).toEqual([30, 1]);
});

it("agrees with a plain sorted list whatever is done to it", () => {
    const step = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }));
    fc.assert(
        fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
            const heap = new DeadlineHeap<number>();
            const model = new Map<number, number>();
            for (const [owner, at] of steps) {
                heap.set(owner, at === undefined ? undefined : instant(at));
                if (at === undefined) {
                    model.delete(owner);
                } else {
                    model.set(owner, at);
                }
                expect(heap.earliest).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
            }
            const taken: number[] = [];
            for (let owner = heap.takeDue(instant(50)); owner !== undefined; owner = heap.takeDue(instant(50))) {
                taken.push(model.get(owner) ?? Number.NaN);
            }
            expect(taken).toEqual([...model.values()].sort((left, right) => left - right));
        }),
    );
});
