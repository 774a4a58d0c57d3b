import type { Family } from "./ip.ts";
import type { Prefix } from "./route.ts";

/** One routing rule with everything that the kernel is to be told of it. Plain data; numbers are the kernel's (linux/fib_rules.h). */
export interface Rule {
    readonly family: Family;
    /** Lower comes first. */
    readonly priority: number;
    /** FR_ACT_*. */
    readonly action: number;
    /** To search; 0 where the action needs none. */
    readonly table: number;
    /** Matches what the rest does not match. */
    readonly isInverted: boolean;
    readonly from?: Prefix;
    readonly to?: Prefix;
    readonly tos: number;
    readonly mark?: number;
    /** Absent with a mark means all bits. */
    readonly markMask?: number;
    readonly realms?: number;
    readonly suppressedPrefixLength?: number;
    readonly suppressedGroup?: number;
    readonly inputInterface?: string;
    readonly outputInterface?: string;
    readonly tunnelId?: number;
    readonly users?: Range;
    /** Searches the table of the interface's VRF. */
    readonly followsVrf: boolean;
    /** RTPROT_*: who made it. */
    readonly protocol: number;
    /** Of the IP header. */
    readonly ipProtocol?: number;
    readonly sourcePorts?: Range;
    readonly destinationPorts?: Range;
    /** The priority of the rule to go on with. */
    readonly target?: number;
    /** Whether its removal by somebody else's hand is of any concern (`no_track` clears it). */
    readonly isTracked: boolean;
}

/** Numbers from the first to the last one, both included. */
export interface Range {
    readonly first: number;
    readonly last: number;
}

/** What rules do (FR_ACT_*). */
export const RULE_ACTIONS = { table: 1, goto: 2, nop: 3, blackhole: 6, unreachable: 7, prohibit: 8 } as const;
