import { closeSync, openSync, readSync } from "node:fs";
import { type Duration, microseconds } from "../../core/base/instant.ts";

/** In /proc/stat: USER_HZ, which Linux fixes at 100. */
const TICK = 10_000;
/** Which number of /proc/stat's first line is the time that other machines had. */
const STEAL = 8;
const ENOUGH = 256;

/** What was added between two readings. */
export interface ProcessorTimes {
    /** This thread had a processor. */
    readonly working: Duration;
    /** It waited for one. */
    readonly waiting: Duration;
    /** All processors of this machine together were lent to other machines. */
    readonly stolen: Duration;
}

/** What the kernel had written down at one moment. Taken many times a second and seldom looked into: it is kept as it came. */
export class ProcessorReading {
    readonly thread = Buffer.alloc(ENOUGH);
    readonly machine = Buffer.alloc(ENOUGH);

    /** How much less an earlier reading says. */
    since(before: ProcessorReading): ProcessorTimes {
        const [working = 0, waiting = 0] = differences(before.thread, this.thread);
        const stolen = differences(before.machine, this.machine)[STEAL] ?? 0;
        return { working: microseconds(working / 1_000), waiting: microseconds(waiting / 1_000), stolen: microseconds(stolen * TICK) };
    }
}

/** What the kernel writes down of who had a processor for how long; zeros where it does not. */
export class ProcessorRecord {
    /** proc(5): nanoseconds on a processor, nanoseconds in the queue before one, number of slices; of the main thread, which is where the loop runs. */
    readonly #thread = openOrNot("/proc/self/schedstat");
    readonly #machine = openOrNot("/proc/stat");

    /** Takes a reading, in the place of what was in it. */
    read(into: ProcessorReading): ProcessorReading {
        copyFrom(this.#thread, into.thread);
        copyFrom(this.#machine, into.machine);
        return into;
    }

    close(): void {
        for (const fd of [this.#thread, this.#machine]) {
            if (fd !== undefined) {
                closeSync(fd);
            }
        }
    }
}

function copyFrom(fd: number | undefined, into: Buffer): void {
    if (fd !== undefined) {
        readSync(fd, into, 0, ENOUGH, 0);
    }
}

function differences(before: Buffer, now: Buffer): readonly number[] {
    const earlier = numbers(before);
    return numbers(now).map((number, index) => number - (earlier[index] ?? 0));
}

/** Those of the first line, and zeros for its words. */
function numbers(text: Buffer): readonly number[] {
    const [line = ""] = text.toString("latin1").split("\n", 1);
    return line.split(/ +/).map((word) => Number(word) || 0);
}

function openOrNot(path: string): number | undefined {
    try {
        return openSync(path, "r");
    } catch {
        return undefined;
    }
}
