import { utf8 } from "../base/utf8.ts";
import type { Chain, ElementSet, SetElement, TableFamily } from "../netlink/nftables.ts";
import type { Expression, MetaKey } from "../netlink/nftables-expressions.ts";
import type { FirewallSettings } from "./firewall-settings.ts";

/** Everything in a table but the elements that come and go. Names are Keepalived's, for those who look at them or add rules of their own. */
export interface TableShape {
    readonly chains: readonly Chain[];
    readonly sets: readonly (ElementSet & { readonly elements?: readonly SetElement[] })[];
    /** In order, each in its chain. */
    readonly rules: readonly { readonly chain: string; readonly expressions: readonly Expression[] }[];
}

/** nft's numbers of types; a concatenation has six bits for each part. */
const TYPES = { ipv4Address: 7, ipv6Address: 8, interfaceIndex: 20, icmpv6Type: 29, interfaceName: 41 } as const;
const CONCATENATION_BITS = 6;

/** Bytes of an interface's number and name. */
const INDEX_LENGTH = 4;
const NAME_LENGTH = 16;

const IGMP = 2;
const ICMPV6 = 58;
const ICMPV6_TYPES = { routerSolicitation: 133, neighbourSolicitation: 135, neighbourAdvertisement: 136, listenerReport: 143 } as const;

/** fe80::/10. */
const LINK_LOCAL_MASK = Uint8Array.of(0xff, 0xc0, ...new Array<number>(14).fill(0));
const LINK_LOCAL_PREFIX = Uint8Array.of(0xfe, 0x80, ...new Array<number>(14).fill(0));

/** Where addresses are in the two headers. */
const ADDRESSES = { ip: { source: 12, destination: 16, length: 4 }, ip6: { source: 8, destination: 24, length: 16 } } as const;

/** An advertisement's target address, behind the ICMPv6 header. */
const TARGET = { offset: 8, length: 16 } as const;

/** The set of blocked link-local addresses, whose key is the address and the interface. */
export function linkLocalSet({ matchesByIndex }: FirewallSettings): ElementSet {
    return matchesByIndex
        ? { name: "vips_link_local", keyType: concatenated(TYPES.ipv6Address, TYPES.interfaceIndex), keyLength: 16 + INDEX_LENGTH }
        : { name: "vips_link_local_name", keyType: concatenated(TYPES.ipv6Address, TYPES.interfaceName), keyLength: 16 + NAME_LENGTH };
}

/** What a family's table is made of. */
export function tableShape(family: TableFamily, settings: FirewallSettings, guardsVmacs: boolean): TableShape {
    const { priority } = settings;
    const hooked: readonly Chain[] = [
        { name: "out", hook: { at: "output", priority } },
        { name: "in", hook: { at: "input", priority } },
    ];
    const count: readonly Expression[] = settings.counters ? [{ type: "counter" }] : [];
    const shape = family === "ip" ? shapeOfIpv4(count, guardsVmacs) : shapeOfIpv6(settings, count, guardsVmacs);
    return { ...shape, chains: [...hooked, ...shape.chains] };
}

function shapeOfIpv4(count: readonly Expression[], guardsVmacs: boolean): TableShape {
    const reports = [payload("network", 9, 1), compare(IGMP), payload("network", ADDRESSES.ip.destination, 4), ...sentOnBase(count)];
    return {
        chains: [],
        sets: [{ name: "vips", keyType: TYPES.ipv4Address, keyLength: 4 }, ...(guardsVmacs ? [VMAC_MAP] : [])],
        rules: [
            ...(guardsVmacs ? [{ chain: "out", expressions: reports }] : []),
            { chain: "in", expressions: blocked("ip", "destination", count) },
            { chain: "out", expressions: blocked("ip", "source", count) },
        ],
    };
}

function shapeOfIpv6(settings: FirewallSettings, count: readonly Expression[], guardsVmacs: boolean): TableShape {
    const linkLocal = linkLocalSet(settings);
    return {
        chains: [{ name: "in_link_local" }, { name: "out_link_local" }],
        sets: [
            { name: "vips", keyType: TYPES.ipv6Address, keyLength: 16 },
            { name: "neighbor-discovery", keyType: TYPES.icmpv6Type, keyLength: 1, isConstant: true, elements: NEIGHBOUR_DISCOVERY },
            linkLocal,
            ...(guardsVmacs ? [VMAC_MAP, VMAC_SET, PARENT_LINK_LOCAL] : []),
        ],
        rules: [
            ...(guardsVmacs ? vmacRulesOfIpv6(count) : []),
            // RFC 9568 §6.1: neighbour discovery goes on whatever Accept_Mode says, or nobody would find the router.
            ...["in", "out"].map((chain) => ({ chain, expressions: neighbourDiscovery(count) })),
            { chain: "in", expressions: goesToLinkLocal("destination", count) },
            { chain: "out", expressions: goesToLinkLocal("source", count) },
            { chain: "in", expressions: blocked("ip6", "destination", count) },
            { chain: "out", expressions: blocked("ip6", "source", count) },
            { chain: "in_link_local", expressions: blockedOnLink("destination", linkLocal, settings, count) },
            { chain: "out_link_local", expressions: blockedOnLink("source", linkLocal, settings, count) },
        ],
    };
}

const NEIGHBOUR_DISCOVERY: readonly SetElement[] = [ICMPV6_TYPES.neighbourSolicitation, ICMPV6_TYPES.neighbourAdvertisement].map(
    (type) => ({
        key: Uint8Array.of(type),
    }),
);

/** From a virtual MAC's interface to the one below it. */
const VMAC_MAP: ElementSet = {
    name: "vmac_map",
    keyType: TYPES.interfaceIndex,
    keyLength: INDEX_LENGTH,
    data: { type: TYPES.interfaceIndex, length: INDEX_LENGTH },
};

const VMAC_SET: ElementSet = { name: "vmac_set", keyType: TYPES.interfaceIndex, keyLength: INDEX_LENGTH };

/** The link-local address that a virtual MAC's interface has from the one below it, with the number of the former. */
const PARENT_LINK_LOCAL: ElementSet = {
    name: "parent_link_local",
    keyType: concatenated(TYPES.ipv6Address, TYPES.interfaceIndex),
    keyLength: 16 + INDEX_LENGTH,
};

/** Multicast reports leave with the base interface's MAC, and router solicitations and advertisements for its address not at all. */
function vmacRulesOfIpv6(count: readonly Expression[]): TableShape["rules"] {
    const isType = (type: number): Expression[] => [...isIcmpv6(), payload("transport", 0, 1), compare(type)];
    const reports = [...isType(ICMPV6_TYPES.listenerReport), payload("network", ADDRESSES.ip6.destination, 16), ...sentOnBase(count)];
    const solicitations: Expression[] = [
        ...isType(ICMPV6_TYPES.routerSolicitation),
        meta("outputInterface"),
        { type: "lookup", set: VMAC_SET.name, register: 1 },
        ...count,
        DROP,
    ];
    const advertisements: Expression[] = [
        ...isType(ICMPV6_TYPES.neighbourAdvertisement),
        payload("transport", TARGET.offset, TARGET.length),
        meta("outputInterface", 2),
        { type: "lookup", set: PARENT_LINK_LOCAL.name, register: 1 },
        ...count,
        DROP,
    ];
    return [reports, solicitations, advertisements].map((expressions) => ({ chain: "out", expressions }));
}

/** Register 1 has the destination: a copy goes there over the base interface of a virtual MAC's, and the packet itself nowhere. */
function sentOnBase(count: readonly Expression[]): readonly Expression[] {
    return [
        meta("outputInterface", 2),
        { type: "lookup", set: VMAC_MAP.name, register: 2, result: 2 },
        { type: "duplicate", address: 1, device: 2 },
        ...count,
        DROP,
    ];
}

function blocked(family: TableFamily, end: "source" | "destination", count: readonly Expression[]): readonly Expression[] {
    const at = ADDRESSES[family];
    return [payload("network", at[end], at.length), { type: "lookup", set: "vips", register: 1 }, ...count, DROP];
}

function neighbourDiscovery(count: readonly Expression[]): readonly Expression[] {
    return [
        ...isIcmpv6(),
        payload("transport", 0, 1),
        { type: "lookup", set: "neighbor-discovery", register: 1 },
        ...count,
        { type: "verdict", verdict: "accept" },
    ];
}

function goesToLinkLocal(end: "source" | "destination", count: readonly Expression[]): readonly Expression[] {
    return [
        payload("network", ADDRESSES.ip6[end], 16),
        { type: "mask", register: 1, mask: LINK_LOCAL_MASK },
        { type: "compare", register: 1, value: LINK_LOCAL_PREFIX },
        ...count,
        { type: "goto", chain: end === "destination" ? "in_link_local" : "out_link_local" },
    ];
}

function blockedOnLink(
    end: "source" | "destination",
    { name }: ElementSet,
    { matchesByIndex }: FirewallSettings,
    count: readonly Expression[],
): readonly Expression[] {
    const byIndex = end === "destination" ? "inputInterface" : "outputInterface";
    const byName = end === "destination" ? "inputInterfaceName" : "outputInterfaceName";
    const address = payload("network", ADDRESSES.ip6[end], 16);
    return [address, meta(matchesByIndex ? byIndex : byName, 2), { type: "lookup", set: name, register: 1 }, ...count, DROP];
}

const DROP: Expression = { type: "verdict", verdict: "drop" };

function isIcmpv6(): readonly Expression[] {
    return [meta("protocol"), compare(ICMPV6)];
}

function payload(base: "network" | "transport", offset: number, length: number): Expression {
    return { type: "payload", base, offset, length, register: 1 };
}

function meta(key: MetaKey, register: 1 | 2 = 1): Expression {
    return { type: "meta", key, register };
}

function compare(byte: number): Expression {
    return { type: "compare", register: 1, value: Uint8Array.of(byte) };
}

function concatenated(first: number, second: number): number {
    return (first << CONCATENATION_BITS) | second;
}

/** An interface's name as packets are matched by it. */
export function interfaceNameBytes(name: string): Uint8Array {
    const bytes = new Uint8Array(NAME_LENGTH);
    bytes.set(utf8(name).subarray(0, NAME_LENGTH));
    return bytes;
}

/** An interface's number as packets are matched by it: in the machine's own byte order, little-endian. */
export function interfaceIndexBytes(index: number): Uint8Array {
    const bytes = new Uint8Array(INDEX_LENGTH);
    new DataView(bytes.buffer).setUint32(0, index, true);
    return bytes;
}
