import type { IpAddress } from "../../base/ip.ts";
import { familyOf, type IpvsDestination, type IpvsService, SERVICE_FLAG, type ServiceIdentity } from "../../netlink/ipvs.ts";
import type { CounterNews } from "../../netlink/nftables.ts";
import { schedulerFor } from "../../service/nftables-limits.ts";
import { serviceKey, type Table, type TableCommand, type TableService } from "../table.ts";
import type { TrafficTable } from "../traffic.ts";
import type { NftablesOrder, Place } from "./orders.ts";
import type { Way } from "./rules.ts";
import { deviceChain, deviceOrders, skeletonOf } from "./skeleton.ts";
import { StandingService } from "./standing-service.ts";
import { readServer, readService } from "./written.ts";

/** All tables that we may have. */
export const PLACES: readonly Place[] = ["ip", "ip6", "netdev"];

/** A rule's comment, and where it was read. */
export interface CommentedRule {
    readonly chain: string;
    readonly comment: string;
}

/** Seconds that a connection which is handed on is remembered without a packet: IPVS's own. */
const FLOW_TIMEOUTS = { tcp: 900, udp: 300 } as const;
const PROTOCOL_UDP = 17;

/** How packets get to servers that are not translated to. */
export type WayTo = (address: IpAddress) => Way;

/**
 * The load balancer's table made of nf_tables: which orders lead from what stands there to what is wanted. Tables are made when they are needed,
 * and stay until all services are gone.
 */
export class BalanceTables {
    readonly #wayTo: WayTo;
    readonly #services = new Map<string, StandingService>();
    readonly #standing = new Set<Place>();
    /** Interfaces, by number. */
    readonly #devices = new Map<number, string>();
    #timeouts: { readonly tcp: number; readonly udp: number } = FLOW_TIMEOUTS;
    #lastId = 0;

    constructor(wayTo: WayTo) {
        this.#wayTo = wayTo;
    }

    /** The services as they are expected to stand. */
    get table(): Table {
        const entries = Array.from(this.#services, ([key, { service, destinations }]): [string, TableService] => [
            key,
            { service, destinations },
        ]);
        return new Map(entries);
    }

    /** What counters of ours, whose names no two have, say of services and servers. */
    trafficOf(counters: readonly CounterNews[]): TrafficTable {
        const named = new Map(counters.map((counter) => [counter.name, counter]));
        return new Map(Array.from(this.#services, ([key, service]) => [key, service.trafficOf(named)]));
    }

    /** Time-outs of connections that are handed on, for sets that are made from now on. */
    setTimeouts({ tcp = FLOW_TIMEOUTS.tcp, udp = FLOW_TIMEOUTS.udp }: { readonly tcp?: number; readonly udp?: number }): void {
        this.#timeouts = { tcp: tcp || FLOW_TIMEOUTS.tcp, udp: udp || FLOW_TIMEOUTS.udp };
    }

    /** Takes over what is there: tables of ours with rules that say what they are. What is remembered in them stays. */
    adopt(found: ReadonlyMap<Place, readonly CommentedRule[]>): readonly NftablesOrder[] {
        this.#services.clear();
        this.#standing.clear();
        for (const place of found.keys()) {
            this.#standing.add(place);
        }
        const rules = [...found.values()].flat();
        const servers = rules.flatMap(({ chain, comment }) => {
            const read = readServer(comment);
            return read === undefined ? [] : [{ id: numberOf(chain), ...read }];
        });
        this.#lastId = Math.max(0, ...rules.map(({ chain }) => numberOf(chain)));
        const orders = [...(this.#standing.has("netdev") ? this.#deviceOrders() : [])];
        for (const { chain, comment } of rules) {
            const service = readService(comment);
            if (service !== undefined) {
                const standing = this.#newService(service, numberOf(chain));
                orders.push(...standing.adopt(servers.filter((server) => server.service === standing.id)));
            }
        }
        return orders;
    }

    /** The orders for these commands. What cannot be done here at all is passed over. */
    apply(commands: readonly TableCommand[]): readonly NftablesOrder[] {
        const [comes, goes]: [NftablesOrder[], NftablesOrder[]] = [[], []];
        const touched = new Set<StandingService>();
        for (const command of commands) {
            const service = this.#carryOut(command, comes, goes);
            if (service !== undefined) {
                touched.add(service);
            }
        }
        const settled = [...touched].filter((service) => this.#services.get(serviceKey(service.service.identity)) === service);
        const orders = [...comes, ...settled.flatMap((service) => service.settle()), ...goes];
        return [...this.#missingTables(orders), ...orders];
    }

    /** All of it anew. */
    rebuild(): readonly NftablesOrder[] {
        const places = PLACES.filter((place) => this.#standing.has(place));
        this.#standing.clear();
        const orders = [...this.#services.values()].flatMap((service) => service.create());
        return [...removalOf(places), ...this.#missingTables(orders), ...orders];
    }

    /** Nothing is left. */
    removeAll(): readonly NftablesOrder[] {
        const places = [...this.#standing];
        this.#services.clear();
        this.#standing.clear();
        return removalOf(places);
    }

    /** An interface came, or has another name. */
    deviceCame(index: number, name: string): readonly NftablesOrder[] {
        if (this.#devices.get(index) === name) {
            return [];
        }
        const isRenamed = this.#devices.has(index);
        this.#devices.set(index, name);
        return this.#standing.has("netdev") && !isRenamed ? deviceOrders(name, index) : [];
    }

    /** An interface is gone: its chain goes, if the kernel has not taken it along. */
    deviceWent(index: number): readonly NftablesOrder[] {
        const name = deviceChain(index);
        return this.#devices.delete(index) && this.#standing.has("netdev")
            ? [
                  { place: "netdev", type: "flush-chain", name },
                  { place: "netdev", type: "delete-chain", name },
              ]
            : [];
    }

    /** Other ways lead to servers, perhaps. */
    refreshWays(): readonly NftablesOrder[] {
        return [...this.#services.values()].flatMap((service) => service.refreshWays());
    }

    #carryOut(command: TableCommand, comes: NftablesOrder[], goes: NftablesOrder[]): StandingService | undefined {
        switch (command.type) {
            case "add-service":
            case "edit-service":
                return this.#put(command.service, comes, goes);
            case "delete-service": {
                const key = serviceKey(command.identity);
                goes.push(...(this.#services.get(key)?.delete() ?? []));
                this.#services.delete(key);
                return undefined;
            }
            default: {
                const service = this.#services.get(serviceKey(command.identity));
                if (service === undefined || !isServable(command.identity, command.destination)) {
                    return undefined;
                }
                if (command.type === "delete-destination") {
                    goes.push(...service.remove(command.destination));
                } else {
                    comes.push(...service.put(command.destination));
                }
                return service;
            }
        }
    }

    #put(service: IpvsService, comes: NftablesOrder[], goes: NftablesOrder[]): StandingService | undefined {
        const key = serviceKey(service.identity);
        const standing = this.#services.get(key);
        const { scheduler, flags, engine } = service;
        if (schedulerFor(scheduler) === undefined || (flags & SERVICE_FLAG.onePacket) !== 0 || engine !== undefined) {
            goes.push(...(standing?.delete() ?? []));
            this.#services.delete(key);
            return undefined;
        }
        if (standing !== undefined) {
            comes.push(...standing.edit(service));
            return standing;
        }
        const fresh = this.#newService(service, this.#nextId());
        comes.push(...fresh.create());
        return fresh;
    }

    #newService(service: IpvsService, id: number): StandingService {
        const fresh = new StandingService(id, service, {
            nextId: () => this.#nextId(),
            wayTo: this.#wayTo,
            flowTimeout: (protocol) => (protocol === PROTOCOL_UDP ? this.#timeouts.udp : this.#timeouts.tcp),
        });
        this.#services.set(serviceKey(service.identity), fresh);
        return fresh;
    }

    #nextId(): number {
        this.#lastId += 1;
        return this.#lastId;
    }

    #missingTables(orders: readonly NftablesOrder[]): readonly NftablesOrder[] {
        const missing = PLACES.filter((place) => !this.#standing.has(place) && orders.some((order) => order.place === place));
        for (const place of missing) {
            this.#standing.add(place);
        }
        return [...missing.flatMap(skeletonOf), ...(missing.includes("netdev") ? this.#deviceOrders() : [])];
    }

    #deviceOrders(): readonly NftablesOrder[] {
        return Array.from(this.#devices, ([index, name]): readonly NftablesOrder[] => {
            const [chain, ...rules] = deviceOrders(name, index);
            const flush: NftablesOrder = { place: "netdev", type: "flush-chain", name: deviceChain(index) };
            return chain === undefined ? [] : [chain, flush, ...rules];
        }).flat();
    }
}

/** A table that is not there cannot be deleted: it is made first. */
export function removalOf(places: readonly Place[]): readonly NftablesOrder[] {
    return places.flatMap((place): readonly NftablesOrder[] => [
        { place, type: "new-table" },
        { place, type: "delete-table" },
    ]);
}

function isServable(identity: ServiceIdentity, { address, forwarding }: IpvsDestination): boolean {
    return address.family === familyOf(identity) && (forwarding === "nat" || (forwarding === "route" && identity.type === "address"));
}

/** `server-17` → 17. */
function numberOf(chain: string): number {
    const number = Number(chain.slice(chain.lastIndexOf("-") + 1));
    return Number.isInteger(number) ? number : 0;
}
