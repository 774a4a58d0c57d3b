import type { RealServerSettings } from "../service/virtual-server.ts";
import type { BalanceReport } from "./reports.ts";
import type { VirtualServer } from "./virtual-server.ts";

/** How the servers stand that were not there `before`. */
export function arrivals({ settings, pool }: VirtualServer, before: readonly RealServerSettings[]): readonly BalanceReport[] {
    const known = new Set(before.map(({ name }) => name));
    return settings.realServers
        .filter(({ name }) => !known.has(name))
        .map(({ name }) => ({ type: "server-started", service: settings.name, server: name, isUp: pool.isUp(name) ?? false }));
}

/** All real servers but those, as they stand now. */
export function departures({ settings, pool }: VirtualServer, staying: ReadonlySet<string>): readonly BalanceReport[] {
    return settings.realServers
        .filter(({ name }) => !staying.has(name))
        .map(({ name }) => ({ type: "server-removed", service: settings.name, server: name, wasUp: pool.isUp(name) ?? false }));
}

/** The process leaves: all real servers, then the virtual server itself. */
export function farewells({ settings, pool }: VirtualServer): readonly BalanceReport[] {
    const { name: service, key, realServers } = settings;
    return [
        ...realServers.map(({ name }) => ({ type: "server-stopped", service, server: name, wasUp: pool.isUp(name) ?? false }) as const),
        { type: "service-stopped", service, key, hadQuorum: pool.hasQuorum },
    ];
}
