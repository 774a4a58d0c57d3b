import { loadAddon } from "../io/native/load.ts";
import { runCandidate } from "./candidate.ts";
import { type DaemonOptions, readCommandLine } from "./command-line.ts";
import { type DaemonStart, runDaemon, STATUS, type StartListener } from "./daemon.ts";
import { usageText } from "./daemon-option-table.ts";
import type { DaemonProgram } from "./daemon-program.ts";
import { launchDaemon, launchListener } from "./launcher.ts";
import { readHandOver, removeHandOver } from "./parent/hand-over-file.ts";
import { readRole } from "./process-role.ts";
import { signalNumber } from "./user-signals.ts";
import { versionText } from "./version-text.ts";

/**
 * Runs this process as the daemon, or as what else Keepalived's command line asks for.
 *
 * @param argv words behind the script's name
 * @throws AddonMissingError when there is no native addon for this machine
 */
export function runProgram(argv: readonly string[], program: DaemonProgram): void {
    const { role, words: given } = readRole(argv);
    const [handOverFile = "", ...words] = role === "candidate" || role === "heir" ? given : ["", ...given];
    const options = readCommandLine(words);
    if (!options.ok) {
        process.stderr.write(`keepalived: ${options.error}\n`);
        process.exitCode = STATUS.fatal;
    } else if (role === "daemon") {
        runDaemon({ system: loadAddon(), options: options.value, program, listener: launchListener(), words });
    } else if (role === "candidate") {
        runCandidate(handOverFile, options.value, program);
    } else if (role === "heir") {
        runHeir(handOverFile, options.value, { program, words });
    } else {
        runAction(options.value, words, program);
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
        case "test":
            process.exitCode = program.testConfiguration(options);
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
