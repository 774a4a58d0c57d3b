import { compareIp, type IpAddress } from "../base/ip.ts";
import type { VirtualRouterSettings } from "./settings.ts";

/** One side of an election: what a router advertises, and from where. */
export interface Candidate {
    readonly priority: number;
    readonly address: IpAddress;
}

/** How a rival stands to us. */
export type Standing = "higher" | "lower" | "same-address";

/** Who of two Active Routers stays: the higher priority, and among equals the higher address, unsigned in network order (RFC 9568 §6.4.3). */
export function standingOf(rival: Candidate, own: Candidate): Standing {
    const difference = rival.priority - own.priority || compareIp(rival.address, own.address);
    if (difference === 0) {
        return "same-address";
    }
    return difference > 0 ? "higher" : "lower";
}

/** Whether a Backup Router is to take over from an Active Router that it hears: only from a lower priority (RFC 9568 §6.4.2). */
export function mayPreempt(rivalPriority: number, ownPriority: number, settings: VirtualRouterSettings): boolean {
    return settings.preempt && rivalPriority < ownPriority;
}
