import type { Role } from "../core/supervise/messages.ts";
import { AddonMissingError, loadAddon } from "../io/native/load.ts";
import { type ComposeChild, runChild } from "./child.ts";
import { isFrontRole, readRole } from "./process-role.ts";

const STATUS_FATAL = 1;

/** How each kind of child is put together. */
export type Composers = { readonly [R in Role]: () => Promise<ComposeChild<R>> };

/**
 * Runs this process as what its words say, and loads the code of that alone: a restart after a crash is a race.
 *
 * @param argv words behind the script's name
 */
export function runProcess(argv: readonly string[], children: Composers, front: () => void | Promise<void>): void {
    const { role } = readRole(argv);
    if (role === undefined || isFrontRole(role)) {
        Promise.resolve(front()).catch(endOnMissingAddon);
        return;
    }
    runRole(role, children).catch(endOnMissingAddon);
}

async function runRole<R extends Role>(role: R, children: Composers): Promise<void> {
    const system = loadAddon();
    runChild(role, system, await children[role]());
}

function endOnMissingAddon(error: unknown): void {
    if (!(error instanceof AddonMissingError)) {
        throw error;
    }
    process.stderr.write(`${error.message}\n`);
    process.exitCode = STATUS_FATAL;
}
