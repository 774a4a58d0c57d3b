import { type Instant, instant } from "../../core/base/instant.ts";
import type { BfdPacing } from "../../core/bfd/effects.ts";
import type { NativeAddon } from "../native/addon.ts";

/** A microsecond in nanoseconds. */
const NANOSECONDS = 1_000;

/** The addon answers that there is none. */
const NO_SLOT = -1;

/** Where a session's packets leave from. */
interface Outlet {
    readonly fd: number;
    readonly destination: Uint8Array;
}

/** A session's packet of which the kernel has refused some since it was last asked for. */
export interface PacingFailure {
    readonly session: number;
    readonly errno: number;
}

/**
 * Has the addon's thread repeat sessions' packets: those for which there is both an order and a socket. A session has a slot of that thread from the first
 * packet that is to be repeated until its socket is closed.
 */
export class BfdPacer {
    readonly #system: NativeAddon;
    readonly #orders = new Map<number, BfdPacing>();
    readonly #outlets = new Map<number, Outlet>();
    readonly #slots = new Map<number, number>();
    /** How many packets left of each session from sockets that are closed. */
    readonly #former = new Map<number, number>();
    /** How many packets had failed of each slot when that was last told. */
    readonly #told = new Map<number, number>();
    readonly #timing = new Float64Array(3);
    readonly #reading = new Float64Array(4);
    #failures = 0;

    constructor(system: NativeAddon) {
        this.#system = system;
    }

    /** Repeats this from now on. @returns `-errno` when the thread or the slot cannot be had; what the thread's packets meet later, `vouch` tells */
    pace(session: number, order: BfdPacing): number {
        this.#orders.set(session, order);
        return this.#begin(session);
    }

    /** Repeats nothing of this session any more. */
    unpace(session: number): void {
        this.#orders.delete(session);
        this.#system.pacerRest(this.#slots.get(session) ?? NO_SLOT);
    }

    /** The session's packets leave from here. @returns `-errno` when what is to be repeated cannot be */
    attach(session: number, outlet: Outlet): number {
        this.#outlets.set(session, outlet);
        return this.#begin(session);
    }

    /** The session's socket is about to be closed. What is to be repeated goes on from its next one. */
    detach(session: number): void {
        this.#outlets.delete(session);
        const slot = this.#slots.get(session);
        if (slot === undefined) {
            return;
        }
        this.#system.pacerRest(slot);
        this.#former.set(session, this.sentBy(session));
        const [, , , last = 0] = this.#reading;
        const order = this.#orders.get(session);
        if (order !== undefined) {
            this.#orders.set(session, { ...order, since: instant(Math.max(order.since, last / NANOSECONDS)) });
        }
        this.#system.pacerRemove(slot);
        this.#slots.delete(session);
        this.#told.delete(session);
    }

    /** The session has ended. */
    forget(session: number): void {
        this.detach(session);
        this.#orders.delete(session);
        this.#former.delete(session);
    }

    /** Lets all go on until then. @returns whose packets the kernel has refused meanwhile */
    vouch(until: Instant): readonly PacingFailure[] {
        const failures = this.#system.pacerRenew(until * NANOSECONDS);
        if (failures === this.#failures) {
            return [];
        }
        this.#failures = failures;
        return [...this.#slots].flatMap(([session, slot]) => this.#failure(session, slot) ?? []);
    }

    /** How many packets of this session were repeated so far. */
    sentBy(session: number): number {
        const slot = this.#slots.get(session);
        const now = slot !== undefined && this.#system.pacerRead(slot, this.#reading) === 0 ? (this.#reading[0] ?? 0) : 0;
        return now + (this.#former.get(session) ?? 0);
    }

    #begin(session: number): number {
        const [order, outlet] = [this.#orders.get(session), this.#outlets.get(session)];
        if (order === undefined || outlet === undefined) {
            return 0;
        }
        const slot = this.#slots.get(session) ?? this.#system.pacerAdd(outlet.fd, outlet.destination);
        if (slot < 0) {
            return slot;
        }
        this.#slots.set(session, slot);
        this.#timing.set([order.since, order.shortest, order.longest].map((time) => time * NANOSECONDS));
        return this.#system.pacerSet(slot, order.payload, this.#timing);
    }

    #failure(session: number, slot: number): PacingFailure | undefined {
        this.#system.pacerRead(slot, this.#reading);
        const [, failed = 0, errno = 0] = this.#reading;
        if (failed === (this.#told.get(session) ?? 0)) {
            return undefined;
        }
        this.#told.set(session, failed);
        return { session, errno };
    }
}
