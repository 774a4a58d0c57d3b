import type { Duration, Instant } from "../base/instant.ts";
import type { IpAddress } from "../base/ip.ts";
import type { ChangedParameter } from "../link/link-parameters.ts";
import type { Sequence } from "../packet/hmac-trailer.ts";
import type { TrackerNews } from "../track/tracker-status.ts";
import type { FaultReason, RejectionReason, TransitionCause, VrrpState } from "./reports.ts";

/**
 * All that one virtual router knows at one moment: what status, JSON, metrics and dumps are made of, and what a restarted process
 * takes up again. Deadlines are instants of the monotonic clock, which all processes of a machine share.
 */
export interface VirtualRouterSnapshot {
    readonly name: string;
    readonly vrid: number;
    readonly family: 4 | 6;
    readonly version: 2 | 3;
    readonly interfaceName: string;
    readonly state: VrrpState;
    readonly faults: readonly FaultReason[];
    readonly basePriority: number;
    readonly effectivePriority: number;
    /** A member of a sync group that would be active if the others could be too. */
    readonly wantsActive?: boolean;
    /** How what it tracks stood last, but for interfaces and for what is not known; absent when there is nothing. */
    readonly trackers?: readonly TrackerNews[];
    /** The Active Router's interval: learned in version 3, our own in version 2. */
    readonly activeAdvertisementInterval: Duration;
    readonly activeAddress?: IpAddress;
    readonly activePriority?: number;
    /** When Active: the next advertisement. */
    readonly advertiseAt?: Instant;
    /** When Backup: Active_Down_Timer. */
    readonly activeDownAt?: Instant;
    readonly preemptAt?: Instant;
    /** For a successor that follows without a break: what is still to be announced of addresses that stand and have been announced. */
    readonly announcements?: PlannedAnnouncements;
    readonly lastTransition?: { readonly at: Instant; readonly cause: TransitionCause };
    readonly counters: VirtualRouterCounters;
    /** What was changed of the kernel's parameters for virtual links, of all routers, and has to be put back at the end; with one router only. */
    readonly changedParameters?: readonly ChangedParameter[];
    /** Absent where nothing is authenticated by sequence numbers, or none was used yet. */
    readonly sequences?: SequenceSnapshot;
}

/** When an Active Router announces its addresses again. */
export interface PlannedAnnouncements {
    /** `garp_master_delay`. */
    readonly secondBurstAt?: Instant;
    /** `garp_master_refresh`. */
    readonly refreshAt?: Instant;
    /** `garp_lower_prio_delay`. */
    readonly lowerPriorityAt?: Instant;
}

/** How far sequence numbers have come. It may be some seconds old when it is taken up. */
export interface SequenceSnapshot {
    /** AH: the last one sent or accepted. */
    readonly header?: number;
    /** `auth_hmac`: the last one sent. */
    readonly sent?: Sequence;
    /** `auth_hmac`: the last one accepted from each sender. */
    readonly heard?: readonly HeardSequence[];
}

/** The last sequence number accepted from one sender. */
export interface HeardSequence {
    readonly source: IpAddress;
    readonly sequence: Sequence;
}

/** Counters since start; never reset by a state change. */
export interface VirtualRouterCounters {
    readonly advertisementsReceived: number;
    readonly advertisementsSent: number;
    readonly becameActive: number;
    readonly releasedActive: number;
    readonly priorityZeroReceived: number;
    readonly priorityZeroSent: number;
    readonly addressListErrors: number;
    /** Advertisements without a trailer that were taken since `auth_hmac` is not enforced. */
    readonly unsignedAccepted: number;
    readonly foreignRemovals: number;
    readonly rejections: Readonly<Partial<Record<RejectionReason, number>>>;
}
