import type { RelayedMessage, Role, SnapshotOf } from "./messages.ts";

/** A child that goes on while its parent becomes another program. */
export interface HandedChild {
    readonly role: Role;
    readonly pid: number;
    /** The parent's end of the channel. */
    readonly channel: number;
    /** The beginning of a message of which the rest is still to come. */
    readonly unread: Uint8Array;
}

/** What waits between children. */
export interface HandedRelay {
    readonly lastReceipt: number;
    readonly kept: readonly { readonly to: Role; readonly messages: readonly RelayedMessage[] }[];
    readonly waiting: readonly { readonly to: Role; readonly messages: readonly RelayedMessage[] }[];
    readonly working: readonly Role[];
}

/** All children, and what the parent knows of them. */
export interface HandedHousehold {
    readonly children: readonly HandedChild[];
    /** Descriptors of the line between the bfd and the vrrp process. */
    readonly directEnds: readonly { readonly role: Role; readonly fd: number }[];
    readonly kept: { readonly [R in Role]: readonly SnapshotOf<R>[] };
    readonly relay: HandedRelay;
}

/** A pid file, with its lock. */
export interface HandedPidFile {
    readonly path: string;
    readonly fd: number;
}

/** The same of a child. */
export interface HandedChildPidFile {
    readonly role: Role;
    readonly file: HandedPidFile;
}
