import { loadAddon } from "../io/native/load.ts";
import type { DaemonOptions } from "./command-line.ts";
import type { DaemonProgram } from "./daemon-program.ts";
import { readHandOver } from "./parent/hand-over-file.ts";
import { identityOf, pidFilePaths } from "./parent/run-files.ts";
import { HOLDFAST_VERSION } from "./version.ts";

/** Whether this version could go on for the daemon that asks. */
export type CandidateVerdict = { readonly isFit: true; readonly version: string } | { readonly isFit: false; readonly reason: string };

/** Says, as one line of JSON, whether this version could go on with what the daemon would leave in that file. Nothing is changed. */
export function runCandidate(handOverFile: string, options: DaemonOptions, program: DaemonProgram): void {
    const reason = whyUnfit(handOverFile, options, program);
    const verdict: CandidateVerdict = reason === undefined ? { isFit: true, version: HOLDFAST_VERSION } : { isFit: false, reason };
    process.stdout.write(`${JSON.stringify(verdict)}\n`);
}

function whyUnfit(handOverFile: string, options: DaemonOptions, program: DaemonProgram): string | undefined {
    loadAddon();
    const handOver = readHandOver(handOverFile);
    if (!handOver.ok) {
        return handOver.error;
    }
    process.chdir(handOver.value.workingFolder);
    const { outcome, isBroken, lines } = program.loadConfiguration(options);
    if (!outcome.ok || isBroken) {
        const first = lines.find(({ level }) => level === "error")?.text ?? "";
        return `the configuration has errors for the new version: ${first}`;
    }
    const { parent } = pidFilePaths(options.pidFiles, identityOf(options, outcome.value), outcome.value);
    return parent === handOver.value.parentPidFile.path ? undefined : `instance or network namespace have changed: restart the daemon`;
}
