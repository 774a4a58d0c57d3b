import { concatBytes, viewOf } from "../base/bytes.ts";
import type { IpAddress } from "../base/ip.ts";
import type { Mac } from "../base/mac.ts";
import { type Result, rejected, success } from "../base/result.ts";
import { ETHER_TYPE, encodeEthernet } from "./ethernet.ts";
import { encodeIpv6, upperLayerChecksum } from "./ipv6.ts";

/*
 * RFC 4861 §4.4, Neighbour Advertisement
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Type = 136  |   Code = 0    |          Checksum             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |R|S|O|                     Reserved                            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                       Target Address (16)                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Options: type 2, length 1 (of 8 bytes), link-layer address  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

const ICMPV6 = 58;
const NEIGHBOUR_ADVERTISEMENT = 136;
const FIXED_LENGTH = 24;
const TARGET_LINK_LAYER_ADDRESS = 2;
const ALL_NODES: IpAddress = { family: 6, bytes: Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1) };
const ALL_NODES_MAC: Mac = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1);

/** One Neighbour Advertisement. */
export interface NeighbourAdvertisement {
    /** R: the sender is a router. */
    readonly isRouter: boolean;
    /** S: it answers a solicitation. */
    readonly isSolicited: boolean;
    /** O: it replaces what is cached. */
    readonly overrides: boolean;
    readonly target: IpAddress;
    /** The target link-layer address option, where present. */
    readonly mac?: Mac;
}

/** Why an ICMPv6 message is no valid Neighbour Advertisement (RFC 4861 §7.1.2). */
export type NeighbourAdvertisementFault = "truncated" | "type" | "code" | "checksum" | "option-length";

/** The two ends between which an ICMPv6 message travels: its checksum covers them. */
export interface Ends {
    readonly source: IpAddress;
    readonly destination: IpAddress;
}

/** The ICMPv6 message with its checksum. */
export function encodeNeighbourAdvertisement(advertisement: NeighbourAdvertisement, ends: Ends): Uint8Array {
    const { mac, target } = advertisement;
    const option = mac === undefined ? new Uint8Array(0) : concatBytes(Uint8Array.of(TARGET_LINK_LAYER_ADDRESS, 1), mac);
    const bytes = concatBytes(new Uint8Array(FIXED_LENGTH), option);
    bytes[0] = NEIGHBOUR_ADVERTISEMENT;
    bytes[4] = (advertisement.isRouter ? 0x80 : 0) | (advertisement.isSolicited ? 0x40 : 0) | (advertisement.overrides ? 0x20 : 0);
    bytes.set(target.bytes, 8);
    viewOf(bytes).setUint16(2, upperLayerChecksum(ends.source, ends.destination, ICMPV6, bytes));
    return bytes;
}

/** Reads an ICMPv6 message; options other than the link-layer address are passed over. Its parts are views of `bytes`. */
export function decodeNeighbourAdvertisement(bytes: Uint8Array, ends: Ends): Result<NeighbourAdvertisement, NeighbourAdvertisementFault> {
    if (bytes.length < FIXED_LENGTH) {
        return rejected("truncated");
    }
    if (bytes[0] !== NEIGHBOUR_ADVERTISEMENT) {
        return rejected("type");
    }
    if (bytes[1] !== 0) {
        return rejected("code");
    }
    if (upperLayerChecksum(ends.source, ends.destination, ICMPV6, bytes) !== 0) {
        return rejected("checksum");
    }
    const option = findLinkLayerAddress(bytes.subarray(FIXED_LENGTH));
    if (!option.ok) {
        return option;
    }
    const flags = bytes[4] ?? 0;
    return success({
        isRouter: (flags & 0x80) !== 0,
        isSolicited: (flags & 0x40) !== 0,
        overrides: (flags & 0x20) !== 0,
        target: { family: 6, bytes: bytes.subarray(8, FIXED_LENGTH) },
        ...(option.value && { mac: option.value }),
    });
}

function findLinkLayerAddress(options: Uint8Array): Result<Mac | undefined, "option-length"> {
    let mac: Mac | undefined;
    let offset = 0;
    while (offset < options.length) {
        const length = (options[offset + 1] ?? 0) * 8;
        if (length === 0 || offset + length > options.length) {
            return rejected("option-length");
        }
        if (options[offset] === TARGET_LINK_LAYER_ADDRESS && length === 8) {
            mac = options.subarray(offset + 2, offset + 8);
        }
        offset += length;
    }
    return success(mac);
}

/**
 * The whole frame that tells a link where an IPv6 address now is: an unsolicited Neighbour Advertisement to all nodes with the
 * override flag (RFC 9568 §6.4.1, RFC 4861 §7.2.6), sent from the address itself as Keepalived does.
 *
 * @param isRouter whether this machine forwards IPv6 on that interface
 */
export function unsolicitedNeighbourAdvertisement(mac: Mac, address: IpAddress, isRouter: boolean): Uint8Array {
    const ends = { source: address, destination: ALL_NODES };
    const message = encodeNeighbourAdvertisement({ isRouter, isSolicited: false, overrides: true, target: address, mac }, ends);
    const packet = encodeIpv6({ ...ends, trafficClass: 0, flowLabel: 0, nextHeader: ICMPV6, hopLimit: 255, payload: message });
    return encodeEthernet({ destination: ALL_NODES_MAC, source: mac, etherType: ETHER_TYPE.ipv6, payload: packet });
}
