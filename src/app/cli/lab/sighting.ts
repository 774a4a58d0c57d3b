import { equalBytes, viewOf } from "../../../core/base/bytes.ts";
import { formatIp, ipFromBytes } from "../../../core/base/ip.ts";
import { type BfdSighting, bfdSightingOf } from "./bfd-sighting.ts";

/**
 * What a frame on the lab's wire means to an onlooker.
 *
 * This is the lab's own small reading of frames: it shares no code with the daemon's codecs, so that a mistake there cannot hide itself here.
 */
export type Sighting = AdvertisementSighting | AnnouncementSighting | EchoSighting | BfdSighting;

/** A VRRP advertisement, version 2 or 3. */
export interface AdvertisementSighting {
    readonly kind: "advertisement";
    readonly version: number;
    readonly vrid: number;
    /** 0 means: I step down. */
    readonly priority: number;
    readonly source: string;
    readonly destination: string;
    /** How many addresses it carries. */
    readonly count: number;
}

/** A gratuitous ARP or an unsolicited Neighbour Advertisement: "this address lives here now". */
export interface AnnouncementSighting {
    readonly kind: "announcement";
    readonly address: string;
}

/** An ICMP echo request or the answer to one. */
export interface EchoSighting {
    readonly kind: "echo";
    readonly isReply: boolean;
    readonly sequence: number;
    readonly address: string;
}

const ETHERNET_HEADER = 14;
const IPV6_HEADER = 40;

/** Reads one Ethernet frame; undefined when it is nothing that a lab looks for, or cut short. */
export function sightingOf(frame: Uint8Array): Sighting | undefined {
    if (frame.length < ETHERNET_HEADER + 20) {
        return undefined;
    }
    const type = viewOf(frame).getUint16(12);
    const payload = frame.subarray(ETHERNET_HEADER);
    switch (type) {
        case 0x0800:
            return ofIpv4(payload);
        case 0x86dd:
            return payload.length < IPV6_HEADER ? undefined : ofIpv6(payload);
        case 0x0806:
            return ofArp(payload);
        default:
            return undefined;
    }
}

function ofIpv4(packet: Uint8Array): Sighting | undefined {
    const headerLength = ((packet[0] ?? 0) & 0x0f) * 4;
    const body = packet.subarray(headerLength, viewOf(packet).getUint16(2));
    const [source, destination] = [addressAt(packet, 12, 4), addressAt(packet, 16, 4)];
    switch (packet[9]) {
        case 112:
            return ofVrrp(body, source, destination);
        case 1:
            return ofIcmp(body, source, destination);
        case 17:
            return bfdSightingOf(body, { source, destination, ttl: packet[8] ?? 0 });
        case 51:
            // The authentication header of version 2's auth_type AH: its length is in 32-bit words minus two.
            return ofVrrp(body.subarray(((body[1] ?? 0) + 2) * 4), source, destination);
        default:
            return undefined;
    }
}

function ofIpv6(packet: Uint8Array): Sighting | undefined {
    const body = packet.subarray(IPV6_HEADER, IPV6_HEADER + viewOf(packet).getUint16(4));
    const isUnsolicited = ((body[4] ?? 0) & 0x40) === 0;
    if (packet[6] === 112) {
        return ofVrrp(body, addressAt(packet, 8, 16), addressAt(packet, 24, 16));
    }
    if (packet[6] === 17) {
        return bfdSightingOf(body, { source: addressAt(packet, 8, 16), destination: addressAt(packet, 24, 16), ttl: packet[7] ?? 0 });
    }
    if (packet[6] === 58 && body[0] === 136 && body.length >= 24 && isUnsolicited) {
        return { kind: "announcement", address: addressAt(body, 8, 16) };
    }
    return undefined;
}

function ofVrrp(body: Uint8Array, source: string, destination: string): Sighting | undefined {
    if (body.length < 8) {
        return undefined;
    }
    const [first = 0, vrid = 0, priority = 0, count = 0] = body;
    return { kind: "advertisement", version: first >> 4, vrid, priority, source, destination, count };
}

function ofIcmp(body: Uint8Array, source: string, destination: string): Sighting | undefined {
    const type = body[0];
    if (body.length < 8 || (type !== 0 && type !== 8)) {
        return undefined;
    }
    return { kind: "echo", isReply: type === 0, sequence: viewOf(body).getUint16(6), address: type === 0 ? source : destination };
}

function ofArp(packet: Uint8Array): Sighting | undefined {
    const [sender, target] = [packet.subarray(14, 18), packet.subarray(24, 28)];
    return packet.length >= 28 && equalBytes(sender, target) ? { kind: "announcement", address: addressAt(packet, 14, 4) } : undefined;
}

function addressAt(bytes: Uint8Array, offset: number, length: 4 | 16): string {
    return formatIp(ipFromBytes(bytes.subarray(offset, offset + length)));
}
