import { viewOf } from "../base/bytes.ts";
import type { Family, IpAddress } from "../base/ip.ts";
import type { NextHop, Prefix, Route, RouteMetrics, WeightedHop } from "../base/route.ts";
import { AttributeTable, attribute } from "./attributes.ts";
import { i32, ipAddress, type Layout, structure, text, u8, u16, u32 } from "./layout.ts";
import { NETLINK } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";
import { ENCAPSULATION_TYPES, writeEncapsulation } from "./route-encapsulation.ts";

/**
 * Routes of rtnetlink (include/uapi/linux/rtnetlink.h): struct rtmsg and RTA_*.
 */

export const ROUTE_MESSAGE = {
    RTM_NEWROUTE: 24,
    RTM_DELROUTE: 25,
    RTM_GETROUTE: 26,
    RTNLGRP_IPV4_ROUTE: 7,
    RTNLGRP_IPV6_ROUTE: 11,
} as const;

const FAMILY_NUMBERS = { 4: 2, 6: 10 } as const;
const RTNH_F_ONLINK = 4;
const RTA_VIA = 18;
const RTA_MULTIPATH = 9;
const RTA_ENCAP = 22;
const RTA_METRICS = 8;
const RTAX_LOCK = 1;
const RTAX_CC_ALGO = 16;
/** Tables beyond one byte are told in an attribute; this number says so. */
const TABLE_IN_ATTRIBUTE = 252;
const LARGEST_SHORT_TABLE = 255;
const ENCAPSULATION_TYPE = attribute(21, u16);

/** struct rtmsg. */
export const ROUTE_HEADER = structure({
    family: u8,
    destinationLength: u8,
    sourceLength: u8,
    tos: u8,
    table: u8,
    protocol: u8,
    scope: u8,
    type: u8,
    flags: u32,
});

const ATTRIBUTES = new AttributeTable({
    destination: attribute(1, ipAddress),
    source: attribute(2, ipAddress),
    interfaceIndex: attribute(4, i32),
    gateway: attribute(5, ipAddress),
    metric: attribute(6, u32),
    preferredSource: attribute(7, ipAddress),
    realms: attribute(11, u32),
    table: attribute(15, u32),
    routerPreference: attribute(20, u8),
    encapsulationType: ENCAPSULATION_TYPE,
    expires: attribute(23, u32),
    propagatesTtl: attribute(26, u8),
});
const HOP_ATTRIBUTES = new AttributeTable({
    gateway: attribute(5, ipAddress),
    realms: attribute(11, u32),
    encapsulationType: ENCAPSULATION_TYPE,
});

/** The index of an interface; undefined when it is not there. */
export type IndexOf = (interfaceName: string) => number | undefined;

/** A route as the kernel tells of it, as far as it takes to know it again. */
export interface RouteMessage {
    readonly family: Family;
    readonly destination: Prefix;
    readonly source?: Prefix;
    readonly tos: number;
    readonly table: number;
    readonly protocol: number;
    readonly type: number;
    readonly metric: number;
    /** Absent where it has none, or several. */
    readonly interfaceIndex?: number;
    /** Made by the kernel for its own use, not to be seen in a table (RTM_F_CLONED). */
    readonly isCloned: boolean;
}

const RTM_F_CLONED = 0x200;
const PLACES = {
    before: NETLINK.NLM_F_CREATE,
    after: NETLINK.NLM_F_CREATE | NETLINK.NLM_F_APPEND,
    alone: NETLINK.NLM_F_CREATE | NETLINK.NLM_F_EXCL,
} as const;

/** Adds a route. One that stands already with the same words is left as it is, which the kernel tells as EEXIST. */
export function writeNewRoute(writer: MessageWriter, route: Route, sequence: number, indexOf: IndexOf): void {
    writer.begin(ROUTE_MESSAGE.RTM_NEWROUTE, NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_ACK | PLACES[route.place], sequence);
    writeRoute(writer, route, indexOf);
}

/** Removes that route and no other: one with another gateway, protocol or source stays. */
export function writeDeleteRoute(writer: MessageWriter, route: Route, sequence: number, indexOf: IndexOf): void {
    writer.begin(ROUTE_MESSAGE.RTM_DELROUTE, NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_ACK, sequence);
    writeRoute(writer, route, indexOf);
}

/** Asks for all routes that this protocol made; kernels that cannot choose tell of all. */
export function writeRouteDump(writer: MessageWriter, protocol: number, sequence: number): void {
    writer.begin(ROUTE_MESSAGE.RTM_GETROUTE, NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_DUMP, sequence);
    ROUTE_HEADER.write(writer, { protocol });
    writer.end();
}

/** RTM_NEWROUTE's and RTM_DELROUTE's payload; undefined when it is cut or of another family. */
export function readRoute(payload: Uint8Array): RouteMessage | undefined {
    const view = viewOf(payload);
    const header = ROUTE_HEADER.read(view, 0, payload.length);
    const family: Family | undefined = header?.family === FAMILY_NUMBERS[4] ? 4 : header?.family === FAMILY_NUMBERS[6] ? 6 : undefined;
    if (header === undefined || family === undefined) {
        return undefined;
    }
    const found = ATTRIBUTES.read(view, ROUTE_HEADER.size, payload.length - ROUTE_HEADER.size);
    const source =
        header.sourceLength > 0 && found.source !== undefined ? { address: found.source, prefixLength: header.sourceLength } : undefined;
    return {
        family,
        destination: { address: found.destination ?? anyAddress(family), prefixLength: header.destinationLength },
        ...(source && { source }),
        tos: header.tos,
        table: found.table ?? header.table,
        protocol: header.protocol,
        type: header.type,
        metric: found.metric ?? 0,
        ...(found.interfaceIndex !== undefined && { interfaceIndex: found.interfaceIndex }),
        isCloned: (header.flags & RTM_F_CLONED) !== 0,
    };
}

/** The address of all zeros. */
export function anyAddress(family: Family): IpAddress {
    return { family, bytes: new Uint8Array(family === 4 ? 4 : 16) };
}

function writeRoute(writer: MessageWriter, route: Route, indexOf: IndexOf): void {
    const { hop, table, destination, source } = route;
    ROUTE_HEADER.write(writer, {
        family: FAMILY_NUMBERS[route.family],
        destinationLength: destination.prefixLength,
        sourceLength: source?.prefixLength ?? 0,
        tos: route.tos,
        table: table > LARGEST_SHORT_TABLE ? TABLE_IN_ATTRIBUTE : table,
        protocol: route.protocol,
        scope: route.scope,
        type: route.type,
        flags: hop.isOnLink ? RTNH_F_ONLINK : 0,
    });
    ATTRIBUTES.write(writer, {
        destination: destination.prefixLength === 0 ? undefined : destination.address,
        source: source?.address,
        interfaceIndex: hop.interfaceName === undefined ? undefined : indexOf(hop.interfaceName),
        gateway: hop.gateway?.family === route.family ? hop.gateway : undefined,
        metric: route.metric,
        preferredSource: route.preferredSource,
        realms: route.realms,
        table: table > LARGEST_SHORT_TABLE ? table : undefined,
        routerPreference: route.routerPreference,
        encapsulationType: hop.encapsulation && ENCAPSULATION_TYPES[hop.encapsulation.type],
        expires: route.expires,
        propagatesTtl: route.propagatesTtl === undefined ? undefined : Number(route.propagatesTtl),
    });
    writeForeignParts(writer, route.family, hop);
    if (route.metrics !== undefined) {
        writeMetrics(writer, route.metrics);
    }
    if (route.hops !== undefined) {
        writeHops(writer, route.family, route.hops, indexOf);
    }
    writer.end();
}

/** What of a hop has no fixed form: a gateway of the other family (struct rtvia), and the header around its packets. */
function writeForeignParts(writer: MessageWriter, family: Family, { gateway, encapsulation }: NextHop): void {
    if (gateway !== undefined && gateway.family !== family) {
        inAttribute(writer, RTA_VIA, () => {
            writer.u16(FAMILY_NUMBERS[gateway.family]);
            writer.raw(gateway.bytes);
        });
    }
    if (encapsulation !== undefined) {
        inAttribute(writer, RTA_ENCAP, () => writeEncapsulation(writer, encapsulation));
    }
}

function writeMetrics(writer: MessageWriter, { locked, values, congestionControl }: RouteMetrics): void {
    inAttribute(writer, RTA_METRICS, () => {
        if (locked !== 0) {
            writeOne(writer, RTAX_LOCK, u32, locked);
        }
        for (const [metric, value] of values) {
            writeOne(writer, metric, u32, value);
        }
        if (congestionControl !== undefined) {
            writeOne(writer, RTAX_CC_ALGO, text, congestionControl);
        }
    });
}

/** struct rtnexthop for each, whose length covers the attributes behind it. */
function writeHops(writer: MessageWriter, family: Family, hops: readonly WeightedHop[], indexOf: IndexOf): void {
    inAttribute(writer, RTA_MULTIPATH, () => {
        for (const hop of hops) {
            const index = hop.interfaceName === undefined ? undefined : indexOf(hop.interfaceName);
            // Length first, as in an attribute; what an attribute has as its number are flags and weight here.
            const start = writer.beginAttribute((hop.isOnLink ? RTNH_F_ONLINK : 0) | ((hop.weight - 1) << 8));
            i32.write(writer, index ?? 0);
            HOP_ATTRIBUTES.write(writer, {
                gateway: hop.gateway?.family === family ? hop.gateway : undefined,
                realms: hop.realms,
                encapsulationType: hop.encapsulation && ENCAPSULATION_TYPES[hop.encapsulation.type],
            });
            writeForeignParts(writer, family, hop);
            writer.endAttribute(start);
        }
    });
}

function writeOne<Value>(writer: MessageWriter, number: number, layout: Layout<Value>, value: Value): void {
    inAttribute(writer, number, () => layout.write(writer, value));
}

function inAttribute(writer: MessageWriter, number: number, write: () => void): void {
    const start = writer.beginAttribute(number);
    write();
    writer.endAttribute(start);
}
