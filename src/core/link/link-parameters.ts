import type { VirtualLink } from "./virtual-link.ts";

/** One parameter of the kernel's networking: its place below /proc/sys/net, and its value. */
export interface KernelParameter {
    /** `ipv4/conf/eth0/arp_ignore`. */
    readonly path: string;
    readonly value: number;
}

/** One that was changed and is to be put back: what it was, and what we made of it. */
export interface ChangedParameter extends KernelParameter {
    readonly before: number;
}

/** IN6_ADDR_GEN_MODE_NONE. */
const NO_GENERATED_ADDRESS = 1;

/**
 * What a virtual link needs before it is set up. It answers ARP for its own addresses only and takes packets from addresses of this very machine; it makes
 * no IPv6 address of its own (RFC 9568 §7.3), listens to no router advertisement, and knows no IPv6 where there is none to carry. An ipvlan is
 * an ordinary interface.
 */
export function parametersOf({ name, form, hasIpv4, hasIpv6 }: VirtualLink): readonly KernelParameter[] {
    if (form.kind === "ipvlan") {
        return [];
    }
    const ipv4 = parameters("ipv4", name, { arp_ignore: 1, accept_local: 1, rp_filter: 0, promote_secondaries: 1 });
    const ipv6 = parameters("ipv6", name, { addr_gen_mode: NO_GENERATED_ADDRESS, accept_ra: 0, autoconf: 0 });
    const withoutIpv6 = parameters("ipv6", name, { disable_ipv6: 1 });
    return [...(hasIpv4 ? ipv4 : parameters("ipv4", name, { arp_ignore: 1 })), ...(hasIpv6 ? ipv6 : withoutIpv6)];
}

/** `disable_local_igmp`: no membership reports for groups of the local network, which switches forward in any case (RFC 4541). */
export const NO_LOCAL_REPORTS: KernelParameter = { path: "ipv4/igmp_link_local_mcast_reports", value: 0 };

/**
 * What the interface below needs: it must not answer ARP for addresses of the virtual links above it, nor name them in questions of its own, from which
 * everybody would learn its MAC address for them (RFC 9568 §8.1.2).
 */
export function baseParameters(baseName: string): readonly KernelParameter[] {
    return parameters("ipv4", baseName, { arp_ignore: 1, arp_filter: 1, arp_announce: 2 });
}

/**
 * `rp_filter` of `all` holds for every interface, also for a virtual link, to which packets come back whose way leads over its base. So each other
 * interface gets it by itself, and then it is switched off for all.
 *
 * @param present by interface, `all` and `default` among them
 */
export function reversePathParameters(present: ReadonlyMap<string, number>): readonly KernelParameter[] {
    const all = present.get("all") ?? 0;
    if (all === 0) {
        return [];
    }
    const raised = [...present].filter(([name, value]) => name !== "all" && value < all);
    return [...raised, ["all", 0] as const].flatMap(([name]) => parameters("ipv4", name, { rp_filter: name === "all" ? 0 : all }));
}

function parameters(family: "ipv4" | "ipv6", interfaceName: string, values: Readonly<Record<string, number>>): KernelParameter[] {
    return Object.entries(values).map(([name, value]) => ({ path: `${family}/conf/${interfaceName}/${name}`, value }));
}
