import { viewOf } from "../base/bytes.ts";
import type { Family, IpAddress } from "../base/ip.ts";
import type { Mac } from "../base/mac.ts";
import { align, NETLINK, readAttributes, textOf } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";

/**
 * Links and addresses of rtnetlink (include/uapi/linux/rtnetlink.h, if_link.h, if_addr.h).
 */

export const RTNETLINK = {
    RTM_NEWLINK: 16,
    RTM_DELLINK: 17,
    RTM_GETLINK: 18,
    RTM_NEWADDR: 20,
    RTM_DELADDR: 21,
    RTM_GETADDR: 22,
    RTNLGRP_LINK: 1,
    RTNLGRP_IPV4_IFADDR: 5,
    RTNLGRP_IPV6_IFADDR: 9,
} as const;

const IFF = { UP: 0x1, LOOPBACK: 0x8, RUNNING: 0x40, NOARP: 0x80, MULTICAST: 0x1000 } as const;
const IFLA = { ADDRESS: 1, IFNAME: 3, MTU: 4 } as const;
const IFA = { ADDRESS: 1, LOCAL: 2, LABEL: 3, BROADCAST: 4, CACHEINFO: 6, FLAGS: 8, PROTO: 11 } as const;
const FAMILY_NUMBERS = { 4: 2, 6: 10 } as const;
const ADDRESS_LENGTHS = { 4: 4, 6: 16 } as const;
const LINK_HEADER = 16;
const ADDRESS_HEADER = 8;
const FOREVER = 0xffff_ffff;
/** Who put an address up; the number that route tables know as keepalived. */
const PROTOCOL_KEEPALIVED = 18;

/** IFA_F_TENTATIVE, IFA_F_DADFAILED: duplicate address detection is not over, or found a duplicate. */
const UNUSABLE = 0x40 | 0x08;
const OPTIMISTIC = 0x04;

/** A link as the kernel tells of it. */
export interface LinkMessage {
    readonly index: number;
    readonly name: string;
    readonly isUp: boolean;
    readonly isRunning: boolean;
    readonly isMulticast: boolean;
    readonly isLoopback: boolean;
    readonly isNoArp: boolean;
    readonly mtu: number;
    readonly mac?: Mac;
}

/** An address as the kernel tells of it, as far as it is of interest who has which. */
export interface AddressMessage {
    readonly interfaceIndex: number;
    readonly address: IpAddress;
    readonly prefixLength: number;
    readonly flags: number;
    /** Duplicate address detection lets it be used. */
    readonly isUsable: boolean;
}

/** An address that is to be put up or taken down. */
export interface AddressOrder {
    readonly interfaceIndex: number;
    readonly address: IpAddress;
    readonly prefixLength: number;
    readonly scope: number;
    readonly flags: number;
    readonly label?: string;
    readonly broadcast?: IpAddress;
    readonly peer?: { readonly address: IpAddress; readonly prefixLength: number };
    readonly preferredLifetime?: number;
}

/** RTM_NEWLINK's and RTM_DELLINK's payload; undefined when it is cut or has no name. */
export function readLink(payload: Uint8Array): LinkMessage | undefined {
    if (payload.length < LINK_HEADER) {
        return undefined;
    }
    const view = viewOf(payload);
    const flags = view.getUint32(8, true);
    let name: string | undefined;
    let mtu = 0;
    let mac: Mac | undefined;
    for (const [type, value] of readAttributes(payload.subarray(LINK_HEADER))) {
        if (type === IFLA.IFNAME) {
            name = textOf(value);
        } else if (type === IFLA.MTU && value.length >= 4) {
            mtu = viewOf(value).getUint32(0, true);
        } else if (type === IFLA.ADDRESS) {
            mac = value.slice();
        }
    }
    if (name === undefined) {
        return undefined;
    }
    return {
        index: view.getInt32(4, true),
        name,
        isUp: (flags & IFF.UP) !== 0,
        isRunning: (flags & IFF.RUNNING) !== 0,
        isMulticast: (flags & IFF.MULTICAST) !== 0,
        isLoopback: (flags & IFF.LOOPBACK) !== 0,
        isNoArp: (flags & IFF.NOARP) !== 0,
        mtu,
        ...(mac && { mac }),
    };
}

/**
 * RTM_NEWADDR's and RTM_DELADDR's payload; undefined when it is cut, of another family or without an address.
 *
 * It is read in place: thousands of these come when thousands of addresses are put up.
 */
export function readAddress(payload: Uint8Array): AddressMessage | undefined {
    if (payload.length < ADDRESS_HEADER) {
        return undefined;
    }
    const family = payload[0] === FAMILY_NUMBERS[4] ? 4 : payload[0] === FAMILY_NUMBERS[6] ? 6 : undefined;
    const found = { flags: payload[2] ?? 0, local: -1, address: -1 };
    for (let offset = ADDRESS_HEADER; offset + 4 <= payload.length; ) {
        const length = u16At(payload, offset);
        if (length < 4 || length > payload.length - offset) {
            break;
        }
        takeAddressAttribute(found, u16At(payload, offset + 2) & 0x3fff, { offset: offset + 4, length: length - 4, payload, family });
        offset += align(length);
    }
    const start = found.local >= 0 ? found.local : found.address;
    if (start < 0 || family === undefined) {
        return undefined;
    }
    return {
        interfaceIndex: u16At(payload, 4) + u16At(payload, 6) * 0x1_0000,
        address: { family, bytes: payload.slice(start, start + ADDRESS_LENGTHS[family]) },
        prefixLength: payload[1] ?? 0,
        flags: found.flags,
        isUsable: (found.flags & UNUSABLE) === 0 || (found.flags & OPTIMISTIC) !== 0,
    };
}

/** Asks for all links, or for all addresses of both families. */
export function writeDump(writer: MessageWriter, type: number, sequence: number): void {
    writer.begin(type, NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_DUMP, sequence);
    const header = type === RTNETLINK.RTM_GETLINK ? LINK_HEADER : ADDRESS_HEADER;
    for (let index = 0; index < header; index++) {
        writer.u8(0);
    }
    writer.end();
}

/** Puts an address up; one that stands already gets these flags and lifetimes. */
export function writeNewAddress(writer: MessageWriter, order: AddressOrder, sequence: number): void {
    const flags = NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_ACK | NETLINK.NLM_F_CREATE | NETLINK.NLM_F_REPLACE;
    beginAddress(writer, RTNETLINK.RTM_NEWADDR, { flags, sequence }, order);
    if (order.broadcast !== undefined) {
        writer.attribute(IFA.BROADCAST, order.broadcast.bytes);
    }
    if (order.preferredLifetime !== undefined) {
        writeLifetimes(writer, order.preferredLifetime);
    }
    writer.u32Attribute(IFA.FLAGS, order.flags);
    writer.u8Attribute(IFA.PROTO, PROTOCOL_KEEPALIVED);
    writer.end();
}

/** Takes an address down. */
export function writeDeleteAddress(writer: MessageWriter, order: AddressOrder, sequence: number): void {
    beginAddress(writer, RTNETLINK.RTM_DELADDR, { flags: NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_ACK, sequence }, order);
    writer.end();
}

function beginAddress(
    writer: MessageWriter,
    type: number,
    head: { readonly flags: number; readonly sequence: number },
    order: AddressOrder,
): void {
    const { address, peer } = order;
    writer.begin(type, head.flags, head.sequence);
    writer.u8(FAMILY_NUMBERS[address.family]);
    writer.u8(peer?.prefixLength ?? order.prefixLength);
    writer.u8(order.flags & 0xff);
    writer.u8(order.scope);
    writer.u32(order.interfaceIndex);
    writer.attribute(IFA.LOCAL, address.bytes);
    writer.attribute(IFA.ADDRESS, peer?.address.bytes ?? address.bytes);
    if (order.label !== undefined) {
        writer.textAttribute(IFA.LABEL, order.label);
    }
}

/** struct ifa_cacheinfo: preferred, valid, and two time stamps that only the kernel writes. */
function writeLifetimes(writer: MessageWriter, preferred: number): void {
    writer.u16(20);
    writer.u16(IFA.CACHEINFO);
    writer.u32(preferred);
    writer.u32(FOREVER);
    writer.u32(0);
    writer.u32(0);
}

/** Where in the payload the addresses stand; below zero is nowhere. */
interface Found {
    flags: number;
    local: number;
    address: number;
}

interface AttributePlace {
    readonly payload: Uint8Array;
    readonly offset: number;
    readonly length: number;
    readonly family: Family | undefined;
}

function takeAddressAttribute(found: Found, type: number, { payload, offset, length, family }: AttributePlace): void {
    const isWhole = family !== undefined && length === ADDRESS_LENGTHS[family];
    if (type === IFA.LOCAL && isWhole) {
        found.local = offset;
    } else if (type === IFA.ADDRESS && isWhole) {
        found.address = offset;
    } else if (type === IFA.FLAGS && length >= 4) {
        found.flags = u16At(payload, offset) + u16At(payload, offset + 2) * 0x1_0000;
    }
}

function u16At(bytes: Uint8Array, offset: number): number {
    return (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8);
}
