import { inSeconds, NO_TIME } from "../base/instant.ts";
import { equalIp, formatIp, type IpAddress, ipKey } from "../base/ip.ts";
import { type Rejected, type Result, rejected, success } from "../base/result.ts";
import {
    ADVERTISEMENT_TYPE,
    AUTHENTICATION_HEADER_PROTOCOL,
    AUTHENTICATION_TYPES,
    decodeVrrp,
    isEthernetPadding,
    listedAddresses,
    VRRP_GROUP_IPV4,
    VRRP_TTL,
    type VrrpPacket,
    vrrpChecksum,
} from "../packet/vrrp.ts";
import { fitsDestination } from "./attachment.ts";
import type { ReceivedPacket } from "./events.ts";
import type { RejectionReason } from "./reports.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import { OWNER_PRIORITY } from "./timers.ts";

/** Why a packet is not acted upon. The words are only made when somebody wants them. */
export interface Rejection {
    readonly reason: RejectionReason;
    readonly describe: () => string;
}

/** An advertisement that may be acted upon. */
export interface Admitted {
    readonly packet: VrrpPacket;
    /** Its checksum was right only with the multicast group in the place of the unicast destination, as old peers make it. */
    readonly hasOldChecksum: boolean;
}

type Check = (packet: VrrpPacket, received: ReceivedPacket, settings: VirtualRouterSettings) => Rejected<Rejection> | undefined;

/**
 * Judges a packet that came for a virtual router, in Keepalived's order; RFC 9568 §7.1 and RFC 3768 §7.1 have the same checks in another.
 *
 * The comparison of address lists is not among them, since its outcome drops nothing; see {@link addressListDifference}.
 */
export function admit(received: ReceivedPacket, settings: VirtualRouterSettings): Result<Admitted, Rejection> {
    if (received.protocol === AUTHENTICATION_HEADER_PROTOCOL) {
        return reject("authentication-header", () => "Received AH header but auth type not AH");
    }
    const decoded = decodeVrrp(received.payload, received.family);
    if (!decoded.ok && decoded.error.code === "too-short") {
        const { expected, found } = decoded.error;
        return reject("packet-length", () => `vrrp packet too short, length ${found} and expect ${expected}`);
    }
    if (decoded.ok && decoded.value.trailer.length > 0 && !isEthernetPadding(decoded.value, received.family)) {
        const expected = decoded.value.pdu.length;
        return reject("packet-length", () => `vrrp packet too long, length ${received.payload.length} and expect ${expected}`);
    }
    // RFC 9568 §7.1: TTL or hop limit must be 255. Unicast peers may be further away.
    if (settings.destination.type === "multicast" && received.ttl !== VRRP_TTL) {
        return reject("ttl", () => `invalid TTL/HL. Received ${received.ttl} and expect ${VRRP_TTL}`);
    }
    if (!decoded.ok || decoded.value.version !== settings.version) {
        return reject("version", () => `wrong version. Received ${(received.payload[0] ?? 0) >> 4} and expect ${settings.version}`);
    }
    const packet = decoded.value;
    for (const check of CHECKS_BEFORE_CHECKSUM) {
        const failure = check(packet, received, settings);
        if (failure !== undefined) {
            return failure;
        }
    }
    const checksum = checksumForm(packet, received, settings);
    if (checksum === undefined) {
        return reject("checksum", () => `Invalid VRRPv${settings.version} checksum`);
    }
    return (
        checkDestination(packet, received, settings) ??
        checkOwner(packet, received, settings) ??
        success({ packet, hasOldChecksum: checksum === "old-unicast" })
    );
}

/** With `check_unicast_src`, whether a sender is a peer and no further away than it may be. Comes after the packet was counted as received. */
export function checkPeer(received: ReceivedPacket, settings: VirtualRouterSettings): Rejected<Rejection> | undefined {
    if (!settings.checksUnicastSource || settings.destination.type !== "unicast") {
        return undefined;
    }
    const peer = settings.destination.peers.find((candidate) => equalIp(candidate.address, received.source));
    if (peer === undefined) {
        return reject("unknown-peer", () => `unicast source address ${formatIp(received.source)} not a unicast peer`);
    }
    if (received.ttl < peer.minTtl || received.ttl > peer.maxTtl) {
        return reject("peer-ttl", () => `TTL/HL ${received.ttl} not in range ${peer.minTtl} - ${peer.maxTtl}`);
    }
    return undefined;
}

/** How the list of an advertisement differs from the one configured, in words; undefined when both hold the same addresses in any order. */
export function addressListDifference(packet: VrrpPacket, settings: VirtualRouterSettings): string | undefined {
    const own = settings.addresses;
    if (packet.addressCount !== own.length) {
        return `expected ${own.length} VIPs but received ${packet.addressCount}`;
    }
    if (isSameList(packet.addressBytes, own)) {
        return undefined;
    }
    const listed = new Set(listedAddresses(packet).map(ipKey));
    const missing = own.find((address) => !listed.has(ipKey(address.address)));
    return missing && `ip address associated with VRID ${settings.vrid} not present in MASTER advert: ${formatIp(missing.address)}`;
}

const CHECKS_BEFORE_CHECKSUM: readonly Check[] = [checkAuthentication, checkInterval, checkType];

/** RFC 2338 §7.1; version 3 has no authentication, and version 2 none over IPv6. */
function checkAuthentication(
    packet: VrrpPacket,
    _received: ReceivedPacket,
    settings: VirtualRouterSettings,
): Rejected<Rejection> | undefined {
    if (settings.version !== 2) {
        return undefined;
    }
    const type = packet.authenticationType;
    if (type > AUTHENTICATION_TYPES.header) {
        return reject("authentication-type-invalid", () => `Invalid auth type: ${type}`);
    }
    const expected = AUTHENTICATION_TYPES[settings.authentication.type];
    if (type !== expected) {
        return reject("authentication-type-mismatch", () => `received a ${type} auth, expecting ${expected}!`);
    }
    if (settings.authentication.type === "pass" && !isPassword(packet.authenticationData, settings.authentication.password)) {
        return reject("authentication-failed", () => "received an invalid passwd!");
    }
    return undefined;
}

/** RFC 3768 §7.1: version 2 wants our own interval. RFC 9568 §7.1 (erratum 8301): version 3 takes any but zero, which would end the wait at once. */
function checkInterval(packet: VrrpPacket, _received: ReceivedPacket, settings: VirtualRouterSettings): Rejected<Rejection> | undefined {
    const isRefused = settings.version === 2 ? packet.interval !== settings.advertisementInterval : packet.interval === NO_TIME;
    if (!isRefused) {
        return undefined;
    }
    const { interval } = packet;
    const [mine, theirs] = [inSeconds(settings.advertisementInterval), inSeconds(interval)];
    return reject("interval-mismatch", () => `advertisement interval mismatch mine=${mine} sec rcv'd=${theirs} sec`);
}

function checkType(packet: VrrpPacket): Rejected<Rejection> | undefined {
    const { type } = packet;
    return type === ADVERTISEMENT_TYPE ? undefined : reject("type", () => `Invalid packet type. ${type} and expect ${ADVERTISEMENT_TYPE}`);
}

function checkDestination(_packet: VrrpPacket, received: ReceivedPacket, settings: VirtualRouterSettings): Rejected<Rejection> | undefined {
    if (fitsDestination(settings, received.destination)) {
        return undefined;
    }
    const [expected, found] = settings.destination.type === "multicast" ? ["mult", "un"] : ["un", "mult"];
    return reject("destination", () => `Expected ${expected}icast packet but received ${found}icast packet`);
}

/** Keepalived's `owner_ignore_adverts`: RFC 9568 §7.1 as published. Without it an owner acts on what it hears, as erratum 8298 allows. */
function checkOwner(_packet: VrrpPacket, _received: ReceivedPacket, settings: VirtualRouterSettings): Rejected<Rejection> | undefined {
    return settings.ownerIgnoresAdverts && settings.priority === OWNER_PRIORITY
        ? reject("owner-ignores", () => "address owner ignores advertisements")
        : undefined;
}

function checksumForm(
    packet: VrrpPacket,
    received: ReceivedPacket,
    settings: VirtualRouterSettings,
): "standard" | "old-unicast" | undefined {
    if (received.family === 4 && settings.version === 2) {
        return vrrpChecksum(packet.pdu, undefined) === 0 ? "standard" : undefined;
    }
    // Keepalived's v3_checksum_as_v2 does not verify at all over IPv4: it must get on with peers of either kind.
    if (received.family === 4 && settings.checksum === "without-pseudo-header") {
        return "standard";
    }
    if (vrrpChecksum(packet.pdu, received) === 0) {
        return "standard";
    }
    const mayBeOld = received.family === 4 && settings.destination.type === "unicast" && settings.checksum !== "standard";
    const isOld = mayBeOld && vrrpChecksum(packet.pdu, { source: received.source, destination: VRRP_GROUP_IPV4 }) === 0;
    return isOld ? "old-unicast" : undefined;
}

/** Takes the same time wherever the first difference is. */
function isPassword(found: Uint8Array, password: Uint8Array): boolean {
    let difference = 0;
    for (const [index, byte] of found.entries()) {
        difference |= byte ^ (password[index] ?? 0);
    }
    return difference === 0;
}

function isSameList(bytes: Uint8Array, addresses: readonly { readonly address: IpAddress }[]): boolean {
    let offset = 0;
    for (const { address } of addresses) {
        for (const byte of address.bytes) {
            if (bytes[offset++] !== byte) {
                return false;
            }
        }
    }
    return true;
}

function reject(reason: RejectionReason, describe: () => string): Rejected<Rejection> {
    return rejected({ reason, describe });
}
