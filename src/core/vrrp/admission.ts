import { type Instant, inSeconds, NO_TIME } from "../base/instant.ts";
import { equalIp, formatIp, type IpAddress, ipKey } from "../base/ip.ts";
import { type Rejected, type Result, success } from "../base/result.ts";
import { HMAC_TRAILER_LENGTH } from "../packet/hmac-trailer.ts";
import {
    ADVERTISEMENT_TYPE,
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
import { type Authenticity, type AuthenticityRemark, openPacket } from "./auth/authenticity.ts";
import { isSameDigest } from "./auth/keyed-digests.ts";
import type { ReceivedPacket } from "./events.ts";
import { type Rejection, reject } from "./rejection.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import { OWNER_PRIORITY } from "./timers.ts";

/** An advertisement that may be acted upon. */
export interface Admitted {
    readonly packet: VrrpPacket;
    /** Its checksum was right only with the multicast group in the place of the unicast destination, as old peers make it. */
    readonly hasOldChecksum: boolean;
    /** What its signature, or the lack of one, gives rise to say. */
    readonly remark: AuthenticityRemark | undefined;
}

/** By what a packet is judged. */
export interface Judge {
    readonly settings: VirtualRouterSettings;
    readonly authenticity: Authenticity;
}

/**
 * Judges a packet that came for a virtual router, in Keepalived's order; RFC 9568 §7.1 and RFC 3768 §7.1 have the same checks in another.
 *
 * The comparison of address lists is not among them, since its outcome drops nothing; see {@link addressListDifference}.
 */
export function admit(received: ReceivedPacket, judge: Judge, now: Instant): Result<Admitted, Rejection> {
    const { settings, authenticity } = judge;
    const opened = openPacket(received, settings);
    if (!opened.ok) {
        return opened;
    }
    const decoded = decodeFor(opened.value, received, settings);
    if (!decoded.ok) {
        return decoded;
    }
    const packet = decoded.value;
    const signed = authenticity.checkTrailer(packet, received, settings, now);
    if (!signed.ok) {
        return signed;
    }
    const failure =
        checkAuthentication(packet, settings) ?? authenticity.checkHeader(received, settings) ?? checkContents(packet, settings);
    if (failure !== undefined) {
        return failure;
    }
    const checksum = checksumForm(packet, received, settings);
    if (checksum === undefined) {
        return reject("checksum", () => `Invalid VRRPv${settings.version} checksum`);
    }
    return (
        checkDestination(received, settings) ??
        checkOwner(settings) ??
        success({ packet, hasOldChecksum: checksum === "old-unicast", remark: signed.value })
    );
}

/** Length, TTL and version, in that order. */
function decodeFor(payload: Uint8Array, received: ReceivedPacket, settings: VirtualRouterSettings): Result<VrrpPacket, Rejection> {
    const decoded = decodeVrrp(payload, received.family);
    if (!decoded.ok && decoded.error.code === "too-short") {
        const { expected, found } = decoded.error;
        return reject("packet-length", () => `vrrp packet too short, length ${found} and expect ${expected}`);
    }
    if (decoded.ok && decoded.value.trailer.length > 0 && !isExpectedTrailer(decoded.value, received, settings)) {
        const expected = decoded.value.pdu.length;
        return reject("packet-length", () => `vrrp packet too long, length ${payload.length} and expect ${expected}`);
    }
    // RFC 9568 §7.1: TTL or hop limit must be 255. Unicast peers may be further away.
    if (settings.destination.type === "multicast" && received.ttl !== VRRP_TTL) {
        return reject("ttl", () => `invalid TTL/HL. Received ${received.ttl} and expect ${VRRP_TTL}`);
    }
    if (!decoded.ok || decoded.value.version !== settings.version) {
        return reject("version", () => `wrong version. Received ${(payload[0] ?? 0) >> 4} and expect ${settings.version}`);
    }
    // What fills a short frame is neither a part of the message nor a signature.
    return success(isSigned(decoded.value, settings) ? decoded.value : { ...decoded.value, trailer: NOTHING });
}

const NOTHING = new Uint8Array(0);

function isSigned({ trailer }: VrrpPacket, { authentication }: VirtualRouterSettings): boolean {
    return authentication.type === "hmac" && trailer.length === HMAC_TRAILER_LENGTH;
}

function isExpectedTrailer(packet: VrrpPacket, { family }: ReceivedPacket, settings: VirtualRouterSettings): boolean {
    return isSigned(packet, settings) || isEthernetPadding(packet, family);
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

function checkContents(packet: VrrpPacket, settings: VirtualRouterSettings): Rejected<Rejection> | undefined {
    return checkInterval(packet, settings) ?? checkType(packet);
}

/** RFC 2338 §7.1; version 3 has no authentication, and version 2 none over IPv6. What a header proves is judged elsewhere. */
function checkAuthentication(packet: VrrpPacket, settings: VirtualRouterSettings): Rejected<Rejection> | undefined {
    const { version, authentication } = settings;
    if (version !== 2) {
        return undefined;
    }
    const type = packet.authenticationType;
    if (type > AUTHENTICATION_TYPES.header) {
        return reject("authentication-type-invalid", () => `Invalid auth type: ${type}`);
    }
    const expected = AUTHENTICATION_TYPES[authentication.type === "hmac" ? "none" : authentication.type];
    if (type !== expected) {
        return reject("authentication-type-mismatch", () => `received a ${type} auth, expecting ${expected}!`);
    }
    if (authentication.type === "pass" && !isSameDigest(packet.authenticationData, authentication.password)) {
        return reject("authentication-failed", () => "received an invalid passwd!");
    }
    return undefined;
}

/** RFC 3768 §7.1: version 2 wants our own interval. RFC 9568 §7.1 (erratum 8301): version 3 takes any but zero, which would end the wait at once. */
function checkInterval(packet: VrrpPacket, settings: VirtualRouterSettings): Rejected<Rejection> | undefined {
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

function checkDestination(received: ReceivedPacket, settings: VirtualRouterSettings): Rejected<Rejection> | undefined {
    if (fitsDestination(settings, received.destination)) {
        return undefined;
    }
    const [expected, found] = settings.destination.type === "multicast" ? ["mult", "un"] : ["un", "mult"];
    return reject("destination", () => `Expected ${expected}icast packet but received ${found}icast packet`);
}

/** Keepalived's `owner_ignore_adverts`: RFC 9568 §7.1 as published. Without it an owner acts on what it hears, as erratum 8298 allows. */
function checkOwner(settings: VirtualRouterSettings): Rejected<Rejection> | undefined {
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
    // Over IPv6 it is a checksum of the transport: it covers a trailer too.
    if (vrrpChecksum(received.family === 6 ? received.payload : packet.pdu, received) === 0) {
        return "standard";
    }
    const mayBeOld = received.family === 4 && settings.destination.type === "unicast" && settings.checksum !== "standard";
    const isOld = mayBeOld && vrrpChecksum(packet.pdu, { source: received.source, destination: VRRP_GROUP_IPV4 }) === 0;
    return isOld ? "old-unicast" : undefined;
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
