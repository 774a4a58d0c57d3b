import type { Family, IpAddress } from "./ip.ts";

/** All addresses that begin alike. */
export interface Prefix {
    readonly address: IpAddress;
    /** 0..32 or 0..128. */
    readonly prefixLength: number;
}

/**
 * One route that a virtual router (or the static block) owns, with everything that the kernel is to be told of it.
 *
 * Plain data. Numbers are the kernel's (include/uapi/linux/rtnetlink.h): names of tables, protocols and realms have been looked up.
 */
export interface Route {
    readonly family: Family;
    /** RTN_*: 1 unicast, 6 blackhole, … */
    readonly type: number;
    readonly destination: Prefix;
    /** IPv6 only: for packets from here. */
    readonly source?: Prefix;
    readonly preferredSource?: IpAddress;
    readonly tos: number;
    readonly table: number;
    /** The VRF whose table it is in, in place of `table`. */
    readonly vrf?: string;
    /** RTPROT_*: who made it. */
    readonly protocol: number;
    /** RT_SCOPE_*. */
    readonly scope: number;
    /** Lower wins; absent leaves the kernel's: 0, and 1024 for IPv6. */
    readonly metric?: number;
    readonly hop: NextHop;
    /** In place of the one hop. */
    readonly hops?: readonly WeightedHop[];
    readonly metrics?: RouteMetrics;
    /** Source realm in the upper half, destination realm in the lower one. */
    readonly realms?: number;
    /** IPv6 only: whole seconds until it goes by itself. */
    readonly expires?: number;
    /** ICMPV6_ROUTER_PREF_*. */
    readonly routerPreference?: number;
    /** Whether MPLS copies the TTL. */
    readonly propagatesTtl?: boolean;
    /** Before those that are alike, after them, or only if there is none. */
    readonly place: "before" | "after" | "alone";
    /** Whether its removal by somebody else's hand is of any concern (`no_track` clears it). */
    readonly isTracked: boolean;
}

/** Where packets go next. */
export interface NextHop {
    /** Of either family: an IPv4 route may go through an IPv6 gateway. */
    readonly gateway?: IpAddress;
    readonly interfaceName?: string;
    /** The gateway is taken to be on the link. */
    readonly isOnLink: boolean;
    readonly encapsulation?: Encapsulation;
}

/** One of several gateways. */
export interface WeightedHop extends NextHop {
    /** Its share, 1..256. */
    readonly weight: number;
    readonly realms?: number;
}

/** The header that packets get around them. */
export type Encapsulation =
    | {
          readonly type: "ip" | "ip6";
          /** Of the tunnel: 8 bytes. */
          readonly id?: Uint8Array;
          readonly destination?: IpAddress;
          readonly source?: IpAddress;
          readonly tos?: number;
          readonly ttl?: number;
          /** TUNNEL_*, 16 bits. */
          readonly flags?: number;
      }
    /** From the outermost label to the innermost, 20 bits each. */
    | { readonly type: "mpls"; readonly labels: readonly number[] }
    | { readonly type: "ila" /** 8 bytes. */; readonly locator: Uint8Array };

/** What TCP is told of a route (RTAX_*). Times are in the kernel's own units. */
export interface RouteMetrics {
    /** A bit for each metric that the kernel must not change: 1 << RTAX_*. */
    readonly locked: number;
    /** By RTAX_*. */
    readonly values: readonly (readonly [metric: number, value: number])[];
    readonly congestionControl?: string;
}

/** Numbers of the metrics (RTAX_*). */
export const METRIC = {
    lock: 1,
    mtu: 2,
    window: 3,
    rtt: 4,
    rttvar: 5,
    ssthresh: 6,
    cwnd: 7,
    advmss: 8,
    reordering: 9,
    hoplimit: 10,
    initcwnd: 11,
    features: 12,
    rto_min: 13,
    initrwnd: 14,
    quickack: 15,
    congctl: 16,
    fastopen_no_cookie: 17,
} as const;

/** Types of routes (RTN_*), by their words. */
export const ROUTE_TYPES = {
    unicast: 1,
    local: 2,
    broadcast: 3,
    anycast: 4,
    multicast: 5,
    blackhole: 6,
    unreachable: 7,
    prohibit: 8,
    throw: 9,
    nat: 10,
    xresolve: 11,
} as const;

/** RTPROT_KEEPALIVED: by this number Keepalived's users know whose routes and rules they see. */
export const PROTOCOL_OF_OURS = 18;
