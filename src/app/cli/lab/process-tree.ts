import { readdirSync, readFileSync } from "node:fs";

/** The processes that `pid` started and that still run, or are not yet waited for; empty when it is gone. */
export function childrenOf(pid: number): readonly number[] {
    return readProc(() => readdirSync(`/proc/${pid}/task`), [])
        .map((thread) => readProc(() => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"), ""))
        .flatMap((line) => line.split(" ").filter(Boolean).map(Number));
}

/** Whether the process is there and no zombie. */
export function isRunning(pid: number): boolean {
    const state = statOf(pid)?.[0];
    return state !== undefined && state !== "Z" && state !== "X";
}

/** User and system time that a process has used so far, in seconds; 0 when it is gone. */
export function processorSeconds(pid: number): number {
    const fields = statOf(pid);
    // utime and stime are fields 14 and 15 of proc(5), counted in USER_HZ, which Linux fixes at 100.
    return fields === undefined ? 0 : (Number(fields[11]) + Number(fields[12])) / 100;
}

/** How many pages of memory a process has got of the kernel so far without a look at a disk; 0 when it is gone. */
export function minorFaults(pid: number): number {
    // minflt is field 10 of proc(5).
    return Number(statOf(pid)?.[7] ?? 0);
}

/** What proc(5) says of a process from field 3 on, its state; undefined when it is gone. */
export function statOf(pid: number): readonly string[] | undefined {
    const stat = readProc(() => readFileSync(`/proc/${pid}/stat`, "utf8"), "");
    // The name stands in brackets and may hold anything, brackets as well.
    return stat === "" ? undefined : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readProc<Value>(read: () => Value, otherwise: Value): Value {
    try {
        return read();
    } catch {
        // The process ended between two looks.
        return otherwise;
    }
}
