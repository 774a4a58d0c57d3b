import type { Role } from "../core/supervise/messages.ts";

/** Every role of a child; complete by its type. */
const ROLES: Readonly<Record<Role, true>> = { vrrp: true, runner: true, checkers: true, bfd: true };

/**
 * What one process of the daemon is: a child, or the daemon itself after it has left its terminal. Of another version of the program: a `candidate` only
 * says whether it could go on for the one that runs, an `heir` goes on in its process.
 */
export type ProcessRole = Role | FrontRole;

/** Roles that are not a child's. */
export type FrontRole = "daemon" | "candidate" | "heir";

const FRONT_ROLES: Readonly<Record<FrontRole, true>> = { daemon: true, candidate: true, heir: true };

const PREFIX = "--holdfast-role=";
/**
 * The first one bounds how far a busy process grows; a new space of this many megabytes is collected in well under a millisecond. That must not wait until a
 * busy machine lets helping threads run, too. And a process that has little to do must not look through all its memory for that reason: it would do so for
 * milliseconds, just when something happens at last.
 */
const NODE_OPTIONS = ["--max-semi-space-size=2", "--no-parallel-scavenge", "--no-flush-bytecode", "--no-memory-reducer"];
/** V8 would compile the loop in which the process awaits the end of a Detection Time while it waits, for milliseconds. */
const BFD_OPTIONS = ["--no-use-osr"];
/** Where Node has it: no debugger in the moment before our own handler stands. */
const NO_DEBUGGER = "--disable-sigusr1";

/** Node's arguments, without argv[0], that run `script` in a role with further words. */
export function roleArguments(script: string, role: ProcessRole, words: readonly string[] = []): readonly string[] {
    const noDebugger = process.allowedNodeEnvironmentFlags.has(NO_DEBUGGER) ? [NO_DEBUGGER] : [];
    return [...NODE_OPTIONS, ...(role === "bfd" ? BFD_OPTIONS : []), ...noDebugger, script, `${PREFIX}${role}`, ...words];
}

/** The role among a process's own words, and the other words; undefined for whoever was started by a user. */
export function readRole(words: readonly string[]): { readonly role: ProcessRole | undefined; readonly words: readonly string[] } {
    const [first = "", ...rest] = words;
    const role = first.startsWith(PREFIX) ? first.slice(PREFIX.length) : undefined;
    return role !== undefined && (isFrontRole(role) || isRole(role)) ? { role, words: rest } : { role: undefined, words };
}

/** Whether it is the front's business. */
export function isFrontRole(word: string): word is FrontRole {
    return Object.hasOwn(FRONT_ROLES, word);
}

function isRole(word: string): word is Role {
    return Object.hasOwn(ROLES, word);
}
