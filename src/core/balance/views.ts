import type { LastTry } from "../health/last-try.ts";
import { aboutOf, type CheckerKind, kindOf } from "../service/check-settings.ts";
import type { RealServerSettings, VirtualServerSettings } from "../service/virtual-server.ts";
import { serviceKey } from "./table.ts";
import { sumOf, type Traffic, type TrafficTable } from "./traffic.ts";
import type { VirtualServer } from "./virtual-server.ts";
import { keyIn } from "./wanted-services.ts";

/** A check as people see it. */
export interface CheckView {
    readonly kind: CheckerKind;
    /** What it looks at besides the server. */
    readonly about?: string;
    readonly isUp: boolean;
    /** Absent before the first one has ended. */
    readonly last?: LastTry;
}

/** A real server as people see it. */
export interface ServerView {
    readonly name: string;
    readonly isUp: boolean;
    /** By the configuration, the checks and orders. */
    readonly weight: number;
    readonly checks: readonly CheckView[];
    /** In all of the virtual server's services. */
    readonly traffic: Traffic;
}

/** A virtual server as people see it: how it stands, why, and what goes through it. */
export interface VirtualServerView extends Pick<VirtualServerSettings, "name" | "scheduler" | "quorum" | "hysteresis"> {
    readonly hasQuorum: boolean;
    /** Of everybody that there was while the service stood, also of those who are gone; where that is counted. */
    readonly traffic: Traffic;
    readonly servers: readonly ServerView[];
}

/** How a virtual server stands. @param counted what the data plane has counted */
export function viewOf(server: VirtualServer, counted: TrafficTable): VirtualServerView {
    const { name, scheduler, quorum, hysteresis, realServers } = server.settings;
    const services = server.services.flatMap(({ identity }) => {
        const traffic = counted.get(serviceKey(identity));
        return traffic === undefined ? [] : [{ identity, ...traffic }];
    });
    const serverView = (real: RealServerSettings): ServerView => ({
        name: real.name,
        isUp: server.pool.isUp(real.name) ?? false,
        weight: server.pool.weightOf(real.name) ?? 0,
        checks: server.checksOf(real.name).map(({ settings, check }) => {
            const about = aboutOf(settings);
            return {
                kind: kindOf(settings),
                isUp: check.isUp,
                ...(about !== undefined && { about }),
                ...(check.lastTry !== undefined && { last: check.lastTry }),
            };
        }),
        traffic: sumOf(services.flatMap(({ identity, servers }) => servers.get(keyIn(identity, real)) ?? [])),
    });
    return {
        ...{ name, scheduler, quorum, hysteresis },
        hasQuorum: server.pool.hasQuorum,
        traffic: sumOf(services.map(({ total }) => total)),
        servers: realServers.map(serverView),
    };
}
