import { readdirSync } from "node:fs";
import { getPriority, setPriority } from "node:os";
import type { SchedulingSettings } from "../../core/supervise/process-settings.ts";
import type { NativeAddon } from "../native/addon.ts";
import { errorCode } from "./private-file.ts";

const LEAST_NICE = -20;
/** Of a process that gets ready beside one that works. */
const ASIDE = 5;

/** A process that has just been made gets ready in what time others leave it. */
export function stepAside(pid: number): void {
    try {
        setPriority(pid, ASIDE);
    } catch {
        // It is gone already, or as quick as everybody else.
    }
}

/** The process is as quick as everybody else again, with all its threads. */
export function stepForward(pid: number): void {
    try {
        for (const tid of readdirSync(`/proc/${pid}/task`)) {
            setPriority(Number(tid), 0);
        }
    } catch {
        // It is gone: that is told as its end.
    }
}

/** The least that the kernel accepts: nanoseconds. */
const SHORTEST_SLICE = 100_000;

/**
 * Whoever runs often and briefly asks for short turns, and is let in sooner for it: no more computing time than before, and no right is needed. With
 * the usual turns of some milliseconds a machine on which eight others want to run makes an advertisement wait for all of theirs. Kernels before 6.12
 * know nothing of it, and with a realtime priority it means nothing.
 */
export function takeShortTurns(system: NativeAddon): void {
    system.schedSlice(0, SHORTEST_SLICE);
}

/** Puts this process before others for a moment in which somebody waits for each of its steps. */
export class Haste {
    #usual: number | undefined;

    begin(): void {
        const usual = getPriority();
        if (this.#usual === undefined && setNiceness(LEAST_NICE).length === 0) {
            this.#usual = usual;
        }
    }

    end(): void {
        if (this.#usual !== undefined) {
            setNiceness(this.#usual);
            this.#usual = undefined;
        }
    }
}

/**
 * Applies scheduling settings to every thread of this process: V8's helpers too, since garbage is collected there. What the kernel refuses is
 * returned as complaints; the rest is in effect. Processes started from here do not inherit the realtime priority.
 */
export function applyScheduling(system: NativeAddon, settings: SchedulingSettings): readonly string[] {
    const complaints: string[] = [];
    const check = (result: number, what: string): void => {
        if (result < 0) {
            complaints.push(`Cannot ${what}: ${system.errnoNames[-result] ?? result}`);
        }
    };
    const { realtimePriority, realtimeLimit, processors, niceness } = settings;
    if (realtimeLimit !== undefined && realtimePriority !== undefined) {
        check(system.setrlimit(system.constants.RLIMIT_RTTIME, realtimeLimit / 2, realtimeLimit), "limit realtime computing");
    }
    if (processors !== undefined) {
        const mask = processorMask(processors);
        check(worst(threads().map((tid) => system.setAffinity(tid, mask))), `run on processors ${processors.join(", ")} only`);
    }
    if (realtimePriority !== undefined) {
        const policy = system.constants.SCHED_RR | system.constants.SCHED_RESET_ON_FORK;
        check(worst(threads().map((tid) => system.schedSet(tid, policy, realtimePriority))), `get realtime priority ${realtimePriority}`);
    } else if (niceness !== undefined) {
        complaints.push(...setNiceness(niceness));
    }
    if (settings.locksMemory === true) {
        check(system.lockFileMaps(), "lock the program in memory");
    }
    return complaints;
}

function threads(): readonly number[] {
    return readdirSync("/proc/self/task").map(Number);
}

function worst(results: readonly number[]): number {
    return Math.min(0, ...results);
}

function setNiceness(niceness: number): readonly string[] {
    try {
        for (const tid of threads()) {
            setPriority(tid, niceness);
        }
        return [];
    } catch (error) {
        return [`Cannot get priority ${niceness}: ${errorCode(error)}`];
    }
}

/** A `cpu_set_t` in as many bytes as are needed, in words of 8. */
function processorMask(processors: readonly number[]): Uint8Array {
    const mask = new Uint8Array(8 * (Math.floor(Math.max(0, ...processors) / 64) + 1));
    for (const processor of processors) {
        const at = processor >> 3;
        mask[at] = (mask[at] ?? 0) | (1 << (processor & 7));
    }
    return mask;
}
