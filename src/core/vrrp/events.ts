import type { VirtualAddress } from "../address/virtual-address.ts";
import type { Duration, Instant } from "../base/instant.ts";
import type { Family, IpAddress } from "../base/ip.ts";
import type { Mac } from "../base/mac.ts";
import type { TrackerNews } from "../track/tracker-status.ts";
import type { SyncGroupSettings, VirtualRouterSettings } from "./settings.ts";
import type { VirtualRouterSnapshot } from "./snapshot.ts";

/** What the VRRP speaker of one machine can be told. */
export type SpeakerEvent =
    /** The wanted set of virtual routers: at first, and again at each reload. Unchanged ones are not touched. */
    | {
          readonly type: "configure";
          readonly routers: readonly VirtualRouterSettings[];
          readonly groups?: readonly SyncGroupSettings[];
      }
    /** A predecessor's last state, taken up instead of starting anew; comes after `configure` and before `start`. */
    | { readonly type: "restore"; readonly snapshots: readonly VirtualRouterSnapshot[] }
    /** All that could be known of links and addresses has been told: begin. `bootedAt` is when the machine was switched on. */
    | { readonly type: "start"; readonly bootedAt?: Instant }
    /** A deadline may have been reached. */
    | { readonly type: "wake" }
    | { readonly type: "packet"; readonly packet: ReceivedPacket }
    /** A link appeared or changed. */
    | { readonly type: "link"; readonly link: Link }
    | { readonly type: "link-gone"; readonly interfaceIndex: number }
    | { readonly type: "address-added"; readonly interfaceIndex: number; readonly address: IpAddress; readonly prefixLength: number }
    /** `isOurs` when the removal was our own order. */
    | {
          readonly type: "address-removed";
          readonly interfaceIndex: number;
          readonly address: IpAddress;
          readonly prefixLength: number;
          readonly isOurs: boolean;
      }
    /** These stand in the kernel now: one slice of a `claim-addresses`; `isLast` ends that order. */
    | {
          readonly type: "addresses-claimed";
          readonly router: string;
          readonly addresses: readonly VirtualAddress[];
          readonly isLast: boolean;
      }
    /** The kernel refused one address of a `claim-addresses`, with this errno name. */
    | { readonly type: "claim-failed"; readonly router: string; readonly address: VirtualAddress; readonly code: string }
    /** Somebody else removed a route or rule that this router had claimed and that is tracked; `what` is what people call it. */
    | { readonly type: "route-lost"; readonly router: string; readonly what: string }
    /** A tracked script, file, process or BFD session changed. */
    | ({ readonly type: "tracker" } & TrackerNews)
    /** The time of day is the monotonic clock's plus this; told at first, and when somebody has set the clock. */
    | { readonly type: "time-of-day"; readonly offset: Duration }
    /** The loop was late by this much: it did not run between `since` and now. */
    | { readonly type: "stalled"; readonly since: Instant; readonly lateness: Duration }
    /** Leave in order: priority 0 where active, addresses released unless `keepsAddresses`. */
    | { readonly type: "stop"; readonly keepsAddresses: boolean };

/** One advertisement as it came in: the payload behind the IP header, and what that header said. */
export interface ReceivedPacket {
    readonly interfaceIndex: number;
    readonly family: Family;
    /** 112 for VRRP, 51 where an IPsec authentication header comes first. */
    readonly protocol: number;
    readonly source: IpAddress;
    readonly destination: IpAddress;
    /** TTL or hop limit. */
    readonly ttl: number;
    /** The IPv4 header with its options, as it came; always there with protocol 51, whose digest covers it. Valid as long as the payload. */
    readonly header?: Uint8Array;
    /** When the kernel had it: earlier than now when the loop was late. Absent where that is not known. */
    readonly arrivedAt?: Instant;
    /**
     * Only valid during the call where the buffer is used again; whoever hands on the same array, source and destination once more says that nothing in
     * them has changed.
     */
    readonly payload: Uint8Array;
}

/** An interface, as far as VRRP cares. */
export interface Link {
    readonly index: number;
    readonly name: string;
    /** IFF_UP. */
    readonly isUp: boolean;
    /** IFF_RUNNING: it has a carrier. */
    readonly isRunning: boolean;
    readonly isMulticast: boolean;
    readonly isLoopback: boolean;
    /** IFF_NOARP: gratuitous ARP makes no sense here. */
    readonly isNoArp: boolean;
    readonly mtu: number;
    readonly mac?: Mac;
    /** `macvlan`, `vrf`; absent where it is hardware. */
    readonly kind?: string;
    /** The number of the link that a macvlan or the like is made upon. */
    readonly baseIndex?: number;
    /** Of a macvlan or an ipvlan: how it treats its siblings. */
    readonly mode?: number;
    /** The number of the bridge, bond or VRF that it belongs to. */
    readonly masterIndex?: number;
    /** Its interface group; absent for 0. */
    readonly group?: number;
}
