import { viewOf } from "../base/bytes.ts";
import type { IpAddress } from "../base/ip.ts";
import type { Mac } from "../base/mac.ts";
import { AttributeTable, attribute, nested } from "./attributes.ts";
import { i32, ipAddress, rawBytes, structure, text, u8, u16, u32 } from "./layout.ts";
import { NETLINK } from "./message.ts";
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
const FAMILY_NUMBERS = { 4: 2, 6: 10 } as const;
const AF_UNSPEC = 0;
const MAC_LENGTH = 6;
const FOREVER = 0xffff_ffff;
/** Who put an address up; the number that route tables know as keepalived. */
const PROTOCOL_KEEPALIVED = 18;

/** struct ifinfomsg, and what may follow it (IFLA_*). */
export const LINK_HEADER = structure({ family: u8, reserved: u8, hardwareType: u16, index: i32, flags: u32, changed: u32 });
const LINK_ATTRIBUTES = new AttributeTable({
    mac: attribute(1, rawBytes),
    name: attribute(3, text),
    mtu: attribute(4, u32),
    base: attribute(5, u32),
    master: attribute(10, u32),
    // Both kinds that are of interest begin with their mode; a 32-bit one is read by its lower half.
    info: nested(18, new AttributeTable({ kind: attribute(1, text), data: nested(2, new AttributeTable({ mode: attribute(1, u16) })) })),
    group: attribute(27, u32),
});

/** struct ifaddrmsg, and what may follow it (IFA_*). */
const ADDRESS_HEADER = structure({ family: u8, prefixLength: u8, flags: u8, scope: u8, interfaceIndex: u32 });
const IDENTITY = { local: attribute(2, ipAddress), address: attribute(1, ipAddress) };
const FLAGS = { flags: attribute(8, u32) };
const ADDRESS_ATTRIBUTES = new AttributeTable({
    ...IDENTITY,
    label: attribute(3, text),
    broadcast: attribute(4, ipAddress),
    lifetimes: attribute(6, structure({ preferred: u32, valid: u32, created: u32, updated: u32 })),
    ...FLAGS,
    protocol: attribute(11, u8),
});
const MARK = new AttributeTable({ protocol: attribute(11, u8) });
/** What is read of the thousands of messages that come when thousands of addresses are put up. */
const READ_ATTRIBUTES = new AttributeTable({ ...IDENTITY, ...FLAGS });

/** IFA_F_TENTATIVE, IFA_F_DADFAILED: duplicate address detection is not over, or found a duplicate. */
const UNUSABLE = 0x40 | 0x08;
const OPTIMISTIC = 0x04;

const CREATE_OR_REPLACE = NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_ACK | NETLINK.NLM_F_CREATE | NETLINK.NLM_F_REPLACE;

/** A link as the kernel tells of it. */
export interface LinkMessage {
    readonly index: number;
    readonly name: string;
    readonly isUp: boolean;
    readonly isRunning: boolean;
    readonly isMulticast: boolean;
    readonly isLoopback: boolean;
    readonly isNoArp: boolean;
    /** Not every message has it; where it is absent it has not changed. The same holds for `mac`. */
    readonly mtu?: number;
    /** Absent as well where the hardware address is no Ethernet address. */
    readonly mac?: Mac;
    /** `macvlan`, `vrf`, `veth`; absent where it is hardware. */
    readonly kind?: string;
    /** The link that it is made upon, by number; the number may be one of another namespace. */
    readonly baseIndex?: number;
    /** Of a macvlan or an ipvlan: how it treats its siblings. */
    readonly mode?: number;
    /** The bridge, bond or VRF that it belongs to, by number. */
    readonly masterIndex?: number;
    /** Its interface group, unless that is the first one, 0. */
    readonly group?: number;
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
    readonly address: IpAddress;
    readonly prefixLength: number;
    readonly scope: number;
    readonly flags: number;
    readonly label?: string;
    readonly broadcast?: IpAddress;
    readonly peer?: { readonly address: IpAddress; readonly prefixLength: number };
    readonly preferredLifetime?: number;
}

/**
 * RTM_NEWLINK's and RTM_DELLINK's payload; undefined when it is cut or has no name, or when it is not about the link itself: a bridge tells in
 * the same words, under a family of its own, that a link is not its port any more.
 */
export function readLink(payload: Uint8Array): LinkMessage | undefined {
    const view = viewOf(payload);
    const header = LINK_HEADER.read(view, 0, payload.length);
    if (header === undefined || header.family !== AF_UNSPEC) {
        return undefined;
    }
    const found = LINK_ATTRIBUTES.read(view, LINK_HEADER.size, payload.length - LINK_HEADER.size);
    if (found.name === undefined) {
        return undefined;
    }
    const { mtu, mac } = found;
    const { index, flags } = header;
    return {
        index,
        name: found.name,
        isUp: (flags & IFF.UP) !== 0,
        isRunning: (flags & IFF.RUNNING) !== 0,
        isMulticast: (flags & IFF.MULTICAST) !== 0,
        isLoopback: (flags & IFF.LOOPBACK) !== 0,
        isNoArp: (flags & IFF.NOARP) !== 0,
        ...(mtu !== undefined && { mtu }),
        ...(mac?.length === MAC_LENGTH && { mac }),
        ...relationsOf(found),
    };
}

/** How it is tied to other links, as far as it is. */
function relationsOf({ base, master, info, group }: ReturnType<typeof LINK_ATTRIBUTES.read>): Partial<LinkMessage> {
    return {
        ...(info?.kind !== undefined && { kind: info.kind }),
        ...(base !== undefined && { baseIndex: base }),
        ...(info?.data?.mode !== undefined && isStacked(info.kind) && { mode: info.data.mode }),
        ...(master !== undefined && { masterIndex: master }),
        ...(group !== undefined && group !== 0 && { group }),
    };
}

function isStacked(kind: string | undefined): boolean {
    return kind === "macvlan" || kind === "ipvlan";
}

/** RTM_NEWADDR's and RTM_DELADDR's payload; undefined when it is cut, of another family or without an address. */
export function readAddress(payload: Uint8Array): AddressMessage | undefined {
    const view = viewOf(payload);
    const header = ADDRESS_HEADER.read(view, 0, payload.length);
    if (header === undefined) {
        return undefined;
    }
    const found = READ_ATTRIBUTES.read(view, ADDRESS_HEADER.size, payload.length - ADDRESS_HEADER.size);
    const address = found.local ?? found.address;
    if (address === undefined || FAMILY_NUMBERS[address.family] !== header.family) {
        return undefined;
    }
    const flags = found.flags ?? header.flags;
    return {
        interfaceIndex: header.interfaceIndex,
        address,
        prefixLength: header.prefixLength,
        flags,
        isUsable: (flags & UNUSABLE) === 0 || (flags & OPTIMISTIC) !== 0,
    };
}

/** An address, and who put it up. */
export interface MarkedAddress extends AddressMessage {
    /** Absent when nobody said so: kernels before 5.18 never do. */
    readonly isOfThisProgram?: boolean;
}

/** Likewise, with what the kernel tells of its origin. */
export function readMarkedAddress(payload: Uint8Array): MarkedAddress | undefined {
    const found = readAddress(payload);
    if (found === undefined) {
        return undefined;
    }
    const { protocol } = MARK.read(viewOf(payload), ADDRESS_HEADER.size, payload.length - ADDRESS_HEADER.size);
    return protocol === undefined ? found : { ...found, isOfThisProgram: protocol === PROTOCOL_KEEPALIVED };
}

/** Asks for one link. */
export function writeGetLink(writer: MessageWriter, index: number, sequence: number): void {
    writer.begin(RTNETLINK.RTM_GETLINK, NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_ACK, sequence);
    LINK_HEADER.write(writer, { index });
    writer.end();
}

/** Asks for all links, or for all addresses of both families. */
export function writeDump(writer: MessageWriter, type: number, sequence: number): void {
    writer.begin(type, NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_DUMP, sequence);
    if (type === RTNETLINK.RTM_GETLINK) {
        LINK_HEADER.write(writer, {});
    } else {
        ADDRESS_HEADER.write(writer, {});
    }
    writer.end();
}

/** Writes one order about an address of an interface. */
export type WriteAddress = (writer: MessageWriter, order: AddressOrder, interfaceIndex: number, sequence: number) => void;

/** Puts an address up; one that stands already gets these flags and lifetimes. */
export function writeNewAddress(writer: MessageWriter, order: AddressOrder, interfaceIndex: number, sequence: number): void {
    const { address, peer, flags, preferredLifetime } = order;
    writer.begin(RTNETLINK.RTM_NEWADDR, CREATE_OR_REPLACE, sequence);
    writeAddressHeader(writer, order, interfaceIndex);
    ADDRESS_ATTRIBUTES.write(writer, {
        local: address,
        address: peer?.address ?? address,
        label: order.label,
        broadcast: order.broadcast,
        // The time stamps are the kernel's own.
        lifetimes: preferredLifetime === undefined ? undefined : { preferred: preferredLifetime, valid: FOREVER, created: 0, updated: 0 },
        flags,
        protocol: PROTOCOL_KEEPALIVED,
    });
    writer.end();
}

/** Takes an address down, whatever its label: one that was adopted may have another than ours. */
export function writeDeleteAddress(writer: MessageWriter, order: AddressOrder, interfaceIndex: number, sequence: number): void {
    const { address, peer } = order;
    writer.begin(RTNETLINK.RTM_DELADDR, NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_ACK, sequence);
    writeAddressHeader(writer, order, interfaceIndex);
    ADDRESS_ATTRIBUTES.write(writer, { local: address, address: peer?.address ?? address });
    writer.end();
}

function writeAddressHeader(writer: MessageWriter, order: AddressOrder, interfaceIndex: number): void {
    const { address, peer, prefixLength, flags, scope } = order;
    ADDRESS_HEADER.write(writer, {
        family: FAMILY_NUMBERS[address.family],
        prefixLength: peer?.prefixLength ?? prefixLength,
        flags: flags & 0xff,
        scope,
        interfaceIndex,
    });
}
