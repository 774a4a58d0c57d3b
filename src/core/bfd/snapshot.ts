import type { Duration, Instant } from "../base/instant.ts";
import type { BfdState } from "../packet/bfd.ts";
import type { BfdRejectionReason } from "./reports.ts";

/** All that one session knows at one moment: what status and dumps are made of, and what a restarted process takes up again. */
export interface BfdSessionSnapshot {
    readonly name: string;
    /** See `sessionIdentity`. */
    readonly identity: string;
    readonly state: BfdState;
    readonly localDiscriminator: number;
    readonly localDiagnostic: number;
    readonly sourcePort: number;
    /** Whether consumers were told up or down last. */
    readonly toldUp: boolean;
    /** What our packets say of our rates. */
    readonly own: Rates;
    readonly remote: RemoteEnd;
    readonly transmitInterval: Duration;
    readonly detectionTime: Duration;
    readonly isPolling: boolean;
    /** When the last good packet arrived. */
    readonly heardAt?: Instant;
    readonly changedAt?: Instant;
    /** Sequence number of our last authenticated packet. */
    readonly sentSequence: number;
    readonly counters: BfdCounters;
}

/** Two intervals that one end names: how fast it wants to send, and how fast it can take. */
export interface Rates {
    readonly minTx: Duration;
    readonly minRx: Duration;
}

/** What the neighbour said last: the state variables bfd.Remote… of RFC 5880 §6.8.1. */
export interface RemoteEnd {
    readonly state: BfdState;
    readonly diagnostic: number;
    /** Zero when the neighbour is not known. */
    readonly discriminator: number;
    readonly minTx: Duration;
    readonly minRx: Duration;
    readonly detectMult: number;
    readonly isDemanding: boolean;
}

/** Counters since start; never reset by a state change. */
export interface BfdCounters {
    readonly received: number;
    readonly sent: number;
    readonly wentUp: number;
    readonly wentDown: number;
    readonly rejections: Readonly<Partial<Record<BfdRejectionReason, number>>>;
}
