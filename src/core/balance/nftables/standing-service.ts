import type { Family } from "../../base/ip.ts";
import { formatIp } from "../../base/ip.ts";
import { isSameData } from "../../base/same-data.ts";
import { familyOf, type IpvsDestination, type IpvsService } from "../../netlink/ipvs.ts";
import type { CounterNews, SetElement } from "../../netlink/nftables.ts";
import { schedulerFor } from "../../service/nftables-limits.ts";
import { destinationKey } from "../table.ts";
import { type ServiceTraffic, sumOf, type Traffic } from "../traffic.ts";
import { BY_NUMBER, endpointBytes, numberBytes, serversBy } from "./keys.ts";
import type { NftablesOrder, Place } from "./orders.ts";
import { memoriesOf, namesOf, type ServiceSide, serverChain, serverRules, serviceRules, type Way } from "./rules.ts";
import { anyPortMap, endpointsMap, MARKS, newSet, SERVERS } from "./skeleton.ts";
import { slotsOf } from "./slots.ts";

/** What a service needs to know of the world. */
export interface ServiceSurroundings {
    /** The next number of a server. */
    readonly nextId: () => number;
    readonly wayTo: (address: IpvsDestination["address"]) => Way;
    /** Seconds that a connection which is handed on is remembered without a packet. */
    readonly flowTimeout: (protocol: number) => number;
}

/** Connections, or clients, that are remembered at most by each service. */
const MOST_REMEMBERED = 1_048_576;

interface Server {
    readonly id: number;
    destination: IpvsDestination;
    way: Way;
}

/** One place where a service stands, and who has which slot there as far as the kernel knows. */
interface Side extends ServiceSide {
    readonly place: Place;
    slots: readonly number[];
}

/**
 * One service as it stands in our tables: chains, sets and rules for each of its servers. Changes are gathered as orders: those that make something
 * come before those that change who is chosen, and these before those that take something away.
 */
export class StandingService {
    readonly id: number;
    readonly #surroundings: ServiceSurroundings;
    readonly #servers = new Map<string, Server>();
    readonly #sides: Side[] = [];
    #service: IpvsService;

    constructor(id: number, service: IpvsService, surroundings: ServiceSurroundings) {
        this.id = id;
        this.#service = service;
        this.#surroundings = surroundings;
    }

    get service(): IpvsService {
        return this.#service;
    }

    get destinations(): ReadonlyMap<string, IpvsDestination> {
        return new Map(Array.from(this.#servers, ([key, { destination }]) => [key, destination]));
    }

    /** What its servers' counters say: those of connections count each once, those of packets all of them. */
    trafficOf(counters: ReadonlyMap<string, CounterNews>): ServiceTraffic {
        const servers = Array.from(this.#servers, ([key, { id, destination }]): [string, Traffic] => {
            const { packets = 0, bytes = 0 } = counters.get(serverChain(id)) ?? {};
            return [key, destination.forwarding === "route" ? { inPackets: packets, inBytes: bytes } : { connections: packets }];
        });
        return { total: sumOf(servers.map(([, traffic]) => traffic)), servers: new Map(servers) };
    }

    get #family(): Family {
        return familyOf(this.#service.identity);
    }

    /** Everything anew, in tables in which there is nothing of it. */
    create(): readonly NftablesOrder[] {
        this.#sides.length = 0;
        const servers = [...this.#servers.values()];
        return [...this.#side(false).orders, ...servers.flatMap((server) => this.#newServer(server)), ...this.settle()];
    }

    /** Takes over what a predecessor left, but for what it remembers: written again, because it may be from another time. */
    adopt(servers: readonly { readonly id: number; readonly destination: IpvsDestination }[]): readonly NftablesOrder[] {
        for (const { id, destination } of servers) {
            this.#servers.set(destinationKey(destination), { id, destination, way: undefined });
        }
        const orders = this.create().filter(({ type }) => type !== "new-counter");
        const slots: readonly NftablesOrder[] = this.#sides.map(({ place }) => ({
            place,
            type: "flush-set",
            name: namesOf(this.id).slots,
        }));
        return [...slots, ...orders];
    }

    /** The service's own settings are others now. */
    edit(service: IpvsService): readonly NftablesOrder[] {
        const before = this.#sides.map((side) => memoriesOf(side));
        this.#service = service;
        const orders: NftablesOrder[] = [];
        for (const [index, side] of this.#sides.entries()) {
            const renewed = { ...side, service };
            this.#sides[index] = renewed;
            if (!isSameData(before[index], memoriesOf(renewed)) || !isSameData(side.service.persistence, service.persistence)) {
                orders.push(...this.#changeMemories(side, renewed));
            }
        }
        return [...orders, ...this.#writeSides()];
    }

    /** A new server, or one that is another now. */
    put(destination: IpvsDestination): readonly NftablesOrder[] {
        const key = destinationKey(destination);
        const known = this.#servers.get(key);
        if (known !== undefined && known.destination.forwarding === destination.forwarding) {
            known.destination = destination;
            return this.#writeServer(known);
        }
        const server: Server = { id: this.#surroundings.nextId(), destination, way: undefined };
        const goes = known === undefined ? [] : this.#gone(known);
        this.#servers.set(key, server);
        return [...this.#newServer(server), ...goes];
    }

    /** A server goes: what to do once nobody chooses it any more. */
    remove(destination: IpvsDestination): readonly NftablesOrder[] {
        const key = destinationKey(destination);
        const server = this.#servers.get(key);
        this.#servers.delete(key);
        return server === undefined ? [] : this.#gone(server);
    }

    /** Gives the slots to those who are there now. */
    settle(): readonly NftablesOrder[] {
        const orders: NftablesOrder[] = [];
        let hasResized = false;
        for (const side of this.#sides) {
            const slots = this.#wantedSlots(side);
            hasResized ||= slots.length !== side.slots.length;
            orders.push(...changedSlots(side, slots));
            side.slots = slots;
        }
        return hasResized ? [...orders, ...this.#writeSides()] : orders;
    }

    /** Writes those servers again to which another way leads now. */
    refreshWays(): readonly NftablesOrder[] {
        const moved = [...this.#servers.values()].filter(
            ({ destination, way }) => destination.forwarding === "route" && this.#surroundings.wayTo(destination.address) !== way,
        );
        return moved.flatMap((server) => this.#writeServer(server));
    }

    /** Everything goes. */
    delete(): readonly NftablesOrder[] {
        const { chain, slots } = namesOf(this.id);
        const sides = this.#sides.map(({ place }) => place);
        const [closed, emptied] = [
            this.#sides.map((side) => ({ ...this.#entrance(side), type: "delete-elements" }) as const),
            sides.map((place) => ({ place, type: "flush-set", name: slots }) as const),
        ];
        const chains = sides.flatMap((place): readonly NftablesOrder[] => [
            { place, type: "flush-chain", name: chain },
            { place, type: "delete-chain", name: chain },
        ]);
        const servers = [...this.#servers.values()].flatMap((server) => this.#gone(server));
        const sets = this.#sides.flatMap((side) =>
            [slots, ...memoriesOf(side).map(({ set }) => set)].map((name) => ({ place: side.place, type: "delete-set", name }) as const),
        );
        return [...closed, ...emptied, ...chains, ...servers, ...sets];
    }

    /** The side for translation, or the one for handing on; with the orders that make it, if it was not there. */
    #side(isDirect: boolean): { readonly side: Side; readonly orders: readonly NftablesOrder[] } {
        const known = this.#sides.find((side) => side.isDirect === isDirect);
        if (known !== undefined) {
            return { side: known, orders: [] };
        }
        const place: Place = isDirect ? "netdev" : this.#family === 4 ? "ip" : "ip6";
        const side: Side = { id: this.id, service: this.#service, family: this.#family, isDirect, place, slots: [] };
        this.#sides.push(side);
        const { chain, slots } = namesOf(this.id);
        return {
            side,
            orders: [
                newSet(place, slots, BY_NUMBER),
                ...this.#newMemories(side),
                { place, type: "new-chain", chain: { name: chain } },
                ...this.#writeSides(),
                { ...this.#entrance(side), type: "new-elements" },
            ],
        };
    }

    #newServer(server: Server): readonly NftablesOrder[] {
        const { side, orders } = this.#side(server.destination.forwarding === "route");
        const { place } = side;
        const name = serverChain(server.id);
        const elements: readonly SetElement[] = [{ key: numberBytes(server.id), chain: name }];
        return [
            ...orders,
            { place, type: "new-counter", name },
            { place, type: "new-chain", chain: { name } },
            ...this.#writeServer(server),
            { place, type: "new-elements", set: SERVERS, elements },
        ];
    }

    #writeServer(server: Server): readonly NftablesOrder[] {
        const { side } = this.#side(server.destination.forwarding === "route");
        server.way = side.isDirect ? this.#surroundings.wayTo(server.destination.address) : undefined;
        return written(side.place, serverChain(server.id), serverRules(side, server.id, server.destination, server.way));
    }

    #gone({ id, destination }: Server): readonly NftablesOrder[] {
        const { place } = this.#side(destination.forwarding === "route").side;
        const name = serverChain(id);
        return [
            { place, type: "delete-elements", set: SERVERS, elements: [{ key: numberBytes(id), chain: name }] },
            { place, type: "flush-chain", name },
            { place, type: "delete-chain", name },
            { place, type: "delete-counter", name },
        ];
    }

    #writeSides(): readonly NftablesOrder[] {
        const isDirectToo = this.#sides.some(({ isDirect, slots }) => isDirect && slots.length > 0);
        return this.#sides.flatMap((side) =>
            written(side.place, namesOf(this.id).chain, serviceRules(side, side.slots.length, isDirectToo)),
        );
    }

    #wantedSlots(side: Side): readonly number[] {
        const mine = [...this.#servers.values()].filter(({ destination }) => (destination.forwarding === "route") === side.isDirect);
        const candidates = mine.map(({ id, destination: { address, port, weight } }) => ({
            id,
            weight,
            name: `${formatIp(address)} ${port}`,
        }));
        return slotsOf(schedulerFor(this.#service.scheduler) ?? "", candidates);
    }

    #newMemories(side: Side): readonly NftablesOrder[] {
        const { identity, persistence } = side.service;
        return memoriesOf(side).map(({ set, key }) => {
            const isFlow = set === namesOf(this.id).flows;
            const protocol = identity.type === "address" ? identity.protocol : 0;
            const timeout = isFlow ? this.#surroundings.flowTimeout(protocol) : persistence;
            const filledByRules = { size: MOST_REMEMBERED, timeout };
            return newSet(side.place, set, { ...serversBy(key), filledByRules });
        });
    }

    /** Rules that know of the former sets go first, the sets then; new ones come, and rules for them. */
    #changeMemories(before: Side, after: Side): readonly NftablesOrder[] {
        const { place } = before;
        const mine = [...this.#servers.values()].filter(({ destination }) => (destination.forwarding === "route") === before.isDirect);
        const chains = [namesOf(this.id).chain, ...mine.map(({ id }) => serverChain(id))];
        return [
            ...chains.map((name) => ({ place, type: "flush-chain", name }) as const),
            ...memoriesOf(before).map(({ set }) => ({ place, type: "delete-set", name: set }) as const),
            ...this.#newMemories(after),
            ...mine.flatMap((server) => this.#writeServer(server)),
        ];
    }

    /** The element that leads to the service. */
    #entrance({ place, family }: Side): { readonly place: Place; readonly set: string; readonly elements: readonly SetElement[] } {
        const { identity } = this.#service;
        const { chain } = namesOf(this.id);
        if (identity.type === "fwmark") {
            return { place, set: MARKS, elements: [{ key: numberBytes(identity.mark), chain }] };
        }
        const { address, protocol, port } = identity;
        return port === 0
            ? { place, set: anyPortMap(family), elements: [{ key: endpointBytes(address, protocol), chain }] }
            : { place, set: endpointsMap(family), elements: [{ key: endpointBytes(address, protocol, port), chain }] };
    }
}

function written(place: Place, chain: string, rules: ReturnType<typeof serviceRules>): readonly NftablesOrder[] {
    return [{ place, type: "flush-chain", name: chain }, ...rules.map((rule) => ({ place, type: "new-rule", chain, rule }) as const)];
}

function changedSlots({ id, place, slots: before }: Side, after: readonly number[]): readonly NftablesOrder[] {
    const set = namesOf(id).slots;
    const element = (server: number, slot: number): SetElement => ({ key: numberBytes(slot), chain: serverChain(server) });
    const differing = (some: readonly number[], others: readonly number[]) =>
        some.flatMap((server, slot) => (others[slot] === server ? [] : [element(server, slot)]));
    const [gone, come] = [differing(before, after), differing(after, before)];
    return [
        ...(gone.length === 0 ? [] : [{ place, type: "delete-elements", set, elements: gone } as const]),
        ...(come.length === 0 ? [] : [{ place, type: "new-elements", set, elements: come } as const]),
    ];
}
