import { loadAddon } from "../io/native/load.ts";
import { runCandidate } from "./candidate.ts";
import type { DaemonOptions } from "./command-line.ts";
import { type DaemonStart, runDaemon, type StartListener } from "./daemon.ts";
import { usageText } from "./daemon-option-table.ts";
import type { DaemonProgram } from "./daemon-program.ts";
import { STATUS } from "./exit-status.ts";
import { launchDaemon, launchListener } from "./launcher.ts";
import { readHandOver, removeHandOver } from "./parent/hand-over-file.ts";
import type { ProcessRole } from "./process-role.ts";
import { signalNumber } from "./user-signals.ts";
import { versionText } from "./version-text.ts";

/** What the command line asks for, other than to test the configuration. */
export interface ProgramStart {
    /** Undefined for whoever was started by a user. */
    readonly role: ProcessRole | undefined;
    /** Where the version before has left what a candidate or an heir goes on with. */
    readonly handOverFile: string;
    readonly options: DaemonOptions;
    /** The daemon's own words. */
    readonly words: readonly string[];
    readonly program: DaemonProgram;
}

/**
 * Starts the daemon, or does what else is wanted of it.
 *
 * @throws AddonMissingError when there is no native addon for this machine
 */
export function startProgram({ role, handOverFile, options, words, program }: ProgramStart): void {
    if (role === "daemon") {
        runDaemon({ system: loadAddon(), options, program, listener: launchListener(), words });
    } else if (role === "candidate") {
        runCandidate(handOverFile, options, program);
    } else if (role === "heir") {
        runHeir(handOverFile, options, { program, words });
    } else {
        runAction(options, words, program);
    }
}

const SILENT: StartListener = { onTrouble: () => undefined, onReady: () => undefined };

function runAction(options: DaemonOptions, words: readonly string[], program: DaemonProgram): void {
    const { action } = options;
    switch (action.type) {
        case "help":
            process.stdout.write(usageText("keepalived"));
            return;
        case "version":
            process.stderr.write(versionText());
            return;
        case "signal-number":
            printSignalNumber(action.name);
            return;
        case "genhash":
            process.stderr.write("keepalived: --genhash must be the first option\n");
            process.exitCode = STATUS.fatal;
            return;
        case "run":
            if (options.staysInForeground) {
                runDaemon({ system: loadAddon(), options, program, listener: onStandardError(options), words });
            } else {
                launchDaemon(loadAddon(), program.script, words);
            }
    }
}

/** The version before has looked whether this one can go on with what it leaves. */
function runHeir(file: string, options: DaemonOptions, own: Pick<DaemonStart, "program" | "words">): void {
    const handOver = readHandOver(file);
    removeHandOver(file);
    if (!handOver.ok) {
        process.stderr.write(`keepalived: ${handOver.error}\n`);
        process.exitCode = STATUS.fatal;
        return;
    }
    runDaemon({ ...own, system: loadAddon(), options, listener: SILENT, handOver: handOver.value });
}

/** Who stays in the foreground without -l still wants to know why the daemon does not start. */
function onStandardError({ log }: DaemonOptions): StartListener {
    return log.console ? SILENT : { ...SILENT, onTrouble: (text) => process.stderr.write(`${text}\n`) };
}

function printSignalNumber(name: string): void {
    const number = signalNumber(loadAddon(), name);
    if (number === undefined) {
        process.stderr.write(`Unknown sigfunc ${name}\n`);
        process.exitCode = STATUS.fatal;
        return;
    }
    process.stdout.write(`${number}\n`);
}
