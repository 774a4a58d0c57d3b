import type { Role } from "../core/supervise/messages.ts";
import { STATUS } from "./exit-status.ts";
import { isFrontRole, readRole } from "./process-role.ts";

/** The code of each kind of child: what it answers with runs this process as one. */
export type Children = { readonly [R in Role]: () => Promise<() => void> };

/**
 * Runs this process as what its words say, and loads the code of that alone: a restart after a crash is a race.
 *
 * @param argv words behind the script's name
 */
export function runProcess(argv: readonly string[], children: Children, front: () => Promise<void>): void {
    const { role } = readRole(argv);
    const run = role === undefined || isFrontRole(role) ? front() : children[role]().then((runRole) => runRole());
    run.catch(endOnMissingAddon);
}

/** The addon's code is in a file of each kind of process, and so is the class of this error: it is known by its code. */
function endOnMissingAddon(error: unknown): void {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_HOLDFAST_NATIVE")) {
        throw error;
    }
    process.stderr.write(`${error.message}\n`);
    process.exitCode = STATUS.fatal;
}
