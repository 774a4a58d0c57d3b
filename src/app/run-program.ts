import { loadAddon } from "../io/native/load.ts";
import { type DaemonOptions, readCommandLine } from "./command-line.ts";
import { runDaemon, STATUS, type StartListener } from "./daemon.ts";
import { usageText } from "./daemon-option-table.ts";
import type { DaemonProgram } from "./daemon-program.ts";
import { launchDaemon, launchListener } from "./launcher.ts";
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
    const { role, words } = readRole(argv);
    const options = readCommandLine(words);
    if (!options.ok) {
        process.stderr.write(`keepalived: ${options.error}\n`);
        process.exitCode = STATUS.fatal;
    } else if (role === "daemon") {
        runDaemon({ system: loadAddon(), options: options.value, program, listener: launchListener() });
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
                runDaemon({ system: loadAddon(), options, program, listener: onStandardError(options) });
            } else {
                launchDaemon(loadAddon(), program.script, words);
            }
    }
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
