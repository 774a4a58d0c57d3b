import type { VirtualAddress } from "../../address/virtual-address.ts";
import type { Duration } from "../../base/instant.ts";
import type { Family, IpAddress } from "../../base/ip.ts";
import type { Route } from "../../base/route.ts";
import type { Rule } from "../../base/rule.ts";
import type { VirtualLink } from "../../link/virtual-link.ts";
import type { TrackerUse } from "../../track/tracker-use.ts";

/**
 * One `vrrp_instance` with every default filled in and every contradiction settled: what the VRRP machine is to be told.
 *
 * It has the shape of the machine's own settings, field by field, so that it can be handed over as it is; it stands here because the
 * language knows no machine.
 */
export interface CompletedRouter {
    readonly name: string;
    readonly vrid: number;
    readonly version: 2 | 3;
    readonly family: Family;
    /** Empty for a unicast router without interface. */
    readonly interfaceName: string;
    readonly priority: number;
    readonly wantsMaster: boolean;
    readonly advertisementInterval: Duration;
    readonly downTimerAdverts: number;
    readonly preempt: boolean;
    readonly preemptDelay: Duration;
    readonly accept: boolean;
    readonly startupDelay: Duration;
    readonly authentication: CompletedAuthentication;
    readonly checksum: CompletedChecksum;
    readonly destination: CompletedDestination;
    readonly sourceAddress?: IpAddress;
    readonly receiveBuffer?: CompletedReceiveBuffer;
    readonly tracksSourceAddress: boolean;
    readonly tracksInterface: boolean;
    readonly addresses: readonly VirtualAddress[];
    readonly excludedAddresses: readonly VirtualAddress[];
    readonly announcements: CompletedAnnouncements;
    readonly lowerPriorityNoAdvert: boolean;
    readonly higherPrioritySendAdvert: boolean;
    readonly ownerIgnoresAdverts: boolean;
    readonly checksAddressesOnce: boolean;
    readonly checksUnicastSource: boolean;
    readonly faultWithoutPeers: boolean;
    readonly timerExpiredBackup?: number;
    readonly strict: boolean;
    readonly trackers?: readonly TrackerUse[];
    readonly delayAfterBoot?: Duration;
    readonly promotesSecondaries?: true;
    readonly syncDaemon?: CompletedSyncDaemon;
    readonly virtualLink?: { readonly name: string; readonly carriesAdvertisements: boolean };
    readonly virtualLinks?: readonly VirtualLink[];
    readonly routes?: readonly Route[];
    readonly rules?: readonly Rule[];
}

/** What stands as long as the daemon runs. */
export interface CompletedStatics extends CompletedStaticSet {
    /** What is tied to each `track_group`. */
    readonly groups: readonly (CompletedStaticSet & { readonly name: string })[];
}

/** Addresses, routes and rules that are no virtual router's. */
export interface CompletedStaticSet {
    readonly addresses: readonly VirtualAddress[];
    readonly routes: readonly Route[];
    readonly rules: readonly Rule[];
}

/** `lvs_sync_daemon` of the instance that it follows; what is absent is left to the kernel. */
export interface CompletedSyncDaemon {
    readonly interfaceName: string;
    readonly syncId: number;
    readonly maxLength?: number;
    readonly group?: IpAddress;
    readonly port?: number;
    readonly ttl?: number;
}

/** One `vrrp_sync_group`: names of virtual routers that run, each in one group at most. */
export interface CompletedGroup {
    readonly name: string;
    readonly members: readonly string[];
}

/** Nothing, the eight bytes of a password (in clear text, or as the key of AH), or signatures. */
export type CompletedAuthentication =
    | { readonly type: "none" }
    | { readonly type: "pass"; readonly password: Uint8Array }
    | { readonly type: "header"; readonly password: Uint8Array }
    | CompletedHmac;

/** `auth_hmac`. */
export interface CompletedHmac {
    readonly type: "hmac";
    readonly keys: readonly CompletedHmacKey[];
    readonly activeKey: number;
    readonly checksTime: boolean;
    readonly window: Duration;
    readonly mode: "enforce" | "permissive" | "receive-only";
}

/** One key, or where it is to be read. */
export interface CompletedHmacKey {
    readonly id: number;
    readonly material: { readonly type: "bytes"; readonly bytes: Uint8Array } | { readonly type: "file"; readonly path: string };
}

/** What a router adds to the receive buffer that it shares: bytes, and so many times the interface's MTU. */
export interface CompletedReceiveBuffer {
    readonly bytes: number;
    readonly mtus: number;
}

/** Which checksum advertisements carry; `auto` learns the old unicast form from what peers send. */
export type CompletedChecksum = "standard" | "without-pseudo-header" | "old-unicast" | "auto";

/** To whom advertisements go. */
export type CompletedDestination =
    | { readonly type: "multicast"; readonly group: IpAddress }
    | { readonly type: "unicast"; readonly ttl: number; readonly peers: readonly CompletedPeer[] };

/** One `unicast_peer` and the TTLs that its advertisements may arrive with. */
export interface CompletedPeer {
    readonly address: IpAddress;
    readonly minTtl: number;
    readonly maxTtl: number;
}

/** Gratuitous ARP and unsolicited neighbour advertisements: how many, when, how often. */
export interface CompletedAnnouncements {
    readonly masterRepeat: number;
    readonly masterDelay: Duration;
    readonly refresh: Duration;
    readonly refreshRepeat: number;
    readonly lowerPriorityRepeat: number;
    readonly lowerPriorityDelay: Duration;
    readonly extra?: { readonly interval: Duration; readonly isForAll: boolean };
}
