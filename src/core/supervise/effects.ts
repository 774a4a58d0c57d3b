import type { LogLine, Role } from "./messages.ts";

/** What the supervisor wants done, in order. */
export type SupervisorEffect =
    /** Make the process; told back as `child-spawned` or `spawn-failed`. */
    | { readonly type: "spawn"; readonly role: Role }
    /** Send it the configuration in force, and its predecessor's last state. */
    | { readonly type: "configure"; readonly role: Role }
    | { readonly type: "ping"; readonly role: Role }
    /** SIGTERM: leave in order. */
    | { readonly type: "terminate"; readonly role: Role }
    /** SIGKILL. */
    | { readonly type: "kill"; readonly role: Role }
    /** Read and check the configuration again; told back as accepted or refused. */
    | { readonly type: "read-configuration" }
    /** Every wanted process does what the configuration says. */
    | { readonly type: "announce-ready" }
    | { readonly type: "announce-reloading" }
    | { readonly type: "announce-stopping" }
    | { readonly type: "log"; readonly line: LogLine }
    /** All children are gone: end with this status. */
    | { readonly type: "exit"; readonly status: number };
