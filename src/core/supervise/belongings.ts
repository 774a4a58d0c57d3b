import { addressKey, type VirtualAddress } from "../address/virtual-address.ts";
import { gatherLinks } from "../link/gather-links.ts";
import type { VirtualLink } from "../link/virtual-link.ts";
import { isEmptyRouting, planRouting, type RoutingSet, wordsOf } from "../route/routing-set.ts";
import type { CheckersProcessSettings, VrrpProcessSettings } from "./process-settings.ts";

/** All that a daemon may put into the kernel because of a configuration, and that stays there when the daemon is killed. */
export interface Belongings {
    readonly addresses: readonly VirtualAddress[];
    readonly routing: RoutingSet;
    /** Links made for virtual routers. */
    readonly links: readonly VirtualLink[];
    /** Names of tables in the packet filter. */
    readonly tables: readonly string[];
}

/** The settings of those who put things into the kernel. */
export interface OwningSettings {
    readonly vrrp: Pick<VrrpProcessSettings, "routers" | "statics" | "firewall">;
    readonly checkers: Pick<CheckersProcessSettings, "balancer" | "dataPlane">;
}

/** What a configuration lets its processes put up, in any state of its virtual routers and servers; services of IPVS are left to who flushes them. */
export function belongingsOf({ vrrp: { routers, statics, firewall }, checkers }: OwningSettings): Belongings {
    return {
        addresses: [...statics.addresses, ...routers.flatMap(({ addresses, excludedAddresses }) => [...addresses, ...excludedAddresses])],
        routing: {
            routes: [...statics.routes, ...routers.flatMap(({ routes }) => routes ?? [])],
            rules: [...statics.rules, ...routers.flatMap(({ rules }) => rules ?? [])],
        },
        links: gatherLinks(routers),
        tables: [...(needsTable(routers) ? [firewall.table] : []), ...tablesOf(checkers)],
    };
}

/** What of `before` has no place in `wanted`. */
export function leftoversOf(before: Belongings, wanted: Belongings): Belongings {
    const keys = new Set(wanted.addresses.map(addressKey));
    const links = new Set(wanted.links.map(({ name }) => name));
    return {
        addresses: before.addresses.filter((address) => !keys.has(addressKey(address))),
        routing: planRouting(before.routing, wanted.routing).removed,
        links: before.links.filter((link) => !links.has(link.name)),
        tables: before.tables.filter((table) => !wanted.tables.includes(table)),
    };
}

/** Both, each thing once. */
export function together(one: Belongings, other: Belongings): Belongings {
    return {
        addresses: [...new Map([...one.addresses, ...other.addresses].map((address) => [addressKey(address), address])).values()],
        routing: {
            routes: [...new Map([...one.routing.routes, ...other.routing.routes].map((route) => [wordsOf(route), route])).values()],
            rules: [...new Map([...one.routing.rules, ...other.routing.rules].map((rule) => [wordsOf(rule), rule])).values()],
        },
        links: [...new Map([...one.links, ...other.links].map((link) => [link.name, link])).values()],
        tables: [...new Set([...one.tables, ...other.tables])],
    };
}

/** Whether there is nothing. */
export function ownsNothing({ addresses, routing, links, tables }: Belongings): boolean {
    return addresses.length === 0 && isEmptyRouting(routing) && links.length === 0 && tables.length === 0;
}

/** Whichever data plane it comes to. */
function tablesOf({ balancer, dataPlane }: OwningSettings["checkers"]): readonly string[] {
    const { table, groupMarks } = dataPlane;
    return balancer.virtualServers.length === 0 ? [] : [table, ...(groupMarks === undefined ? [] : [groupMarks.table])];
}

function needsTable(routers: VrrpProcessSettings["routers"]): boolean {
    return routers.some(({ accept }) => !accept);
}
