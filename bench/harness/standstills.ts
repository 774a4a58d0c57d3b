import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";

/** How often and how long at most a processor did not run what was due before all else, in milliseconds. */
export interface Standstills {
    readonly overTenMilliseconds: number;
    readonly overFortyMilliseconds: number;
    readonly longest: number;
}

/** Sleeps 4 ms again and again, as long as its parent lives, and prints by how much it overslept, whenever that is more than 10 ms. */
const SLEEPER = `
    const cell = new Int32Array(new SharedArrayBuffer(4));
    const parent = process.ppid;
    for (let last = performance.now(); process.ppid === parent; ) {
        Atomics.wait(cell, 0, 0, 4);
        const now = performance.now();
        if (now - last > 14) require("node:fs").writeSync(1, (now - last - 4).toFixed(1) + "\\n");
        last = now;
    }`;

/**
 * Watches the machine itself: on each processor somebody who is due before all others by `SCHED_FIFO`. What he oversleeps is nobody's fault who runs on this
 * machine: it was the machine that did not run. Ends with {@link StandstillWatch.stop}.
 */
export class StandstillWatch {
    readonly #sleepers: readonly ChildProcess[];
    #printed = "";

    constructor() {
        this.#sleepers = Array.from({ length: availableParallelism() }, (_, processor) =>
            spawn("chrt", ["--fifo", "99", "taskset", "--cpu-list", String(processor), process.execPath, "-e", SLEEPER], {
                stdio: ["ignore", "pipe", "inherit"],
            }),
        );
        for (const { stdout } of this.#sleepers) {
            stdout?.on("data", (text: Buffer) => {
                this.#printed += text.toString();
            });
        }
    }

    /** What has been seen since the start or the last call. */
    take(): Standstills {
        const times = this.#printed
            .split("\n")
            .filter((line) => line !== "")
            .map(Number);
        this.#printed = "";
        const over = (limit: number) => times.filter((time) => time > limit).length;
        return { overTenMilliseconds: over(10), overFortyMilliseconds: over(40), longest: Math.max(0, ...times) };
    }

    stop(): void {
        for (const sleeper of this.#sleepers) {
            sleeper.kill("SIGKILL");
        }
    }
}
