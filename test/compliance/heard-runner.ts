import { RunnerProcess } from "../../src/app/runner/runner-process.ts";
import type { ScriptTrackerSnapshot } from "../../src/core/track/script-tracker.ts";
import { loadAddon } from "../../src/io/native/load.ts";

/** What a runner says: its lines, and the receipts of what is done. */
export interface HeardRunner {
    readonly log: string[];
    readonly done: number[];
    /** What a successor would be told of scripts. */
    readonly changed?: ScriptTrackerSnapshot[];
}

/** A runner in this process that begins anew to be heard. */
export function startHeardRunner({ log, done, changed = [] }: HeardRunner): RunnerProcess {
    log.length = 0;
    done.length = 0;
    return new RunnerProcess(loadAddon(), {
        onLog: ({ text }) => log.push(text),
        onNews: () => undefined,
        onChanged: (snapshots) => changed.push(...snapshots),
        onDone: (receipts) => done.push(...receipts),
        onScriptEnded: () => undefined,
    });
}
