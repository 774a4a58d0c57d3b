import { equalBytes, viewOf } from "../base/bytes.ts";
import type { IpAddress } from "../base/ip.ts";
import { BROADCAST_MAC, type Mac } from "../base/mac.ts";
import { type Result, rejected, success } from "../base/result.ts";
import { ETHER_TYPE, encodeEthernet } from "./ethernet.ts";

/*
 * RFC 826, for IPv4 over Ethernet
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |       Hardware type = 1       |     Protocol type = 0x0800    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | HW length = 6 | Proto len = 4 |           Operation           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |             Sender hardware address (6), protocol address (4) |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |             Target hardware address (6), protocol address (4) |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

const LENGTH = 28;
const ETHERNET_AND_IPV4 = Uint8Array.of(0, 1, 8, 0, 6, 4);

/** One ARP message about IPv4 over Ethernet. */
export interface ArpMessage {
    /** 1 is a request, 2 a reply; others exist. */
    readonly operation: number;
    readonly senderMac: Mac;
    readonly senderAddress: IpAddress;
    readonly targetMac: Mac;
    readonly targetAddress: IpAddress;
}

/** Why some bytes are no such message. */
export type ArpFault = "truncated" | "not-ethernet-ipv4";

/** ARP's two operations. */
export const ARP_OPERATION = { request: 1, reply: 2 } as const;

/** The message's bytes. */
export function encodeArp(message: ArpMessage): Uint8Array {
    const bytes = new Uint8Array(LENGTH);
    bytes.set(ETHERNET_AND_IPV4);
    viewOf(bytes).setUint16(6, message.operation);
    bytes.set(message.senderMac, 8);
    bytes.set(message.senderAddress.bytes, 14);
    bytes.set(message.targetMac, 18);
    bytes.set(message.targetAddress.bytes, 24);
    return bytes;
}

/** Reads a message, which may be padded. Its parts are views of `bytes`. */
export function decodeArp(bytes: Uint8Array): Result<ArpMessage, ArpFault> {
    if (bytes.length < LENGTH) {
        return rejected("truncated");
    }
    if (!equalBytes(bytes.subarray(0, 6), ETHERNET_AND_IPV4)) {
        return rejected("not-ethernet-ipv4");
    }
    return success({
        operation: viewOf(bytes).getUint16(6),
        senderMac: bytes.subarray(8, 14),
        senderAddress: { family: 4, bytes: bytes.subarray(14, 18) },
        targetMac: bytes.subarray(18, 24),
        targetAddress: { family: 4, bytes: bytes.subarray(24, LENGTH) },
    });
}

/**
 * The whole frame that tells a link where an IPv4 address now is (RFC 9568 §6.4.1, RFC 5227 §3): a broadcast ARP request in which
 * sender and target are that address. Its target hardware address is the broadcast one, as Keepalived's is.
 */
export function gratuitousArp(mac: Mac, address: IpAddress): Uint8Array {
    const payload = encodeArp({
        operation: ARP_OPERATION.request,
        senderMac: mac,
        senderAddress: address,
        targetMac: BROADCAST_MAC,
        targetAddress: address,
    });
    return encodeEthernet({ destination: BROADCAST_MAC, source: mac, etherType: ETHER_TYPE.arp, payload });
}
