import { ipKey } from "../base/ip.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import type { VirtualRouter } from "./virtual-router.ts";

/** Virtual routers that are the same one for the network: those of one interface, family, VRID and destination. */
type RouterGroups = Map<string, VirtualRouter[]>;

/** The former virtual router of each wanted one, where there is one, and those that nobody wants any more. */
export function pairByIdentity(
    routers: Iterable<VirtualRouter>,
    wanted: readonly VirtualRouterSettings[],
): { readonly kept: readonly (VirtualRouter | undefined)[]; readonly gone: readonly VirtualRouter[] } {
    const former = groupByIdentity(routers);
    const kept = wanted.map((settings) => takeMatching(former, settings));
    return { kept, gone: [...former.values()].flat() };
}

/** Groups virtual routers by what they are for the network. */
function groupByIdentity(routers: Iterable<VirtualRouter>): RouterGroups {
    const groups: RouterGroups = new Map();
    for (const router of routers) {
        const key = identityOf(router.settings);
        const group = groups.get(key);
        if (group === undefined) {
            groups.set(key, [router]);
        } else {
            group.push(router);
        }
    }
    return groups;
}

/**
 * Takes the virtual router out of its group that new settings mean: as in Keepalived, a router is known by VRID, family, interface and
 * destination and keeps its state under a new name. Where several are alike, the name decides.
 */
function takeMatching(groups: RouterGroups, settings: VirtualRouterSettings): VirtualRouter | undefined {
    const group = groups.get(identityOf(settings)) ?? [];
    const named = group.findIndex((router) => router.settings.name === settings.name);
    const [router] = group.splice(Math.max(named, 0), 1);
    return router;
}

function identityOf(settings: VirtualRouterSettings): string {
    const { interfaceName, family, vrid, destination, sourceAddress } = settings;
    const kind = destination.type === "multicast" ? `to ${ipKey(destination.group)}` : `from ${sourceAddress ? ipKey(sourceAddress) : ""}`;
    return `${vrid} IPv${family} ${kind} on ${interfaceName}`;
}
