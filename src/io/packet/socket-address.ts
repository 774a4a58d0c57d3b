import { viewOf } from "../../core/base/bytes.ts";
import type { IpAddress } from "../../core/base/ip.ts";
import type { Mac } from "../../core/base/mac.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const AF_PACKET = 17;

/** Room for any of the addresses below. */
export const SOCKET_ADDRESS_LENGTH = 28;

/** Writes a `sockaddr_in` or `sockaddr_in6` without a port (raw sockets have none) at `offset` and returns its length. */
export function writeIpSocketAddress(into: Uint8Array, offset: number, address: IpAddress, interfaceIndex: number): number {
    const length = address.family === 4 ? 16 : 28;
    into.fill(0, offset, offset + length);
    const view = viewOf(into);
    if (address.family === 4) {
        view.setUint16(offset, AF_INET, true);
        into.set(address.bytes, offset + 4);
    } else {
        view.setUint16(offset, AF_INET6, true);
        into.set(address.bytes, offset + 8);
        view.setUint32(offset + 24, interfaceIndex, true);
    }
    return length;
}

/** A `sockaddr_in` or `sockaddr_in6` of its own. */
export function ipSocketAddress(address: IpAddress, interfaceIndex: number): Uint8Array {
    const bytes = new Uint8Array(SOCKET_ADDRESS_LENGTH);
    return bytes.subarray(0, writeIpSocketAddress(bytes, 0, address, interfaceIndex));
}

/** Writes a `sockaddr_ll` for frames that leave through an interface at `offset` and returns its length. */
export function writeLinkSocketAddress(into: Uint8Array, offset: number, interfaceIndex: number, destination: Mac): number {
    into.fill(0, offset, offset + 20);
    const view = viewOf(into);
    view.setUint16(offset, AF_PACKET, true);
    view.setInt32(offset + 4, interfaceIndex, true);
    into[offset + 11] = destination.length;
    into.set(destination, offset + 12);
    return 20;
}
