import { readdirSync, readFileSync } from "node:fs";

/** The processes that `pid` started and that still run, or are not yet waited for; empty when it is gone. */
export function childrenOf(pid: number): readonly number[] {
    return readProc(() => readdirSync(`/proc/${pid}/task`), [])
        .map((thread) => readProc(() => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"), ""))
        .flatMap((line) => line.split(" ").filter(Boolean).map(Number));
}

/** Whether the process is there and no zombie. */
export function isRunning(pid: number): boolean {
    const stat = readProc(() => readFileSync(`/proc/${pid}/stat`, "utf8"), "");
    // The name stands in brackets and may hold anything; the state is the letter after the last one.
    const state = stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
    return state !== "" && state !== "Z" && state !== "X";
}

/** User and system time that a process has used so far, in seconds; 0 when it is gone. */
export function processorSeconds(pid: number): number {
    const stat = readProc(() => readFileSync(`/proc/${pid}/stat`, "utf8"), "");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // utime and stime are fields 14 and 15 of proc(5), counted in USER_HZ, which Linux fixes at 100.
    return stat === "" ? 0 : (Number(fields[11]) + Number(fields[12])) / 100;
}

function readProc<Value>(read: () => Value, otherwise: Value): Value {
    try {
        return read();
    } catch {
        // The process ended between two looks.
        return otherwise;
    }
}
