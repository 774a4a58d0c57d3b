import { type DaemonOptions, readCommandLine } from "./command-line.ts";
import type { DaemonProgram } from "./daemon-program.ts";
import { STATUS } from "./exit-status.ts";
import { readRole } from "./process-role.ts";

/** The parts of the program, each loaded only when it is wanted. */
export interface ProgramParts {
    readonly daemon: () => Promise<DaemonProgram>;
    /** `--config-test`: says what is wrong and answers with the exit status. */
    readonly testConfiguration: (options: DaemonOptions) => Promise<number>;
}

/**
 * Runs this process as the daemon, or as what else Keepalived's command line asks for. Who has a configuration tested waits for no more than that.
 *
 * @param argv words behind the script's name
 * @throws AddonMissingError when there is no native addon for this machine
 */
export async function runProgram(argv: readonly string[], parts: ProgramParts): Promise<void> {
    const { role, words: given } = readRole(argv);
    const [handOverFile = "", ...words] = role === "candidate" || role === "heir" ? given : ["", ...given];
    const options = readCommandLine(words);
    if (!options.ok) {
        process.stderr.write(`keepalived: ${options.error}\n`);
        process.exitCode = STATUS.fatal;
    } else if (role === undefined && options.value.action.type === "test") {
        process.exitCode = await parts.testConfiguration(options.value);
    } else {
        const [{ startProgram }, program] = await Promise.all([import("./start-program.ts"), parts.daemon()]);
        startProgram({ role, handOverFile, options: options.value, words, program });
    }
}
