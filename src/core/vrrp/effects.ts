import type { VirtualAddress } from "../address/virtual-address.ts";
import type { Family, IpAddress } from "../base/ip.ts";
import type { RoutingSet } from "../route/routing-set.ts";
import type { VrrpReport } from "./reports.ts";
import type { SyncDaemonSettings } from "./settings.ts";

/** What the VRRP speaker wants done, in order. */
export type SpeakerEffect =
    /** Leaves with the batch of this turn; never waits behind bulk work. */
    | { readonly type: "send-advertisement"; readonly router: string; readonly packet: OutgoingPacket }
    /**
     * Put these addresses up, the first one first, in slices. Each slice that stands is told back as `addresses-claimed`.
     * An address that stands already is adopted, not removed and added again.
     */
    | { readonly type: "claim-addresses"; readonly router: string; readonly addresses: readonly VirtualAddress[] }
    /** Take these down; one that is not there is done already. Takes the place of what is left of an earlier claim of the same router. */
    | { readonly type: "release-addresses"; readonly router: string; readonly addresses: readonly VirtualAddress[] }
    /** Gratuitous ARP (IPv4) and unsolicited NA (IPv6): `rounds` times over all the addresses, round by round, as bulk work. */
    | { readonly type: "announce"; readonly router: string; readonly addresses: readonly VirtualAddress[]; readonly rounds: number }
    /** Forget announcements of this router that have not left yet. */
    | { readonly type: "cancel-announcements"; readonly router: string }
    /** Add these routes and rules, in slices; what stands already stays as it is. They come when the addresses stand. */
    | ({ readonly type: "claim-routes"; readonly router: string } & RoutingSet)
    /** Remove these; what is not there is done already. */
    | ({ readonly type: "release-routes"; readonly router: string } & RoutingSet)
    /** Drop packets to and from these addresses, and none else of this router's: what is put up after this order is never open. */
    | { readonly type: "claim-firewall"; readonly router: string; readonly addresses: readonly VirtualAddress[] }
    /** Drop none of this router's packets any more. */
    | { readonly type: "release-firewall"; readonly router: string }
    /** The daemon that copies IPVS connections follows its virtual router (`lvs_sync_daemon`): this one in this state, or none. */
    | { readonly type: "sync-daemon"; readonly router: string; readonly state: "master" | "backup"; readonly daemon: SyncDaemonSettings }
    | { readonly type: "sync-daemon"; readonly router: string; readonly state: "off" }
    /** These virtual routers, by their former names, are called something else from now on: what was ordered in a former name goes on in the new one. */
    | { readonly type: "renamed"; readonly names: readonly (readonly [former: string, name: string])[] }
    /** All virtual routers have taken on what one `configure` asked for. `changed`: who is new or has other settings; `gone`: names that nobody has any more. */
    | { readonly type: "configured"; readonly changed: readonly string[]; readonly gone: readonly string[] }
    /** Something that people and programs may want to know. */
    | { readonly type: "report"; readonly report: VrrpReport };

/** One advertisement to one destination, complete but for the IP header. */
export interface OutgoingPacket {
    readonly interfaceIndex: number;
    readonly family: Family;
    readonly protocol: number;
    readonly source: IpAddress;
    readonly destination: IpAddress;
    readonly ttl: number;
    /** The IPv4 header's Identification where the payload vouches for it (protocol 51); otherwise the kernel chooses. */
    readonly identification?: number;
    /** Never changed after it was handed over; the same array may be sent many times. */
    readonly payload: Uint8Array;
}
