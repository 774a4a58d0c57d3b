import { describe, expect, it } from "vitest";
import { VirtualTime } from "../../test/contracts/virtual-time.ts";
import { type Instant, microseconds, milliseconds, after as pointAfter, seconds } from "../core/base/instant.ts";
import { Loop } from "./loop.ts";

function world() {
    const time = new VirtualTime();
    const log: string[] = [];
    const failures: string[] = [];
    const loop = new Loop({
        clock: time,
        timer: time,
        scheduler: time,
        stallThreshold: seconds(1),
        onStalled: () => {},
        onFailure: (failure) => failures.push(`${failure.doing}: ${String(failure.error)}`),
    });
    /** Work of `left` steps, each of which takes 300 µs. */
    const work = (name: string, left: number) => {
        let remaining = left;
        return {
            step: () => {
                log.push(name);
                time.pass(microseconds(300));
                remaining--;
                return remaining > 0;
            },
        };
    };
    return { time, log, loop, failures, work };
}

describe("bulk work", () => {
    it("does nothing at once, then slices of a millisecond until it is done", () => {
        const { time, log, loop, work } = world();
        loop.bulk.add(work("a", 6));
        expect(log).toEqual([]);
        time.runScheduled();
        expect(log.length).toBe(4);
        time.runScheduled();
        expect(log.length).toBe(6);
        expect(time.runScheduled()).toBe(false);
    });

    it("takes turns", () => {
        const { time, log, loop, work } = world();
        loop.bulk.add(work("a", 3));
        loop.bulk.add(work("b", 2));
        time.runScheduled();
        time.runScheduled();
        expect(log).toEqual(["a", "b", "a", "b", "a"]);
    });

    it("takes work up only once, and anew when it was done", () => {
        const { time, log, loop, work } = world();
        const one = work("a", 1);
        loop.bulk.add(one);
        loop.bulk.add(one);
        time.runScheduled();
        expect(log).toEqual(["a"]);
        loop.bulk.add(one);
        time.runScheduled();
        expect(log).toEqual(["a", "a"]);
    });

    it("lets a deadline pass between slices, and flushes after each", () => {
        const { time, log, loop, work } = world();
        const machine = {
            wakeAt: pointAfter(time.now(), milliseconds(1)) as Instant | undefined,
            handle() {
                this.wakeAt = undefined;
                return ["advertise"];
            },
        };
        loop.attach({ name: "active", machine, wake: "wake", perform: (effect: string) => log.push(effect) });
        loop.addOutlet({ flush: () => log.push("flush") });
        loop.bulk.add(work("a", 5));
        time.runScheduled();
        time.runScheduled();
        expect(log).toEqual(["a", "a", "a", "a", "flush", "advertise", "a", "flush"]);
    });

    it("goes on at the time that it asks for", () => {
        const { time, loop } = world();
        const steps: Instant[] = [];
        const step = () => {
            steps.push(time.now());
            return steps.length < 2 && pointAfter(time.now(), milliseconds(20));
        };
        loop.bulk.add({ step });
        time.runScheduled();
        expect([steps.length, time.armedFor]).toEqual([1, pointAfter(time.now(), milliseconds(20))]);
        expect(time.runScheduled()).toBe(false);
        time.pass(milliseconds(20));
        loop.turn();
        time.runScheduled();
        expect(steps.length).toBe(2);
        expect(time.armedFor).toBeUndefined();
    });

    it("ends a slice where time stands still", () => {
        const { time, loop } = world();
        let steps = 0;
        const endless = { step: () => ++steps > 0 };
        loop.bulk.add(endless);
        time.runScheduled();
        expect(steps).toBe(64);
    });

    it("drops work that throws and goes on with the rest", () => {
        const { time, log, loop, failures, work } = world();
        const step = () => {
            throw new Error("defect");
        };
        loop.bulk.add({ step });
        loop.bulk.add(work("a", 2));
        time.runScheduled();
        expect(log).toEqual(["a", "a"]);
        expect(failures).toEqual(["bulk: Error: defect"]);
    });
});
