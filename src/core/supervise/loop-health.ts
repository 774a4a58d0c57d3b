import type { Duration } from "../base/instant.ts";
import type { HoldUpCount } from "./hold-up-diary.ts";

/** How punctual one process has been since it began. */
export interface LoopHealth {
    /** How late deadlines were served. */
    readonly lateness: { readonly count: number; readonly max: Duration; readonly p99: Duration };
    readonly heldUp: readonly HoldUpCount[];
}

/** The same for people, for the end of a dump: a line for the process, and one for each cause that held it up. */
export function loopHealthLines(process: string, { lateness, heldUp }: LoopHealth): readonly string[] {
    const { count, max, p99 } = lateness;
    return [
        ` Process = ${process}`,
        `   Deadlines served = ${count}, 99 of 100 less than ${inMilliseconds(p99)} ms late, at most ${inMilliseconds(max)} ms`,
        ...heldUp.map((one) => `   Held up (${one.cause}) = ${one.count} times, at most ${inMilliseconds(one.longest)} ms`),
    ];
}

function inMilliseconds(span: Duration): number {
    return span / 1_000;
}
