import type { VirtualAddress } from "../../address/virtual-address.ts";
import type { Filled } from "../../base/filled.ts";
import { formatIp, type IpAddress, isLinkLocal } from "../../base/ip.ts";
import type { AddressEntry } from "../blocks/address-entry.ts";
import type { Position } from "../position.ts";
import type { Protocol } from "./protocol.ts";
import type { Instance, Scope } from "./scope.ts";
import type { RouterLinks } from "./virtual-links.ts";

/** The count in an advertisement is one byte (RFC 9568 §5.2.5). */
const MOST_LISTED = 255;
/** IPv6 addresses that fit a packet of 1500 bytes behind its two headers; IPv4 reaches the count first. */
const MOST_LISTED_IPV6 = 90;
/** The trailer of `auth_hmac` takes the place of one. */
const MOST_SIGNED_IPV6 = 89;

const SCOPE_GLOBAL = 0;
const SCOPE_LINK = 253;
const FLAG_NODAD = 0x02;
const FLAG_HOMEADDRESS = 0x10;
const FLAG_MANAGETEMPADDR = 0x100;
const FLAG_NOPREFIXROUTE = 0x200;
const FLAG_MCAUTOJOIN = 0x400;

/** What a virtual router owns: listed in its advertisements, and not. */
export interface Holdings {
    readonly addresses: readonly VirtualAddress[];
    readonly excludedAddresses: readonly VirtualAddress[];
}

/** The addresses as the kernel is to be told of them; a duplicate is refused, one too many for an advertisement is owned unlisted. */
export function completeHoldings(instance: Instance, protocol: Protocol, links: RouterLinks, scope: Scope): Holdings {
    const isSeveral = instance.virtual_ipaddress.length + instance.virtual_ipaddress_excluded.length > 1;
    const seen = isSeveral ? new Set<string>() : undefined;
    const listed: VirtualAddress[] = [];
    const excluded: VirtualAddress[] = [];
    for (const [index, entry] of instance.virtual_ipaddress.entries()) {
        const at = instance.positions.virtual_ipaddress?.[index] ?? instance.at;
        if (entry.address.address.family !== protocol.family) {
            refuse({ instance, entry, at }, "is of the other address family; such addresses go to virtual_ipaddress_excluded", scope);
        } else if (hasPlace({ instance, entry, at }, scope) && isNew({ instance, entry, at }, seen, scope)) {
            listed.push(addressOn(entry, links.place(entry)));
        }
    }
    for (const [index, entry] of instance.virtual_ipaddress_excluded.entries()) {
        const at = instance.positions.virtual_ipaddress_excluded?.[index] ?? instance.at;
        if (hasPlace({ instance, entry, at }, scope) && isNew({ instance, entry, at }, seen, scope)) {
            excluded.push(addressOn(entry, links.place(entry)));
        }
    }
    reportFirstNotLinkLocal(instance, listed[0]?.address, protocol, scope);
    return limitListed(instance, { addresses: listed, excludedAddresses: excluded }, protocol, scope);
}

/** One address entry with its defaults: /32 or /128, that interface unless another one is written, and for IPv6 no duplicate address detection. */
export function completeAddress(entry: AddressEntry, usualInterface: string): VirtualAddress {
    return addressOn(entry, entry.dev ?? usualInterface);
}

function addressOn(entry: AddressEntry, interfaceName: string): VirtualAddress {
    const { address } = entry.address;
    const isIpv6 = address.family === 6;
    const longest = isIpv6 ? 128 : 32;
    const prefixLength = entry.address.prefixLength ?? longest;
    const broadcast = isIpv6 ? undefined : completeBroadcast(entry, prefixLength);
    const lifetime = entry.preferred_lft ?? (isIpv6 && prefixLength === longest ? 0 : "forever");
    const completed: Filled<VirtualAddress> = {
        address,
        prefixLength,
        interfaceName,
        scope: isIpv6 ? (isLinkLocal(address) ? SCOPE_LINK : SCOPE_GLOBAL) : (entry.scope ?? SCOPE_GLOBAL),
        flags: completeFlags(entry, isIpv6),
        isTracked: !entry.no_track,
    };
    if (broadcast !== undefined) {
        completed.broadcast = broadcast;
    }
    if (entry.label !== undefined && !isIpv6) {
        completed.label = entry.label;
    }
    if (entry.peer !== undefined) {
        completed.peer = { address: entry.peer.address, prefixLength: entry.peer.prefixLength ?? longest };
    }
    if (lifetime !== "forever") {
        completed.preferredLifetime = lifetime;
    }
    return completed;
}

function completeFlags(entry: AddressEntry, isIpv6: boolean): number {
    return (
        (isIpv6 && !entry["-nodad"] ? FLAG_NODAD : 0) |
        (entry.home ? FLAG_HOMEADDRESS : 0) |
        (entry.mngtmpaddr ? FLAG_MANAGETEMPADDR : 0) |
        (entry.noprefixroute ? FLAG_NOPREFIXROUTE : 0) |
        (entry.autojoin ? FLAG_MCAUTOJOIN : 0)
    );
}

function completeBroadcast(entry: AddressEntry, prefixLength: number): IpAddress | undefined {
    if (entry.brd === undefined || typeof entry.brd !== "string") {
        return entry.brd;
    }
    const setsHostBits = entry.brd === "+";
    const bytes = entry.address.address.bytes.map((byte, index) => {
        const hostBits = 0xff >> Math.min(8, Math.max(0, prefixLength - 8 * index));
        return setsHostBits ? byte | hostBits : byte & ~hostBits;
    });
    return { family: 4, bytes };
}

/** One line of an address list. */
interface Line {
    readonly instance: Instance;
    readonly entry: AddressEntry;
    readonly at: Position;
}

function hasPlace(line: Line, scope: Scope): boolean {
    const isPlaced = line.entry.dev !== undefined || line.instance.interface !== undefined;
    if (!isPlaced) {
        refuse(line, "has no interface: the virtual router has none, and there is no dev", scope);
    }
    return isPlaced;
}

/** @param seen not given where there is nothing that a line could be the same as */
function isNew(line: Line, seen: Set<string> | undefined, scope: Scope): boolean {
    if (seen === undefined) {
        return true;
    }
    const { address, prefixLength } = line.entry.address;
    const key = `${formatIp(address)}/${prefixLength ?? ""}@${line.entry.dev ?? ""}`;
    if (seen.has(key)) {
        refuse(line, "is listed twice", scope);
        return false;
    }
    seen.add(key);
    return true;
}

function refuse({ instance, entry, at }: Line, reason: string, scope: Scope): void {
    scope.report(at, {
        code: "address-refused",
        errorClass: "general",
        message: `(${instance.name}) address ${formatIp(entry.address.address)} ${reason}`,
        consequence: "it is left out",
    });
}

function reportFirstNotLinkLocal(instance: Instance, first: IpAddress | undefined, protocol: Protocol, scope: Scope): void {
    if (first === undefined || protocol.family === 4 || isLinkLocal(first) || instance.positions.unicast_peer !== undefined) {
        return;
    }
    scope.report(instance.positions.virtual_ipaddress?.[0] ?? instance.at, {
        code: "first-not-link-local",
        errorClass: protocol.strict ? "general" : "note",
        message: `(${instance.name}) the first IPv6 address should be link-local (RFC 9568 §5.2.9), not ${formatIp(first)}`,
        consequence: "it is used as it stands",
    });
}

function limitListed(instance: Instance, holdings: Holdings, protocol: Protocol, scope: Scope): Holdings {
    const mostOfIpv6 = instance.auth_hmac === undefined ? MOST_LISTED_IPV6 : MOST_SIGNED_IPV6;
    const most = protocol.family === 6 ? mostOfIpv6 : MOST_LISTED;
    const count = holdings.addresses.length;
    if (count <= most) {
        return holdings;
    }
    scope.report(instance.positions.virtual_ipaddress?.[0] ?? instance.at, {
        code: "too-many-addresses",
        errorClass: "note",
        message: `(${instance.name}) an advertisement holds ${most} addresses, and there are ${count}`,
        consequence: `the last ${count - most} are owned unlisted, as in virtual_ipaddress_excluded`,
    });
    return {
        addresses: holdings.addresses.slice(0, most),
        excludedAddresses: [...holdings.addresses.slice(most), ...holdings.excludedAddresses],
    };
}
