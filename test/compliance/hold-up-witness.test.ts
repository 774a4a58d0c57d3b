import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runTool } from "../../src/app/cli/lab/run-tool.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { between, milliseconds } from "../../src/core/base/instant.ts";
import type { HoldUp, HoldUpCause } from "../../src/core/supervise/hold-up.ts";
import { Loop } from "../../src/host/loop.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { HoldUpWitness } from "../../src/io/time/hold-up-witness.ts";
import { ImmediateScheduler } from "../../src/io/time/immediate-scheduler.ts";
import { KernelTimer } from "../../src/io/time/kernel-timer.ts";
import { MonotonicClock } from "../../src/io/time/monotonic-clock.ts";

/** In milliseconds: much longer than what a busy machine does to us while we are at it. */
const LONG = 300;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

// A loop of this very process with a deadline each 10 ms, held up in each way that can be had.
describe.runIf(process.getuid?.() === 0)("why a loop is late", () => {
    const system = loadAddon();
    const clock = new MonotonicClock(system);
    let found: HoldUp[];
    let timer: KernelTimer;
    let witness: HoldUpWitness;

    beforeEach(async () => {
        found = [];
        // Or a busy machine is the cause of everything.
        runTool(["chrt", "--fifo", "--pid", "1", `${process.pid}`]);
        witness = new HoldUpWitness({ clock, scheduler: new ImmediateScheduler(), onHoldUp: (holdUp) => found.push(holdUp) });
        let wakeAt = clock.now();
        timer = new KernelTimer(system, () => loop.turn());
        const loop = new Loop({
            ...{ clock, timer, scheduler: new ImmediateScheduler(), stallThreshold: milliseconds(20) },
            onStalled: ({ since, lateness, suspended }) => witness.heldUp(since, lateness, suspended),
            onFailure: ({ error }) => {
                throw error;
            },
        });
        loop.addOutlet(witness);
        const machine = {
            handle: () => {
                wakeAt = (clock.now() + milliseconds(10)) as typeof wakeAt;
                return [];
            },
            get wakeAt() {
                return wakeAt;
            },
        };
        loop.attach({ name: "ticker", machine, wake: "wake", perform: () => undefined });
        await pause(250);
        found.length = 0;
    });

    afterEach(() => {
        runTool(["chrt", "--other", "--pid", "0", `${process.pid}`]);
        timer.close();
        witness.close();
    });

    async function untilFound(cause: HoldUpCause): Promise<void> {
        await until(() => found.some(({ lateness }) => lateness > milliseconds(LONG / 2)), { what: "a hold-up", limit: 5_000 });
        expect(found.map((one) => one.cause)).toContain(cause);
    }

    test("its own work", async () => {
        for (const start = clock.now(); between(start, clock.now()) < milliseconds(LONG); ) {}
        await untilFound("own-work");
    });

    test("garbage collection", async () => {
        const garbage = Array.from({ length: 200_000 }, (_, index) => ({ index, text: `${index}` }));
        for (const start = clock.now(); between(start, clock.now()) < milliseconds(LONG); ) {
            collectGarbage();
        }
        expect(garbage).toHaveLength(200_000);
        await untilFound("collection");
    });

    test("neither work nor a want of processors: the thread sleeps", async () => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LONG);
        await untilFound("stopped");
    });
});
