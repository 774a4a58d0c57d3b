import type { IpAddress } from "../../core/base/ip.ts";
import type { Mac } from "../../core/base/mac.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const AF_PACKET = 17;

/** Room for any of the addresses below. */
export const SOCKET_ADDRESS_LENGTH = 28;
const IPV4_LENGTH = 16;
const IPV6_LENGTH = 28;

/** How long the kernel's form of an address of that family is. */
export function ipSocketAddressLength({ family }: Pick<IpAddress, "family">): number {
    return family === 4 ? IPV4_LENGTH : IPV6_LENGTH;
}

/** Writes a `sockaddr_in` or `sockaddr_in6` without a port (raw sockets have none) at `offset` and returns its length. */
export function writeIpSocketAddress(into: Uint8Array, offset: number, address: IpAddress, interfaceIndex: number): number {
    const length = ipSocketAddressLength(address);
    into.fill(0, offset, offset + length);
    if (address.family === 4) {
        into[offset] = AF_INET;
        into.set(address.bytes, offset + 4);
    } else {
        into[offset] = AF_INET6;
        into.set(address.bytes, offset + 8);
        writeInt(into, offset + 24, interfaceIndex);
    }
    return length;
}

/** A `sockaddr_in` or `sockaddr_in6` of its own. */
export function ipSocketAddress(address: IpAddress, interfaceIndex: number): Uint8Array {
    const bytes = new Uint8Array(ipSocketAddressLength(address));
    writeIpSocketAddress(bytes, 0, address, interfaceIndex);
    return bytes;
}

/** The address in a `sockaddr_in` or `sockaddr_in6`. */
export function readSocketAddress(bytes: Uint8Array): IpAddress {
    return bytes[0] === AF_INET ? { family: 4, bytes: bytes.slice(4, 8) } : { family: 6, bytes: bytes.slice(8, 24) };
}

/** Writes a `sockaddr_ll` for frames that leave through an interface at `offset` and returns its length. */
export function writeLinkSocketAddress(into: Uint8Array, offset: number, interfaceIndex: number, destination: Mac): number {
    into.fill(0, offset, offset + 20);
    into[offset] = AF_PACKET;
    writeInt(into, offset + 4, interfaceIndex);
    into[offset + 11] = destination.length;
    into.set(destination, offset + 12);
    return 20;
}

/** Writes a C `int` in the machine's byte order, without the DataView that this would cost for each packet. */
export function writeInt(into: Uint8Array, offset: number, value: number): void {
    into[offset] = value & 0xff;
    into[offset + 1] = (value >> 8) & 0xff;
    into[offset + 2] = (value >> 16) & 0xff;
    into[offset + 3] = (value >> 24) & 0xff;
}

/** Reads such an `int`. */
export function readInt(from: Uint8Array, offset: number): number {
    return (from[offset] ?? 0) | ((from[offset + 1] ?? 0) << 8) | ((from[offset + 2] ?? 0) << 16) | ((from[offset + 3] ?? 0) << 24);
}
