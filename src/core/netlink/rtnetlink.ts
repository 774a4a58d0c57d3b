import { viewOf } from "../base/bytes.ts";
import { type IpAddress, ipFromBytes } from "../base/ip.ts";
import type { Mac } from "../base/mac.ts";
import { NETLINK, readAttributes, textOf } from "./message.ts";
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

/** An address as the kernel tells of it. */
export interface AddressMessage {
    readonly interfaceIndex: number;
    readonly address: IpAddress;
    readonly prefixLength: number;
    readonly scope: number;
    readonly flags: number;
    /** Duplicate address detection lets it be used. */
    readonly isUsable: boolean;
    readonly label?: string;
    readonly broadcast?: IpAddress;
    readonly peer?: IpAddress;
    /** Seconds; absent means for ever. */
    readonly preferredLifetime?: number;
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

/** RTM_NEWADDR's and RTM_DELADDR's payload; undefined when it is cut, of another family or without an address. */
export function readAddress(payload: Uint8Array): AddressMessage | undefined {
    if (payload.length < ADDRESS_HEADER) {
        return undefined;
    }
    const view = viewOf(payload);
    const found: Found = { flags: view.getUint8(2) };
    for (const [type, value] of readAttributes(payload.subarray(ADDRESS_HEADER))) {
        takeAddressAttribute(found, type, value);
    }
    const address = found.local ?? found.address;
    const isFamilyKnown = address !== undefined && FAMILY_NUMBERS[address.family] === view.getUint8(0);
    if (address === undefined || !isFamilyKnown) {
        return undefined;
    }
    const isPeer = found.local !== undefined && found.address !== undefined && !sameBytes(found.local, found.address);
    return {
        interfaceIndex: view.getUint32(4, true),
        address,
        prefixLength: view.getUint8(1),
        scope: view.getUint8(3),
        flags: found.flags,
        isUsable: (found.flags & UNUSABLE) === 0 || (found.flags & OPTIMISTIC) !== 0,
        ...(found.label !== undefined && { label: found.label }),
        ...(found.broadcast && { broadcast: found.broadcast }),
        ...(isPeer && found.address && { peer: found.address }),
        ...(found.preferred !== undefined && found.preferred !== FOREVER && { preferredLifetime: found.preferred }),
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

interface Found {
    flags: number;
    local?: IpAddress;
    address?: IpAddress;
    broadcast?: IpAddress;
    label?: string;
    preferred?: number;
}

function takeAddressAttribute(found: Found, type: number, value: Uint8Array): void {
    const isIp = value.length === 4 || value.length === 16;
    if (type === IFA.LABEL) {
        found.label = textOf(value);
    } else if (type === IFA.FLAGS && value.length >= 4) {
        found.flags = viewOf(value).getUint32(0, true);
    } else if (type === IFA.CACHEINFO && value.length >= 4) {
        found.preferred = viewOf(value).getUint32(0, true);
    } else if (type === IFA.LOCAL && isIp) {
        found.local = ipFromBytes(value);
    } else if (type === IFA.ADDRESS && isIp) {
        found.address = ipFromBytes(value);
    } else if (type === IFA.BROADCAST && isIp) {
        found.broadcast = ipFromBytes(value);
    }
}

function sameBytes(left: IpAddress, right: IpAddress): boolean {
    return left.bytes.length === right.bytes.length && left.bytes.every((byte, index) => byte === right.bytes[index]);
}
