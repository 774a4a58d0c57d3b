import type { Instant } from "../base/instant.ts";
import type { IpvsService, ServiceIdentity } from "../netlink/ipvs.ts";
import type { RealServerSettings, VirtualServerSettings } from "../service/virtual-server.ts";
import type { CheckRoster, RosteredCheck } from "./check-roster.ts";
import type { Standing } from "./pool-member.ts";
import { type PoolChange, ServicePool } from "./service-pool.ts";
import type { ServerSnapshot } from "./snapshot.ts";
import { serviceKey } from "./table.ts";
import { keyIn, wantedServices } from "./wanted-services.ts";

/** A predecessor's words about real servers, by their names. */
export type Memory = ReadonlyMap<string, ServerSnapshot>;

/** What is said of a server that nobody checks. */
const UNCHECKED: Standing = { isUp: true, adjustments: [] };

/** One virtual server: its services in the kernel, its pool, and the checks that the pool lives by. */
export class VirtualServer {
    readonly pool: ServicePool;
    readonly #roster: CheckRoster;
    /** Before a predecessor died. */
    readonly #hadQuorum: boolean;
    /** Of those servers that have some. */
    #checks = new Map<string, readonly RosteredCheck[]>();
    #services: readonly IpvsService[];

    constructor(settings: VirtualServerSettings, roster: CheckRoster, memory: Memory, now: Instant) {
        this.#roster = roster;
        this.#services = wantedServices(settings);
        this.#enlist(settings, memory, now);
        // Absent where it follows from the weights, and from a version that did not tell: that one would have gone on with it.
        const former = settings.realServers.flatMap(({ name }) => memory.get(snapshotName(settings.key, name)) ?? []);
        this.#hadQuorum = former.some(({ hasQuorum = true }) => hasQuorum);
        this.pool = new ServicePool(settings, ({ name }) => ({ ...this.#standingOf(name), ...recalled(memory, settings.key, name) }), now);
    }

    get settings(): VirtualServerSettings {
        return this.pool.settings;
    }

    get services(): readonly IpvsService[] {
        return this.#services;
    }

    /** All checks, server by server. */
    *checks(): Iterable<RosteredCheck> {
        for (const checks of this.#checks.values()) {
            yield* checks;
        }
    }

    /** That server's checks, in the order of the configuration. */
    checksOf(server: string): readonly RosteredCheck[] {
        return this.#checks.get(server) ?? [];
    }

    /** The first wishes. @param isResumed a predecessor's work goes on */
    start(isResumed: boolean): PoolChange {
        return this.pool.start(isResumed ? { hadQuorum: this.#hadQuorum } : undefined);
    }

    /** A check of that server says something else: the server is up when all of them say so. */
    judge(server: string, now: Instant): PoolChange | undefined {
        return this.pool.judge(server, this.#standingOf(server), now);
    }

    /** Takes in how many clients servers still have in all services, by the keys by which they stand there; undefined where nobody counts. */
    drain(connections: ReadonlyMap<string, number> | undefined, now: Instant): PoolChange | undefined {
        const connectionsOf = (server: RealServerSettings): number => {
            const keys = new Set(this.#services.map(({ identity }) => keyIn(identity, server)));
            return [...keys].reduce((sum, key) => sum + (connections?.get(key) ?? 0), 0);
        };
        return this.pool.drain(connections === undefined ? () => Number.NaN : connectionsOf, now);
    }

    /** New settings. Servers and checks that are as they were keep their state; the services that are no longer served are told. */
    reconfigure(
        settings: VirtualServerSettings,
        now: Instant,
    ): { readonly change: PoolChange; readonly retired: readonly ServiceIdentity[] } {
        const before = this.#services.map((service) => service.identity);
        this.#services = wantedServices(settings);
        this.#enlist(settings, new Map(), now);
        return { change: this.pool.reconfigure(settings, ({ name }) => this.#standingOf(name), now), retired: before };
    }

    /** Ends all checks. */
    leave(): void {
        for (const check of this.checks()) {
            this.#roster.remove(check);
        }
        this.#checks.clear();
    }

    snapshot(server: string): ServerSnapshot {
        const checks = this.checksOf(server).map(({ check }) => check.state);
        const risingSince = this.pool.risingSince(server);
        const drainOrder = this.pool.drainOrderOf(server);
        return {
            name: snapshotName(this.settings.key, server),
            isUp: this.pool.isUp(server) ?? false,
            checks,
            ...(risingSince !== undefined && { risingSince }),
            ...(drainOrder !== undefined && { drainOrder }),
            ...(this.settings.hysteresis > 0 && { hasQuorum: this.pool.hasQuorum }),
        };
    }

    snapshots(): readonly ServerSnapshot[] {
        return this.settings.realServers.map((server) => this.snapshot(server.name));
    }

    #enlist(settings: VirtualServerSettings, memory: Memory, now: Instant): void {
        const former = this.#checks;
        this.#checks = new Map();
        for (const server of settings.realServers.filter(({ checks, name }) => checks.length > 0 || former.has(name))) {
            const place = { service: settings.key, server: server.name };
            const states = memory.get(snapshotName(settings.key, server.name))?.checks ?? [];
            const known = former.get(server.name) ?? [];
            this.#checks.set(
                server.name,
                this.#roster.enlist(place, server.checks, { former: known, states: matching(server, states), now }),
            );
            former.delete(server.name);
        }
        for (const gone of [...former.values()].flat()) {
            this.#roster.remove(gone);
        }
    }

    #standingOf(server: string): Standing {
        const checks = this.#checks.get(server);
        if (checks === undefined) {
            return UNCHECKED;
        }
        return { isUp: checks.every(({ check }) => check.isUp), adjustments: checks.flatMap(({ check }) => check.adjustment ?? []) };
    }
}

/** States that belong to other checks than are wanted now say nothing. */
function matching<State>({ checks }: RealServerSettings, states: readonly State[]): readonly State[] {
    return states.length === checks.length ? states : [];
}

/** What a predecessor said of a server that had come up, or that a user has drained. */
function recalled(memory: Memory, service: string, server: string): Pick<Standing, "risingSince" | "drainOrder"> {
    const { risingSince, drainOrder } = memory.get(snapshotName(service, server)) ?? {};
    return { ...(risingSince !== undefined && { risingSince }), ...(drainOrder !== undefined && { drainOrder }) };
}

/** Those of these services that no virtual server serves: another one may have taken a service over. */
export function unserved(retired: readonly ServiceIdentity[], servers: Iterable<VirtualServer>): readonly ServiceIdentity[] {
    if (retired.length === 0) {
        return retired;
    }
    const all = Array.from(servers).flatMap(({ services }) => services);
    const served = new Set(all.map(({ identity }) => serviceKey(identity)));
    return retired.filter((identity) => !served.has(serviceKey(identity)));
}

/** What a real server's snapshot is called. */
export function snapshotName(service: string, server: string): string {
    return `${service} ${server}`;
}
