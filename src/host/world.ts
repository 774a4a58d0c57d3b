import type { VirtualAddress } from "../core/address/virtual-address.ts";
import type { Duration, Instant } from "../core/base/instant.ts";
import type { OutgoingPacket } from "../core/vrrp/effects.ts";
import type { Link, ReceivedPacket } from "../core/vrrp/events.ts";

/**
 * The ports through which machines meet a world: Linux (`io`) or a simulated one (`sim`). Interfaces only.
 */

/** The one clock of a process. */
export interface Clock {
    now(): Instant;
}

/** One timer with microsecond resolution, never early. */
export interface WakeTimer {
    /** Replaces the earlier deadline; undefined disarms. */
    arm(at: Instant | undefined): void;
}

/** Lets the world deliver what has arrived meanwhile, then goes on: `setImmediate`, or the next step of a simulation. */
export interface Scheduler {
    soon(run: () => void): void;
}

/** Something that input arrives from. */
export interface Source {
    /** Hands on what has arrived, a bounded batch; true when more may be waiting. */
    drain(): boolean;
}

/** Something that gathers the output of one turn of the loop. */
export interface Outlet {
    /** Lets go what was gathered, in as few system calls as possible. */
    flush(): void;
}

/** Long work, done in steps so short that no advertisement waits for them. */
export interface BulkWork {
    /**
     * Does one step, of a few tenths of a millisecond as a rule and of `span` at most: until the next deadline, or as long as packets that arrive
     * may wait; true when more can be done at once, an instant when more can be done from then on, false when it is
     * done or waits for something after which it will be added again.
     */
    step(span: Duration): boolean | Instant;
}

/** Where long work is done: in slices between which the loop turns. */
export interface BulkLane {
    /** Takes it up, or takes it up again; work that is at it already stays where it is. */
    add(work: BulkWork): void;
}

/** Where advertisements come in and go out. */
export interface PacketPort extends Source, Outlet {
    /** Queues it; `flush` sends the queue of this turn. */
    send(packet: OutgoingPacket): void;
}

/** What a packet port tells. */
export type PacketListener = (packet: ReceivedPacket) => void;

/** The kernel's links and addresses, dumped at first and followed from then on. */
export interface LinkPort extends Source {
    /** What is known now. */
    readonly links: ReadonlyMap<number, Link>;
}

/** Puts addresses up and takes them down, in slices between which the loop runs. */
export interface AddressPort {
    claim(router: string, addresses: readonly VirtualAddress[]): void;
    release(router: string, addresses: readonly VirtualAddress[]): void;
    /** What was ordered in a former name is told back in the new one. */
    rename(names: ReadonlyMap<string, string>): void;
}

/** Sends gratuitous ARP and unsolicited Neighbour Advertisements as bulk work, in slices between which the loop runs. */
export interface AnnouncementPort {
    announce(router: string, addresses: readonly VirtualAddress[], rounds: number): void;
    cancel(router: string): void;
    /** What was ordered in a former name is cancelled in the new one. */
    rename(names: ReadonlyMap<string, string>): void;
}
