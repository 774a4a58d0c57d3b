import { toHex } from "./bytes.ts";

/** A 48-bit Ethernet address. */
export type Mac = Uint8Array;

/** FF-FF-FF-FF-FF-FF. */
export const BROADCAST_MAC: Mac = Uint8Array.of(255, 255, 255, 255, 255, 255);

/** Reads `00:00:5e:00:01:33`; undefined when it is not six hexadecimal octets. */
export function parseMac(text: string): Mac | undefined {
    const octets = text.split(":");
    if (octets.length !== 6 || octets.some((octet) => !/^[0-9a-fA-F]{1,2}$/.test(octet))) {
        return undefined;
    }
    return Uint8Array.from(octets, (octet) => Number.parseInt(octet, 16));
}

/** Writes it as `00:00:5e:00:01:33`. */
export function formatMac(mac: Mac): string {
    return toHex(mac).replace(/(..)(?=.)/g, "$1:");
}

/** The virtual router's MAC address: 00-00-5E-00-01-{VRID} for IPv4, 00-00-5E-00-02-{VRID} for IPv6 (RFC 9568 §7.3). */
export function virtualRouterMac(family: 4 | 6, vrid: number): Mac {
    return Uint8Array.of(0x00, 0x00, 0x5e, 0x00, family === 4 ? 0x01 : 0x02, vrid);
}
