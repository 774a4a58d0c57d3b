import type { VirtualAddress } from "../address/virtual-address.ts";
import type { Duration } from "../base/instant.ts";
import type { Family, IpAddress } from "../base/ip.ts";
import type { Route } from "../base/route.ts";
import type { Rule } from "../base/rule.ts";
import type { VirtualLink } from "../link/virtual-link.ts";
import type { TrackerUse } from "../track/tracker-use.ts";

/**
 * What one virtual router is to be: the completed meaning of a `vrrp_instance`, with every default already filled in.
 *
 * Plain data that survives JSON but for its byte arrays; two routers with equal settings behave equally.
 */
export interface VirtualRouterSettings {
    /** The `vrrp_instance` name; unique. */
    readonly name: string;
    readonly vrid: number;
    readonly version: 2 | 3;
    readonly family: Family;
    /** The interface on which advertisements travel; `NO_INTERFACE` for a unicast router whose packets go wherever routing sends them. */
    readonly interfaceName: string;
    /** Configured priority, 1..255; 255 makes an address owner. */
    readonly priority: number;
    /** `state MASTER` was written. Effective only for an owner; kept for messages and for sync groups. */
    readonly wantsMaster: boolean;
    readonly advertisementInterval: Duration;
    /** How many intervals the Active Router may miss; RFC 9568 says 3. */
    readonly downTimerAdverts: number;
    readonly preempt: boolean;
    readonly preemptDelay: Duration;
    /** `accept`, for version 3's Accept_Mode; on by default as in Keepalived. */
    readonly accept: boolean;
    /** Silence after the start of the daemon (`vrrp_startup_delay`). */
    readonly startupDelay: Duration;
    readonly authentication: Authentication;
    readonly checksum: ChecksumForm;
    readonly destination: Destination;
    /** Source of advertisements where configured (`mcast_src_ip`, `unicast_src_ip`); else the interface's own address is used. */
    readonly sourceAddress?: IpAddress;
    /** What it adds to the receive buffer of the socket that it shares with others: bytes, and so many times the MTU. Absent adds nothing. */
    readonly receiveBuffer?: { readonly bytes: number; readonly mtus: number };
    /** Go to FAULT when the configured source address vanishes (`track_src_ip`). */
    readonly tracksSourceAddress: boolean;
    /** Follow the state of the own interface; `dont_track_primary` clears it. */
    readonly tracksInterface: boolean;
    /** Listed in advertisements, in this order. */
    readonly addresses: readonly VirtualAddress[];
    /** Owned with the rest but never listed. */
    readonly excludedAddresses: readonly VirtualAddress[];
    readonly announcements: AnnouncementSettings;
    /** `lower_prio_no_advert`: an Active Router does not answer an advertisement of lower priority. */
    readonly lowerPriorityNoAdvert: boolean;
    /** `higher_prio_send_advert`: one last advertisement before yielding to a higher priority. */
    readonly higherPrioritySendAdvert: boolean;
    /** An address owner drops all advertisements. */
    readonly ownerIgnoresAdverts: boolean;
    /** `skip_check_adv_addr`: compare the address list only for the first advertisement of an Active Router. */
    readonly checksAddressesOnce: boolean;
    /** `check_unicast_src`: only known peers, within their TTL range. */
    readonly checksUnicastSource: boolean;
    /** `unicast_fault_no_peer`. */
    readonly faultWithoutPeers: boolean;
    /** `timer_expired_backup`: the highest priority that others may have; absent means off. */
    readonly timerExpiredBackup?: number;
    readonly strict: boolean;
    /** What it tracks besides its own interface, each thing once; absent means nothing. */
    readonly trackers?: readonly TrackerUse[];
    /** `vrrp_delay_after_boot`: silence until the machine has been up for so long; absent means none. */
    readonly delayAfterBoot?: Duration;
    /** `promote_secondaries`: the kernel keeps the other addresses of a subnet when the first one goes. */
    readonly promotesSecondaries?: true;
    /** `lvs_sync_daemon`, on the router that it follows. */
    readonly syncDaemon?: SyncDaemonSettings;
    /** `virtual_routes` and `virtual_rules`: absent means none. */
    readonly routes?: readonly Route[];
    readonly rules?: readonly Rule[];
    /** `use_vmac` and `use_ipvlan`: the link made for it upon its interface, and whether its advertisements travel there or on the interface itself. */
    readonly virtualLink?: { readonly name: string; readonly carriesAdvertisements: boolean };
    /** All links that it needs to be made: that one, and those for addresses on other interfaces. */
    readonly virtualLinks?: readonly VirtualLink[];
}

/** The daemon in the kernel that copies IPVS connections from master to backup. What is absent is left to the kernel. */
export interface SyncDaemonSettings {
    readonly interfaceName: string;
    /** Tells pairs of directors on one network apart, 0..255. */
    readonly syncId: number;
    /** Longest packet, in bytes. */
    readonly maxLength?: number;
    readonly group?: IpAddress;
    readonly port?: number;
    readonly ttl?: number;
}

/** A `vrrp_sync_group`: virtual routers that change state together. */
export interface SyncGroupSettings {
    /** Unique among groups. */
    readonly name: string;
    /** Names of virtual routers, in the order of the configuration; each in one group at most. */
    readonly members: readonly string[];
}

/** How advertisements prove where they come from. A password has eight bytes. */
export type Authentication =
    | { readonly type: "none" }
    | { readonly type: "pass"; readonly password: Uint8Array }
    /** IPsec AH with HMAC-MD5-96; version 2 over IPv4 only. */
    | { readonly type: "header"; readonly password: Uint8Array }
    | HmacAuthentication;

/** `auth_hmac`: a trailer with HMAC-SHA256 and a sequence number. */
export interface HmacAuthentication {
    readonly type: "hmac";
    /** Any of them may sign what is heard. */
    readonly keys: readonly HmacKey[];
    /** The ID of the key that signs what is sent. */
    readonly activeKey: number;
    /** `anti_replay time`: what was signed earlier or later than `window` from now is refused. Otherwise sequence numbers only have to grow. */
    readonly checksTime: boolean;
    /** Whole seconds. */
    readonly window: Duration;
    /** `enforce` wants a trailer, `permissive` takes what has none, `receive-only` takes it and sends none. */
    readonly mode: "enforce" | "permissive" | "receive-only";
}

/** One `key`: its bytes, or the file that has them, which the process reads whenever it is configured. */
export interface HmacKey {
    readonly id: number;
    readonly material: { readonly type: "bytes"; readonly bytes: Uint8Array } | { readonly type: "file"; readonly path: string };
}

/**
 * Which checksum advertisements carry: the standard one; version 3's over IPv4 without pseudo header (`v3_checksum_as_v2`, which also
 * turns verification off, as in Keepalived); or, towards old unicast peers, with the multicast group in the pseudo header. `auto` learns the
 * last from what peers send.
 */
export type ChecksumForm = "standard" | "without-pseudo-header" | "old-unicast" | "auto";

/** To whom advertisements go. A unicast router's list of peers is never empty where advertisements are to be sent. */
export type Destination =
    | { readonly type: "multicast"; readonly group: IpAddress }
    | { readonly type: "unicast"; readonly ttl: number; readonly peers: readonly UnicastPeer[] };

/** One `unicast_peer`. */
export interface UnicastPeer {
    readonly address: IpAddress;
    readonly minTtl: number;
    readonly maxTtl: number;
}

/** Gratuitous ARP and unsolicited Neighbour Advertisements: how many, when, how often. */
export interface AnnouncementSettings {
    readonly masterRepeat: number;
    /** From the first burst to the second; zero means no second. */
    readonly masterDelay: Duration;
    /** Zero means never. */
    readonly refresh: Duration;
    readonly refreshRepeat: number;
    readonly lowerPriorityRepeat: number;
    readonly lowerPriorityDelay: Duration;
    /** `garp_extra_if`: absent means never. */
    readonly extra?: ExtraAnnouncements;
}

/**
 * One address of each interface that holds addresses and carries no advertisements is announced from time to time: switches forget where a MAC
 * address lives that sends nothing.
 */
export interface ExtraAnnouncements {
    readonly interval: Duration;
    /** On all such interfaces, and not on those alone that have a virtual MAC. */
    readonly isForAll: boolean;
}
