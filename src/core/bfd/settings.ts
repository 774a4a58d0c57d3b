import type { Duration } from "../base/instant.ts";
import type { IpAddress } from "../base/ip.ts";
import type { BfdAuthenticationType } from "../packet/bfd-authentication.ts";

/** One BFD session as the configuration wants it: plain data. */
export interface BfdSessionSettings {
    readonly name: string;
    readonly neighbor: IpAddress;
    /** Absent: the kernel's choice. */
    readonly source?: IpAddress;
    /** The one interface on which the neighbour is; needed for link-local addresses. */
    readonly interfaceName?: string;
    /** RFC 5883 instead of RFC 5881: the other port. */
    readonly isMultihop: boolean;
    /** Speaks only to a neighbour that has spoken. */
    readonly isPassive: boolean;
    /** Held down on purpose: the neighbour is told so (RFC 5880 §6.8.16). */
    readonly isAdminDown: boolean;
    /** Desired Min TX Interval of a session that is up. */
    readonly minTx: Duration;
    readonly minRx: Duration;
    /** Desired Min TX Interval of a session that is not up: a second or more (RFC 5880 §6.8.3). */
    readonly idleTx: Duration;
    readonly multiplier: number;
    /** TTL or hop limit of our packets. */
    readonly ttl: number;
    /** The least TTL of a packet that is taken; 0 takes any. */
    readonly lowestTtl: number;
    readonly authentication?: BfdAuthentication;
    /** Who wants to know of ups and downs. */
    readonly consumers: readonly BfdConsumer[];
}

/** What both ends know: RFC 5880 §6.7. */
export interface BfdAuthentication {
    readonly type: BfdAuthenticationType;
    readonly keyId: number;
    /** Up to 16 bytes; up to 20 with SHA1. */
    readonly key: Uint8Array;
}

/** A process that follows sessions. */
export type BfdConsumer = "vrrp" | "checkers";

/** What makes two settings the same session: who speaks with whom, and where. A new name alone is no new session. */
export function sessionIdentity({ neighbor, source, interfaceName, isMultihop }: BfdSessionSettings): string {
    const places = [neighbor.bytes, source?.bytes ?? "", interfaceName ?? "", isMultihop];
    return places.map(String).join(" ");
}
