import type { ParentMessage, Role } from "./messages.ts";
import type { RelayedBody } from "./relayed.ts";

/** So much may wait for a process that is not there yet; a crash loop must not eat the parent's memory. */
export const LONGEST_QUEUE = 10_000;

/** Hands a message to the process of a role. */
export type Deliver = (to: Role, message: ParentMessage) => void;

/**
 * What the daemon's processes tell each other, by way of their parent: in order, and not lost while the one that it is for is being started or
 * replaced.
 */
export class Relay {
    readonly #deliver: Deliver;
    readonly #waiting = new Map<Role, ParentMessage[]>();
    readonly #working = new Set<Role>();

    constructor(deliver: Deliver) {
        this.#deliver = deliver;
    }

    /** Passes a message on, at once or when that process works. False when too much waits for it already: then the message is dropped. */
    pass(from: Role, to: Role, body: RelayedBody): boolean {
        const message: ParentMessage = { type: "relayed", from, body };
        if (this.#working.has(to)) {
            this.#deliver(to, message);
            return true;
        }
        const queue = this.#waiting.get(to) ?? [];
        if (queue.length >= LONGEST_QUEUE) {
            return false;
        }
        queue.push(message);
        this.#waiting.set(to, queue);
        return true;
    }

    /** The process of that role works now: its siblings are told, and it is told who works and what was said meanwhile. */
    ready(role: Role): void {
        if (this.#working.has(role)) {
            return;
        }
        for (const sibling of this.#working) {
            this.#deliver(sibling, { type: "sibling-ready", role });
            this.#deliver(role, { type: "sibling-ready", role: sibling });
        }
        this.#working.add(role);
        for (const message of this.#waiting.get(role) ?? []) {
            this.#deliver(role, message);
        }
        this.#waiting.delete(role);
    }

    /** The process of that role is gone. */
    gone(role: Role): void {
        this.#working.delete(role);
    }

    /** Nobody wants such a process any more: what waits for it never arrives. */
    keepOnly(wanted: ReadonlySet<Role>): void {
        for (const role of this.#waiting.keys()) {
            if (!wanted.has(role)) {
                this.#waiting.delete(role);
            }
        }
    }
}
