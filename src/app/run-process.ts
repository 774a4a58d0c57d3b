import type { Role } from "../core/supervise/messages.ts";
import type { ComposeChild } from "./child.ts";
import { STATUS } from "./exit-status.ts";
import { isFrontRole, readRole } from "./process-role.ts";

/** How each kind of child is put together. */
export type Composers = { readonly [R in Role]: () => Promise<ComposeChild<R>> };

/**
 * Runs this process as what its words say, and loads the code of that alone: a restart after a crash is a race.
 *
 * @param argv words behind the script's name
 */
export function runProcess(argv: readonly string[], children: Composers, front: () => Promise<void>): void {
    const { role } = readRole(argv);
    if (role === undefined || isFrontRole(role)) {
        front().catch(endOnMissingAddon);
        return;
    }
    runRole(role, children).catch(endOnMissingAddon);
}

async function runRole<R extends Role>(role: R, children: Composers): Promise<void> {
    const [{ loadAddon }, { runChild }, compose] = await Promise.all([
        import("../io/native/load.ts"),
        import("./child.ts"),
        children[role](),
    ]);
    runChild(role, loadAddon(), compose);
}

async function endOnMissingAddon(error: unknown): Promise<void> {
    const { AddonMissingError } = await import("../io/native/load.ts");
    if (!(error instanceof AddonMissingError)) {
        throw error;
    }
    process.stderr.write(`${error.message}\n`);
    process.exitCode = STATUS.fatal;
}
