import { closeSync, openSync, readSync } from "node:fs";
import { type Duration, microseconds, NO_TIME } from "../../core/base/instant.ts";

/** In /proc/stat: USER_HZ, which Linux fixes at 100. */
const TICK = 10_000;
/** Which number of /proc/stat's first line is the time that other machines had. */
const STEAL = 8;
const ENOUGH = 256;

/** Sums since the process began, or the machine. */
export interface ProcessorTimes {
    /** This thread had a processor. */
    readonly working: Duration;
    /** It waited for one. */
    readonly waiting: Duration;
    /** All processors of this machine together were lent to other machines. */
    readonly stolen: Duration;
}

/** What was added between two readings. */
export function spentBetween(before: ProcessorTimes, now: ProcessorTimes): ProcessorTimes {
    return {
        working: microseconds(now.working - before.working),
        waiting: microseconds(now.waiting - before.waiting),
        stolen: microseconds(now.stolen - before.stolen),
    };
}

/** What the kernel writes down of who had a processor for how long; zeros where it does not. */
export class ProcessorRecord {
    /** proc(5): nanoseconds on a processor, nanoseconds in the queue before one, number of slices; of the main thread, which is where the loop runs. */
    readonly #thread = openOrNot("/proc/self/schedstat");
    readonly #machine = openOrNot("/proc/stat");
    readonly #bytes = Buffer.alloc(ENOUGH);

    read(): ProcessorTimes {
        const [working = 0, waiting = 0] = this.#numbers(this.#thread);
        const stolen = this.#numbers(this.#machine)[STEAL] ?? 0;
        return { working: microseconds(working / 1_000), waiting: microseconds(waiting / 1_000), stolen: microseconds(stolen * TICK) };
    }

    close(): void {
        for (const fd of [this.#thread, this.#machine]) {
            if (fd !== undefined) {
                closeSync(fd);
            }
        }
    }

    #numbers(fd: number | undefined): readonly number[] {
        if (fd === undefined) {
            return [];
        }
        const length = readSync(fd, this.#bytes, 0, ENOUGH, 0);
        const [line = ""] = this.#bytes.toString("latin1", 0, length).split("\n", 1);
        return line.split(/ +/).map((word) => Number(word) || NO_TIME);
    }
}

function openOrNot(path: string): number | undefined {
    try {
        return openSync(path, "r");
    } catch {
        return undefined;
    }
}
