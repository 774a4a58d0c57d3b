import { existsSync } from "node:fs";
import { join } from "node:path";

/** Which daemon with Keepalived's command line. */
export type DaemonKind = "holdfast" | "keepalived";

/** The daemon under test. `HOLDFAST_LAB_DAEMON=keepalived` checks the labs themselves against the original. */
export const UNDER_TEST: DaemonKind = process.env["HOLDFAST_LAB_DAEMON"] === "keepalived" ? "keepalived" : "holdfast";

/** The repository's root: labs are run from there. */
export const ROOT = process.cwd();

/** The command that runs such a daemon; the build has to be there. */
export function programOf(kind: DaemonKind): readonly string[] {
    if (kind === "keepalived") {
        return ["keepalived"];
    }
    const program = join(ROOT, "bin/holdfast");
    if (!existsSync(program)) {
        throw new Error(`${program} is not there: run "npm run build" first`);
    }
    return [program];
}
