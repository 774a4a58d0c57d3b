/**
 * VRRP advertisements of versions 2 and 3 over IPv4 and IPv6.
 *
 * Version 3 (RFC 9568 §5.1):
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |Version| Type  | Virtual Rtr ID|   Priority    |IPvX Addr Count|
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |Reserve| Max Advertise Interval|          Checksum             |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |                       IPvX Address(es)                        |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Version 2 (RFC 3768 §5.1) differs in the second word and has authentication data behind the addresses:
 *
 *    |   Auth Type   |   Adver Int   |          Checksum             |
 *    |                         IP Address(es)                        |
 *    |                     Authentication Data (1)                   |
 *    |                     Authentication Data (2)                   |
 */
import { concatBytes, viewOf } from "../base/bytes.ts";
import { internetChecksum } from "../base/checksum.ts";
import { centiseconds, type Duration, seconds } from "../base/instant.ts";
import { type Family, type IpAddress, ipFromBytes } from "../base/ip.ts";
import { type Result, rejected, success } from "../base/result.ts";

/** The IP protocol number of VRRP (RFC 9568 §5.1.1.4). */
export const VRRP_PROTOCOL = 112;

/** The IP protocol number of the IPsec authentication header, which RFC 2338 allowed in front of VRRP. */
export const AUTHENTICATION_HEADER_PROTOCOL = 51;

/** 224.0.0.18, where advertisements over IPv4 go (RFC 9568 §5.1.1.2). */
export const VRRP_GROUP_IPV4: IpAddress = { family: 4, bytes: Uint8Array.of(224, 0, 0, 18) };

/** ff02::12, where advertisements over IPv6 go (RFC 9568 §5.1.2.2). */
export const VRRP_GROUP_IPV6: IpAddress = { family: 6, bytes: Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12) };

/** TTL or hop limit of multicast advertisements: nothing that was forwarded can have it (RFC 9568 §5.1.1.3). */
export const VRRP_TTL = 255;

/** The one packet type there is (RFC 9568 §5.2.2). */
export const ADVERTISEMENT_TYPE = 1;

/** Version 2's Auth Type (RFC 2338 §5.3.6): none, clear text password, IPsec authentication header. */
export const AUTHENTICATION_TYPES = { none: 0, pass: 1, header: 2 } as const;

const HEADER_LENGTH = 8;
const AUTHENTICATION_LENGTH = 8;
const CHECKSUM_OFFSET = 6;
const SHORTEST_ETHERNET_PAYLOAD = 46;

/** A received VRRP packet, taken apart but not judged. Its byte arrays are views of the receive buffer: valid only as long as that is. */
export interface VrrpPacket {
    readonly version: 2 | 3;
    readonly type: number;
    readonly vrid: number;
    readonly priority: number;
    readonly interval: Duration;
    /** Version 2's Auth Type; zero in version 3. */
    readonly authenticationType: number;
    /** Version 2's eight bytes over IPv4; empty otherwise. */
    readonly authenticationData: Uint8Array;
    readonly addressCount: number;
    /** The addresses, one after the other. */
    readonly addressBytes: Uint8Array;
    /** What the checksum covers. */
    readonly pdu: Uint8Array;
    /** What stands behind it: Ethernet padding or an extension. */
    readonly trailer: Uint8Array;
}

/** Why bytes are no VRRP packet. */
export type VrrpDecodeFailure =
    | { readonly code: "too-short"; readonly expected: number; readonly found: number }
    | { readonly code: "unknown-version"; readonly version: number };

/** What an advertisement of ours is to say. */
export interface Advertisement {
    readonly version: 2 | 3;
    readonly family: Family;
    readonly vrid: number;
    readonly priority: number;
    /** Whole seconds up to 255 in version 2, hundredths up to 4095 in version 3. */
    readonly interval: Duration;
    readonly addresses: readonly IpAddress[];
    /** Version 2's password, padded with zero bytes and cut to eight. */
    readonly password?: Uint8Array;
    /** Version 2: an authentication header goes in front, and the Auth Type says so. */
    readonly hasAuthenticationHeader?: boolean;
}

/** Whose addresses a checksum covers beside the packet itself: the pseudo header of RFC 9568 §5.2.8. */
export interface PseudoHeader {
    readonly source: IpAddress;
    readonly destination: IpAddress;
}

/** Takes a payload behind the IP header apart. Total: any bytes give a packet or a reason. */
export function decodeVrrp(payload: Uint8Array, family: Family): Result<VrrpPacket, VrrpDecodeFailure> {
    if (payload.length < HEADER_LENGTH) {
        return rejected({ code: "too-short", expected: HEADER_LENGTH, found: payload.length });
    }
    const view = viewOf(payload);
    const version = view.getUint8(0) >> 4;
    if (version !== 2 && version !== 3) {
        return rejected({ code: "unknown-version", version });
    }
    const addressCount = view.getUint8(3);
    const addressesEnd = HEADER_LENGTH + addressCount * (family === 4 ? 4 : 16);
    const end = addressesEnd + authenticationLength(version, family);
    if (payload.length < end) {
        return rejected({ code: "too-short", expected: end, found: payload.length });
    }
    return success({
        version,
        type: view.getUint8(0) & 0x0f,
        vrid: view.getUint8(1),
        priority: view.getUint8(2),
        interval: version === 2 ? seconds(view.getUint8(5)) : centiseconds(view.getUint16(4) & 0x0fff),
        authenticationType: version === 2 ? view.getUint8(4) : 0,
        authenticationData: payload.subarray(addressesEnd, end),
        addressCount,
        addressBytes: payload.subarray(HEADER_LENGTH, addressesEnd),
        pdu: payload.subarray(0, end),
        trailer: payload.subarray(end),
    });
}

/** The VRID of a payload, without a look at the rest; undefined when it is too short to have one. */
export function vridOf(payload: Uint8Array, protocol: number): number | undefined {
    // RFC 4302 §2.2: the authentication header tells its length in 32-bit words, minus two.
    const start = protocol === AUTHENTICATION_HEADER_PROTOCOL ? ((payload[1] ?? 0) + 2) * 4 : 0;
    return payload[start + 1];
}

/**
 * The bytes of an advertisement, checksum included.
 *
 * @param pseudoHeader covered by the checksum too; version 2 over IPv4 has none (RFC 3768 §5.3.8)
 */
export function encodeVrrp(advertisement: Advertisement, pseudoHeader: PseudoHeader | undefined): Uint8Array {
    const { version, family, vrid, priority, addresses } = advertisement;
    const header = new Uint8Array(HEADER_LENGTH);
    const view = viewOf(header);
    view.setUint8(0, (version << 4) | ADVERTISEMENT_TYPE);
    view.setUint8(1, vrid);
    view.setUint8(2, priority);
    view.setUint8(3, addresses.length);
    if (version === 2) {
        view.setUint8(4, authenticationType(advertisement));
        view.setUint8(5, advertisement.interval / seconds(1));
    } else {
        view.setUint16(4, (advertisement.interval / centiseconds(1)) & 0x0fff);
    }
    const authentication = new Uint8Array(authenticationLength(version, family));
    authentication.set(advertisement.password?.subarray(0, authentication.length) ?? []);
    const pdu = concatBytes(header, ...addresses.map((address) => address.bytes), authentication);
    viewOf(pdu).setUint16(CHECKSUM_OFFSET, vrrpChecksum(pdu, pseudoHeader));
    return pdu;
}

/**
 * An advertisement with a trailer behind it.
 *
 * @param pseudoHeader over IPv6, where the checksum covers all that follows the IP header; over IPv4 it covers the advertisement alone
 */
export function withTrailer(pdu: Uint8Array, trailer: Uint8Array, pseudoHeader: PseudoHeader | undefined): Uint8Array {
    const whole = concatBytes(pdu, trailer);
    if (pseudoHeader !== undefined) {
        const view = viewOf(whole);
        view.setUint16(CHECKSUM_OFFSET, 0);
        view.setUint16(CHECKSUM_OFFSET, vrrpChecksum(whole, pseudoHeader));
    }
    return whole;
}

/** The checksum over a PDU; zero when the PDU holds its own correct one. */
export function vrrpChecksum(pdu: Uint8Array, pseudoHeader: PseudoHeader | undefined): number {
    if (pseudoHeader === undefined) {
        return internetChecksum(pdu);
    }
    // RFC 8200 §8.1's form: 32 bits of length, then the protocol; for IPv4 the same sum as RFC 9568's 16 bits.
    const tail = Uint8Array.of(0, 0, pdu.length >> 8, pdu.length & 0xff, 0, 0, 0, VRRP_PROTOCOL);
    return internetChecksum(pseudoHeader.source.bytes, pseudoHeader.destination.bytes, tail, pdu);
}

/** The addresses that a packet lists, copied. */
export function listedAddresses(packet: VrrpPacket): IpAddress[] {
    const size = packet.addressCount === 0 ? 0 : packet.addressBytes.length / packet.addressCount;
    return Array.from({ length: packet.addressCount }, (_, index) =>
        ipFromBytes(packet.addressBytes.subarray(index * size, index * size + size)),
    );
}

/** Whether what stands behind a packet is what a sender on Ethernet added to fill the shortest frame (and counted as its own). */
export function isEthernetPadding(packet: VrrpPacket, family: Family): boolean {
    const ipHeaderLength = family === 4 ? 20 : 40;
    return ipHeaderLength + packet.pdu.length + packet.trailer.length <= SHORTEST_ETHERNET_PAYLOAD;
}

function authenticationType({ password, hasAuthenticationHeader }: Advertisement): number {
    if (hasAuthenticationHeader === true) {
        return AUTHENTICATION_TYPES.header;
    }
    return password === undefined ? AUTHENTICATION_TYPES.none : AUTHENTICATION_TYPES.pass;
}

/** RFC 3768 §5.3.10: version 2 always carries the field; over IPv6 it never had one. */
function authenticationLength(version: 2 | 3, family: Family): number {
    return version === 2 && family === 4 ? AUTHENTICATION_LENGTH : 0;
}
