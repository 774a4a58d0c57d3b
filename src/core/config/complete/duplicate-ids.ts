import { ipKey } from "../../base/ip.ts";
import type { CompletedRouter } from "./completed-router.ts";
import type { Instance, Scope } from "./scope.ts";

/** A completed router and the lines it came from. */
export interface Origin {
    readonly instance: Instance;
    readonly router: CompletedRouter;
}

/**
 * The routers that do not clash: two of the same VRID, interface and family hear each other's advertisements as their own, unless their
 * multicast groups or their unicast peers tell them apart. The first one stays.
 */
export function refuseDuplicateIds(origins: readonly Origin[], scope: Scope): readonly CompletedRouter[] {
    const owners = new Map<string, string>();
    const kept: CompletedRouter[] = [];
    for (const origin of origins) {
        const keys = keysOf(origin.router);
        const rival = firstOwner(owners, keys);
        if (rival !== undefined) {
            report(origin, rival, scope);
            continue;
        }
        for (const key of keys) {
            owners.set(key, origin.router.name);
        }
        kept.push(origin.router);
    }
    return kept;
}

function firstOwner(owners: ReadonlyMap<string, string>, keys: readonly string[]): string | undefined {
    for (const key of keys) {
        const owner = owners.get(key);
        if (owner !== undefined) {
            return owner;
        }
    }
    return undefined;
}

function keysOf(router: CompletedRouter): readonly string[] {
    const { destination } = router;
    const place = `${router.vrid} ${router.family} ${router.interfaceName} `;
    return destination.type === "multicast"
        ? [place + ipKey(destination.group)]
        : destination.peers.map(({ address }) => place + ipKey(address));
}

function report({ instance, router }: Origin, rival: string, scope: Scope): void {
    scope.report(instance.positions.virtual_router_id ?? instance.at, {
        code: "duplicate-router-id",
        errorClass: "general",
        message: `${rival} and ${router.name} both use VRID ${router.vrid} with IPv${router.family} on interface ${router.interfaceName}`,
        consequence: `${router.name} is left out`,
    });
}
