import type { Family } from "../../core/base/ip.ts";
import type { BfdEndpoint } from "../../core/bfd/effects.ts";
import { BFD_MULTIHOP_PORT, BFD_SINGLE_HOP_PORT } from "../../core/packet/bfd.ts";
import type { NativeAddon } from "../native/addon.ts";
import { LINUX } from "../packet/linux-numbers.ts";
import { ipSocketAddress } from "../packet/socket-address.ts";

const INTERNETWORK_CONTROL = 0xc0;
const PRIORITY = 7;
/** Packets that come while the process stands still must not be lost: silence would count as a dead path. */
const RECEIVE_BUFFER = 4 << 20;

/** A step of opening a socket that the kernel refused. */
export interface BfdSocketRefused {
    readonly step: string;
    readonly errno: number;
}

/** One of the sockets on which packets arrive. */
export interface ListenerPurpose {
    readonly family: Family;
    readonly isMultihop: boolean;
}

type Step = readonly [name: string, run: (fd: number) => number];

/** Opens the socket on which packets of one family arrive: with TTL, destination, interface and time of arrival. */
export function openListener(system: NativeAddon, { family, isMultihop }: ListenerPurpose): number | BfdSocketRefused {
    const { constants } = system;
    const { IPPROTO_IP, IPPROTO_IPV6, SOL_SOCKET } = constants;
    const set = (level: number, name: number) => (fd: number) => system.setsockopt(fd, level, name, 1);
    const port = isMultihop ? BFD_MULTIHOP_PORT : BFD_SINGLE_HOP_PORT;
    const any = { family, bytes: new Uint8Array(family === 4 ? 4 : 16) };
    const ofFamily: readonly Step[] =
        family === 4
            ? [
                  ["IP_PKTINFO", set(IPPROTO_IP, constants.IP_PKTINFO)],
                  ["IP_RECVTTL", set(IPPROTO_IP, constants.IP_RECVTTL)],
              ]
            : [
                  ["IPV6_V6ONLY", set(IPPROTO_IPV6, constants.IPV6_V6ONLY)],
                  ["IPV6_RECVPKTINFO", set(IPPROTO_IPV6, constants.IPV6_RECVPKTINFO)],
                  ["IPV6_RECVHOPLIMIT", set(IPPROTO_IPV6, constants.IPV6_RECVHOPLIMIT)],
              ];
    return open(system, family, [
        ...ofFamily,
        ["SO_TIMESTAMPNS", set(SOL_SOCKET, constants.SO_TIMESTAMPNS)],
        ["SO_RCVBUFFORCE", (fd) => system.setsockopt(fd, SOL_SOCKET, constants.SO_RCVBUFFORCE, RECEIVE_BUFFER)],
        [`bind to port ${port}`, (fd) => system.bind(fd, withPort(ipSocketAddress(any, 0), port))],
    ]);
}

/**
 * Opens the socket from which one session's packets leave: with its own port and TTL.
 *
 * @param interfaceIndex the interface that it is bound to; 0 for none
 */
export function openSender(system: NativeAddon, endpoint: BfdEndpoint, interfaceIndex: number): number | BfdSocketRefused {
    const { constants } = system;
    const { neighbor, source, sourcePort, ttl } = endpoint;
    const { family } = neighbor;
    const [level, ttlOption, tosOption] =
        family === 4
            ? [constants.IPPROTO_IP, constants.IP_TTL, constants.IP_TOS]
            : [constants.IPPROTO_IPV6, constants.IPV6_UNICAST_HOPS, constants.IPV6_TCLASS];
    const own = source ?? { family, bytes: new Uint8Array(family === 4 ? 4 : 16) };
    const binding: readonly Step[] =
        interfaceIndex === 0
            ? []
            : [["SO_BINDTOIFINDEX", (fd) => system.setsockopt(fd, constants.SOL_SOCKET, LINUX.SO_BINDTOIFINDEX, interfaceIndex)]];
    return open(system, family, [
        ["TTL", (fd) => system.setsockopt(fd, level, ttlOption, ttl)],
        ["TOS", (fd) => system.setsockopt(fd, level, tosOption, INTERNETWORK_CONTROL)],
        // After the TOS, which sets a priority of its own.
        ["SO_PRIORITY", (fd) => system.setsockopt(fd, constants.SOL_SOCKET, constants.SO_PRIORITY, PRIORITY)],
        ...binding,
        ["bind", (fd) => system.bind(fd, withPort(ipSocketAddress(own, interfaceIndex), sourcePort))],
    ]);
}

/** Where a session's packets go. */
export function destinationOf({ neighbor, isMultihop }: BfdEndpoint, interfaceIndex: number): Uint8Array {
    return withPort(ipSocketAddress(neighbor, interfaceIndex), isMultihop ? BFD_MULTIHOP_PORT : BFD_SINGLE_HOP_PORT);
}

function open(system: NativeAddon, family: Family, steps: readonly Step[]): number | BfdSocketRefused {
    const { AF_INET, AF_INET6, SOCK_DGRAM } = system.constants;
    const fd = system.socket(family === 4 ? AF_INET : AF_INET6, SOCK_DGRAM, 0);
    if (fd < 0) {
        return { step: "socket", errno: -fd };
    }
    for (const [step, run] of steps) {
        const result = run(fd);
        if (result < 0) {
            system.close(fd);
            return { step, errno: -result };
        }
    }
    return fd;
}

/** The port stands behind the family in both kinds of address, in network order. */
function withPort(address: Uint8Array, port: number): Uint8Array {
    address[2] = port >> 8;
    address[3] = port & 0xff;
    return address;
}
