import { readdirSync, readFileSync } from "node:fs";
import type { ProcessIdentity } from "../../core/track/process-match.ts";

const ZOMBIES: ReadonlySet<string> = new Set(["Z", "X"]);

/** The numbers of all processes that there are now. */
export function listProcesses(): number[] {
    return readdirSync("/proc").flatMap((entry) => (/^\d+$/.test(entry) ? [Number(entry)] : []));
}

/** What a process is; undefined when it has ended, whether or not its parent has taken note. */
export function identify(process: number, withWords: boolean): ProcessIdentity | undefined {
    try {
        // `NUMBER (NAME) STATE …`, and the name may hold parentheses.
        const status = readFileSync(`/proc/${process}/stat`, "latin1");
        const end = status.lastIndexOf(")");
        const name = status.slice(status.indexOf("(") + 1, end);
        if (ZOMBIES.has(status.charAt(end + 2))) {
            return undefined;
        }
        return withWords ? { process, name, words: wordsOf(process) } : { process, name };
    } catch {
        return undefined;
    }
}

function wordsOf(process: number): readonly string[] {
    const words = readFileSync(`/proc/${process}/cmdline`, "utf8").split("\0");
    return words.slice(0, -1);
}
