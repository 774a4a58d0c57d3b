import type { VirtualLink } from "./virtual-link.ts";

/** All links that virtual routers need, each once: those who share one may want different families on it. */
export function gatherLinks(routers: Iterable<{ readonly virtualLinks?: readonly VirtualLink[] }>): readonly VirtualLink[] {
    const links = new Map<string, VirtualLink>();
    for (const { virtualLinks = [] } of routers) {
        for (const link of virtualLinks) {
            const known = links.get(link.name);
            links.set(link.name, known === undefined ? link : both(known, link));
        }
    }
    return [...links.values()];
}

function both(one: VirtualLink, other: VirtualLink): VirtualLink {
    return { ...other, ...one, hasIpv4: one.hasIpv4 || other.hasIpv4, hasIpv6: one.hasIpv6 || other.hasIpv6 };
}
