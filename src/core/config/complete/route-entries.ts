import type { Family, IpAddress } from "../../base/ip.ts";
import { present } from "../../base/present.ts";
import { type NextHop, PROTOCOL_OF_OURS, ROUTE_TYPES, type Route, type WeightedHop } from "../../base/route.ts";
import { formatNetwork, type IpNetwork } from "../arguments/addresses.ts";
import type { RouteEntry } from "../blocks/route-entry.ts";
import type { Position } from "../position.ts";
import { completeEncapsulation } from "./encapsulation.ts";
import { completeMetrics } from "./route-metrics.ts";
import type { RoutingNames } from "./routing-names.ts";
import type { Report } from "./scope.ts";

const TABLE_MAIN = 254;
const SCOPES = { global: 0, link: 253, host: 254 } as const;
/** More would not fit a message. */
const MOST_HOPS = 256;
const PREFERENCES = { medium: 0, high: 1, low: 3 } as const;
/** Types of which nothing is sent on: they have neither gateway nor interface. */
const DROPPING: ReadonlySet<string> = new Set(["blackhole", "unreachable", "prohibit", "throw"]);
type TypeName = keyof typeof ROUTE_TYPES;
const TYPE_NAMES = Object.keys(ROUTE_TYPES) as TypeName[];

/** What entries are completed with. */
export interface EntryScope {
    readonly names: RoutingNames;
    readonly report: Report;
    /** Whose list it is: `(VI_1)`, or nothing for static ones. */
    readonly owner: string;
}

/** One line of `virtual_routes` or `static_routes`; undefined when it makes no route. */
export function completeRoute(entry: RouteEntry, scope: EntryScope): Route | undefined {
    const refusal = new Refusal(entry, scope);
    const family = familyOf(entry);
    const typeName = TYPE_NAMES.find((name) => entry[name]) ?? "unicast";
    const hops = hopsOf(entry, scope, refusal);
    refuseContradictions(entry, { family, typeName, hops }, refusal);
    const numbers = numbersOf(entry, scope, refusal);
    const metrics = completeMetrics(entry, { scope, refusal });
    const hop = hops === undefined ? hopOf(entry, refusal) : { isOnLink: entry.onlink };
    if (refusal.isRefused) {
        return undefined;
    }
    const isTracked = trackedOf(entry, scope);
    return present({
        family,
        type: ROUTE_TYPES[typeName],
        destination: prefixOf(entry.destination, family),
        preferredSource: entry.src,
        tos: numbers.tos ?? 0,
        table: numbers.table ?? TABLE_MAIN,
        vrf: entry.vrf,
        protocol: protocolOf(numbers.protocol, isTracked, entry, scope),
        scope: entry.scope ?? usualScope(typeName, family),
        metric: entry.metric,
        hop,
        hops,
        metrics,
        realms: numbers.realms,
        ...(family === 6 ? onlyIpv6(entry) : {}),
        propagatesTtl: entry["ttl-propagate"] === undefined ? undefined : entry["ttl-propagate"] === "enabled",
        place: placeOf(entry, typeName),
        isTracked,
    });
}

function numbersOf(entry: RouteEntry, { names }: EntryScope, refusal: Refusal) {
    return {
        table: named(entry.table, (word) => names.table(word), { what: "table", refusal }),
        protocol: named(entry.protocol, (word) => names.protocol(word), { what: "protocol", refusal }),
        tos: named(entry.tos, (word) => names.tos(word), { what: "type of service", refusal }),
        realms: named(entry.realms, (word) => names.realms(word), { what: "realms", refusal }),
    };
}

function onlyIpv6({ from, expires, pref }: RouteEntry): Partial<Pick<Route, "source" | "expires" | "routerPreference">> {
    return present({
        source: from && prefixOf(from, 6),
        expires,
        routerPreference: pref && PREFERENCES[pref],
    });
}

function hopOf(entry: RouteEntry, refusal: Refusal): NextHop {
    return present({
        gateway: entry.via?.address,
        interfaceName: entry.dev,
        isOnLink: entry.onlink,
        encapsulation: entry.encap && completeEncapsulation(entry.encap, refusal),
    });
}

function placeOf(entry: RouteEntry, typeName: TypeName): Route["place"] {
    if (entry.add || typeName === "local") {
        return "alone";
    }
    return entry.append ? "after" : "before";
}

/** Collects what is wrong with an entry, so that all of it is said at once. */
export class Refusal {
    readonly #entry: { readonly at: Position };
    readonly #scope: EntryScope;
    readonly #noun: string;
    isRefused = false;

    constructor(entry: { readonly at: Position }, scope: EntryScope, noun = "route") {
        this.#entry = entry;
        this.#scope = scope;
        this.#noun = noun;
    }

    /** One more reason. */
    add(reason: string): void {
        this.isRefused = true;
        const { owner, report } = this.#scope;
        report(this.#entry.at, {
            code: `${this.#noun}-refused`,
            errorClass: "general",
            message: `${owner}${reason}`,
            consequence: `the ${this.#noun} is left out`,
        });
    }
}

/** The number of a name where one was written; a name that nobody knows is refused. */
export function named(
    word: string | undefined,
    find: (word: string) => number | undefined,
    { what, refusal }: { readonly what: string; readonly refusal: Refusal },
): number | undefined {
    const number = word === undefined ? undefined : find(word);
    if (word !== undefined && number === undefined) {
        refusal.add(`${what} '${word}' is not known`);
    }
    return number;
}

/** A network as it is meant: `default` is that of the family in question. */
export function prefixOf(
    { address, prefixLength }: IpNetwork,
    family: Family,
): { readonly address: IpAddress; readonly prefixLength: number } {
    if (address.family !== family) {
        return { address: { family, bytes: new Uint8Array(family === 4 ? 4 : 16) }, prefixLength: 0 };
    }
    return { address, prefixLength: prefixLength ?? (family === 4 ? 32 : 128) };
}

/** Whether it stands for all addresses of any family. */
export function isEverywhere(network: IpNetwork | undefined): boolean {
    return network?.prefixLength === 0 && network.address.family === 4;
}

function familyOf(entry: RouteEntry): Family {
    if (entry.inet || entry.inet6) {
        return entry.inet6 ? 6 : 4;
    }
    if (!isEverywhere(entry.destination)) {
        return entry.destination.address.family;
    }
    const others = [entry.src, entry.from?.address, entry.via?.address, ...entry.nexthop.map(({ via }) => via?.address)];
    return others.find((address) => address !== undefined)?.family ?? 4;
}

/** What is known of an entry before its parts fit together. */
interface Outline {
    readonly family: Family;
    readonly typeName: TypeName;
    readonly hops: readonly WeightedHop[] | undefined;
}

function refuseContradictions(entry: RouteEntry, { family, typeName, hops }: Outline, refusal: Refusal): void {
    if (DROPPING.has(typeName) && (hops !== undefined || entry.via !== undefined || entry.dev !== undefined)) {
        refusal.add(`a ${typeName} route has neither gateway nor interface`);
    }
    if (isMixed(entry, family)) {
        refusal.add(`the route ${formatNetwork(entry.destination)} mixes IPv4 and IPv6`);
    }
}

/** An IPv4 route may have an IPv6 gateway if that is written out. */
function isMixed(entry: RouteEntry, family: Family): boolean {
    const gateways = [entry.via, ...entry.nexthop.map(({ via }) => via)].flatMap((via) => via ?? []);
    const networks = [entry.destination, entry.from].flatMap((network) => (network === undefined || isEverywhere(network) ? [] : network));
    const addresses = [...networks.map(({ address }) => address), entry.src, entry.or].flatMap((address) => address ?? []);
    return (
        addresses.some((address) => address.family !== family) ||
        gateways.some(({ address, family: word }) => address.family !== family && (word !== "inet6" || family === 6))
    );
}

/** Undefined unless there are several. */
function hopsOf(entry: RouteEntry, scope: EntryScope, refusal: Refusal): WeightedHop[] | undefined {
    if (entry.or !== undefined && entry.via !== undefined) {
        const shared = present({ interfaceName: entry.dev, isOnLink: entry.onlink, weight: 1 });
        return [entry.via.address, entry.or].map((gateway) => ({ gateway, ...shared }));
    }
    if (entry.nexthop.length > MOST_HOPS) {
        refusal.add(`a route has ${MOST_HOPS} gateways at most`);
    }
    return entry.nexthop.length === 0 ? undefined : entry.nexthop.map((hop) => weightedHop(hop, scope, refusal));
}

function weightedHop(hop: RouteEntry["nexthop"][number], { names }: EntryScope, refusal: Refusal): WeightedHop {
    return present({
        gateway: hop.via?.address,
        interfaceName: hop.dev,
        isOnLink: hop.onlink,
        encapsulation: hop.encap && completeEncapsulation(hop.encap, refusal),
        weight: hop.weight ?? 1,
        realms: named(hop.realms, (word) => names.realms(word), { what: "realms", refusal }),
    });
}

/** What the kernel demands of a type; Keepalived leaves it at global throughout, and the kernel refuses some then. */
function usualScope(typeName: TypeName, family: Family): number {
    if (family === 6) {
        return SCOPES.global;
    }
    switch (typeName) {
        case "local":
        case "nat":
            return SCOPES.host;
        case "broadcast":
        case "anycast":
            return SCOPES.link;
        default:
            return SCOPES.global;
    }
}

/** Without an interface the kernel does not tell whose route went. */
function trackedOf(entry: RouteEntry, { report, owner }: EntryScope): boolean {
    if (!entry.no_track && entry.dev === undefined) {
        report(entry.at, {
            code: "route-untracked",
            errorClass: "note",
            message: `${owner}the route ${formatNetwork(entry.destination)} has no interface`,
            consequence: "its removal by somebody else is not noticed",
        });
    }
    return !entry.no_track && entry.dev !== undefined;
}

/** Ours are told from others' by the number, so those that are tracked have it. */
function protocolOf(wanted: number | undefined, isTracked: boolean, entry: RouteEntry, { report, owner }: EntryScope): number {
    if (wanted === undefined || wanted === PROTOCOL_OF_OURS || !isTracked) {
        return wanted ?? PROTOCOL_OF_OURS;
    }
    report(entry.at, {
        code: "route-protocol",
        errorClass: "general",
        message: `${owner}a route that is tracked has protocol ${PROTOCOL_OF_OURS} (keepalived), not ${entry.protocol}`,
        consequence: `${PROTOCOL_OF_OURS} is used; no_track lets it have another`,
    });
    return PROTOCOL_OF_OURS;
}
