import type { Role } from "../../core/supervise/messages.ts";
import type { DaemonOptions } from "../command-line.ts";

/** What decides which processes the daemon has. */
export interface RoleWishes {
    readonly parts: DaemonOptions["parts"];
    /** Those for which something is configured. */
    readonly configured: readonly Role[];
    /** There is a runner already. */
    readonly hasRunner: boolean;
    /** A daemon that was killed has left something in the kernel. */
    readonly hasLeftovers: boolean;
}

/** The processes that are to run. */
export function wantedRoles({ parts, configured, hasRunner, hasLeftovers }: RoleWishes): readonly Role[] {
    const roles = new Set<Role>([...(parts.evenUnconfigured ? (["checkers", "vrrp", "bfd"] as const) : []), ...configured]);
    if (hasLeftovers) {
        // Whoever puts things into the kernel removes them, too.
        roles.add("vrrp");
    }
    if (hasRunner) {
        // What a reload ends is still to be told.
        roles.add("runner");
    }
    return [...roles].filter((role) => role === "runner" || parts[role]);
}
