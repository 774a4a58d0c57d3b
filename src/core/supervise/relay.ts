import type { HandedRelay } from "./hand-over.ts";
import type { ParentMessage, RelayedMessage, Role } from "./messages.ts";
import { isKept, type RelayedBody } from "./relayed.ts";

/** So much may wait for a process that is not there yet; a crash loop must not eat the parent's memory. */
export const LONGEST_QUEUE = 10_000;
/** So much may be told and not yet acknowledged: scripts that hang must not eat it either. */
const MOST_KEPT = 100_000;

/** Hands a message to the process of a role. */
export type Deliver = (to: Role, message: ParentMessage) => void;

/**
 * What the daemon's processes tell each other, by way of their parent: in order, and not lost while the one that it is for is being started or
 * replaced.
 */
export class Relay {
    readonly #deliver: Deliver;
    readonly #waiting = new Map<Role, RelayedMessage[]>();
    readonly #kept = new Map<Role, Map<number, RelayedMessage>>();
    readonly #working = new Set<Role>();

    #lastReceipt = 0;

    /** @param inherited what another program in this process had in its hands */
    constructor(deliver: Deliver, inherited?: HandedRelay) {
        this.#deliver = deliver;
        for (const { to, messages } of inherited?.waiting ?? []) {
            this.#waiting.set(to, [...messages]);
        }
        for (const { to, messages } of inherited?.kept ?? []) {
            this.#kept.set(to, new Map(messages.map((message) => [message.receipt ?? 0, message])));
        }
        for (const role of inherited?.working ?? []) {
            this.#working.add(role);
        }
        this.#lastReceipt = inherited?.lastReceipt ?? 0;
    }

    /** All of it, for another program in this process. */
    handOver(): HandedRelay {
        return {
            lastReceipt: this.#lastReceipt,
            kept: Array.from(this.#kept, ([to, messages]) => ({ to, messages: [...messages.values()] })),
            waiting: Array.from(this.#waiting, ([to, messages]) => ({ to, messages })),
            working: [...this.#working],
        };
    }

    /** Passes a message on, at once or when that process works. False when too much waits for it already: then the message is dropped. */
    pass(from: Role, to: Role, body: RelayedBody): boolean {
        if (isKept(body)) {
            return this.#keep(from, to, body);
        }
        const message: RelayedMessage = { type: "relayed", from, body };
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
        const kept = this.#kept.get(role)?.values() ?? [];
        for (const message of [...kept, ...(this.#waiting.get(role) ?? [])]) {
            this.#deliver(role, message);
        }
        this.#waiting.delete(role);
    }

    /** That process has done what came with these receipts. */
    acknowledged(role: Role, receipts: readonly number[]): void {
        const kept = this.#kept.get(role);
        for (const receipt of receipts) {
            kept?.delete(receipt);
        }
    }

    /** Whether the process of that role has come to work. */
    isWorking(role: Role): boolean {
        return this.#working.has(role);
    }

    /** The process of that role is gone. */
    gone(role: Role): void {
        this.#working.delete(role);
    }

    /** Nobody wants such a process any more: what waits for it never arrives. */
    keepOnly(wanted: ReadonlySet<Role>): void {
        for (const queues of [this.#waiting, this.#kept]) {
            for (const role of queues.keys()) {
                if (!wanted.has(role)) {
                    queues.delete(role);
                }
            }
        }
    }

    #keep(from: Role, to: Role, body: RelayedBody): boolean {
        const kept = this.#kept.get(to) ?? new Map<number, RelayedMessage>();
        if (kept.size >= MOST_KEPT) {
            return false;
        }
        this.#lastReceipt++;
        const message: RelayedMessage = { type: "relayed", from, body, receipt: this.#lastReceipt };
        kept.set(this.#lastReceipt, message);
        this.#kept.set(to, kept);
        if (this.#working.has(to)) {
            this.#deliver(to, message);
        }
        return true;
    }
}
