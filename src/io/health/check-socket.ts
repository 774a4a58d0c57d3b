import type { IpAddress } from "../../core/base/ip.ts";
import type { Outcome } from "../../core/health/outcome.ts";
import type { Endpoint } from "../../core/service/probe/endpoint.ts";
import type { NativeAddon } from "../native/addon.ts";
import { ipSocketAddressLength, readSocketAddress, SOCKET_ADDRESS_LENGTH, writeIpSocketAddress } from "../packet/socket-address.ts";

/** What the network says of the server, as opposed to what this machine says of itself. */
const REFUSALS: Readonly<Record<string, string>> = {
    ECONNREFUSED: "connection refused",
    ENETUNREACH: "network unreachable",
    EHOSTUNREACH: "host unreachable",
    EADDRNOTAVAIL: "no such address here to reach it from",
    ETIMEDOUT: "connection timed out",
    ECONNRESET: "connection reset",
    EPIPE: "connection reset",
};

/** Words for what only the way to a server answers; this machine may say the same of itself. */
const ANSWERS: Readonly<Record<string, string>> = {
    ...REFUSALS,
    EACCES: "administratively prohibited",
    ENOPROTOOPT: "protocol unreachable",
    EHOSTDOWN: "host unknown",
    ENONET: "host isolated",
};

/** What is for want of room here, or of ours to send in smaller pieces, whenever it is said. */
const OURS: ReadonlySet<string> = new Set(["ENOMEM", "ENOBUFS", "EMSGSIZE"]);

/** Of which sort a socket is. */
export interface SocketSort {
    readonly type: number;
    readonly protocol: number;
}

/** A socket for a check, with the mark, the interface and the own address that are asked for; or `-errno`. */
export function openCheckSocket(system: NativeAddon, endpoint: Endpoint, { type, protocol }: SocketSort): number {
    const { constants } = system;
    const domain = endpoint.address.family === 4 ? constants.AF_INET : constants.AF_INET6;
    const fd = system.socket(domain, type, protocol);
    if (fd < 0) {
        return fd;
    }
    const failed = prepare(system, fd, endpoint);
    if (failed < 0) {
        system.close(fd);
    }
    return failed < 0 ? failed : fd;
}

/** Where the address of a connection is written: with bytes of its own each of thousands would cost more than the rest of what is done here. */
export class ConnectScratch {
    readonly #four = new Uint8Array(ipSocketAddressLength({ family: 4 }));
    readonly #six = new Uint8Array(ipSocketAddressLength({ family: 6 }));

    /** Room for an address like this. */
    for({ family }: IpAddress): Uint8Array {
        return family === 4 ? this.#four : this.#six;
    }
}

/** Connects it to where the check goes; answers as the kernel does. */
export function connectCheckSocket(system: NativeAddon, fd: number, endpoint: Endpoint, scratch: ConnectScratch): number {
    return system.connect(fd, writeSocketAddress(system, endpoint, scratch.for(endpoint.address)));
}

/** The address that a connected socket speaks from. */
export function ownAddress(system: NativeAddon, fd: number): IpAddress {
    const bytes = new Uint8Array(SOCKET_ADDRESS_LENGTH);
    system.getsockname(fd, bytes);
    return readSocketAddress(bytes);
}

/** What comes of an error in a call by which something begins: the server's fault or ours. */
export function outcomeOfError(system: NativeAddon, result: number): Outcome {
    const code = errorName(system, result);
    const reason = REFUSALS[code];
    return reason === undefined ? { type: "impossible", reason: code } : { type: "failure", reason };
}

/** What comes of an error that was told after a packet had gone: the network says it of the server, whatever the word. */
export function outcomeOfAnswer(system: NativeAddon, result: number): Outcome {
    const code = errorName(system, result);
    return OURS.has(code) ? { type: "impossible", reason: code } : { type: "failure", reason: ANSWERS[code] ?? code };
}

/** Whether there is nothing to be had just now. */
export function isBusy(system: NativeAddon, result: number): boolean {
    return result < 0 && ["EAGAIN", "EWOULDBLOCK", "EINTR"].includes(errorName(system, result));
}

/** What `-errno` is called. */
export function errorName(system: NativeAddon, result: number): string {
    return system.errnoNames[-result] ?? String(result);
}

function prepare(system: NativeAddon, fd: number, { source, sourcePort = 0, interfaceName, mark, address }: Endpoint): number {
    const { constants } = system;
    if (mark === 0 && interfaceName === undefined && source === undefined && sourcePort === 0) {
        return 0;
    }
    const results: number[] = [];
    const set = (name: number, value: number | Uint8Array) => results.push(system.setsockopt(fd, constants.SOL_SOCKET, name, value));
    if (mark !== 0) {
        set(constants.SO_MARK, mark | 0);
    }
    if (interfaceName !== undefined) {
        set(
            constants.SO_BINDTODEVICE,
            Uint8Array.from(`${interfaceName}\0`, (character) => character.charCodeAt(0)),
        );
    }
    if (source !== undefined || sourcePort !== 0) {
        set(constants.SO_REUSEADDR, 1);
        const own = source ?? { family: address.family, bytes: new Uint8Array(address.bytes.length) };
        const bytes = new Uint8Array(ipSocketAddressLength(own));
        results.push(system.bind(fd, writeSocketAddress(system, { address: own, port: sourcePort, interfaceName }, bytes)));
    }
    return Math.min(0, ...results);
}

interface Place {
    readonly address: IpAddress;
    readonly port: number;
    readonly interfaceName?: string | undefined;
}

function writeSocketAddress(system: NativeAddon, { address, port, interfaceName }: Place, bytes: Uint8Array): Uint8Array {
    const index = interfaceName === undefined || address.family === 4 ? 0 : Math.max(0, system.ifNameToIndex(interfaceName));
    writeIpSocketAddress(bytes, 0, address, index);
    bytes[2] = port >> 8;
    bytes[3] = port & 0xff;
    return bytes;
}
