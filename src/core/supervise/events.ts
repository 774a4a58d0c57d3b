import type { Leniency } from "./leniency.ts";
import type { Role } from "./messages.ts";

/** How a process ended. */
export type Ending = { readonly type: "exit"; readonly status: number } | { readonly type: "signal"; readonly signal: number };

/** Whether it left by itself, having ended what it did. */
export function leftInOrder(ending: Ending): boolean {
    return ending.type === "exit" && ending.status === 0;
}

/** What the supervisor can be told. */
export type SupervisorEvent =
    /** The configuration stands: these processes are wanted. The first one starts the daemon; later ones end a `read-configuration`. */
    | { readonly type: "configuration-accepted"; readonly roles: readonly Role[]; readonly leniency: Leniency }
    /** Another program in this process has left these children: they work, and are about to be replaced. Starts the daemon too. */
    | {
          readonly type: "inherited";
          readonly children: readonly { readonly role: Role; readonly pid: number }[];
          readonly roles: readonly Role[];
          readonly leniency: Leniency;
      }
    /** A successor has taken its place, and does what the configuration says. */
    | { readonly type: "child-replaced"; readonly role: Role; readonly pid: number }
    /** The new text is no good: all goes on as before. */
    | { readonly type: "configuration-refused" }
    | { readonly type: "child-spawned"; readonly role: Role; readonly pid: number }
    /** The kernel refused to make the process, with this errno name. */
    | { readonly type: "spawn-failed"; readonly role: Role; readonly code: string }
    /** It runs our code and listens. */
    | { readonly type: "child-hello"; readonly role: Role }
    /** It does what its last configuration says. */
    | { readonly type: "child-configured"; readonly role: Role }
    /** It answered a ping. */
    | { readonly type: "child-alive"; readonly role: Role }
    | { readonly type: "child-ended"; readonly role: Role; readonly ending: Ending }
    | { readonly type: "reload-asked" }
    | { readonly type: "stop-asked" }
    /** A deadline may have been reached. */
    | { readonly type: "wake" };
