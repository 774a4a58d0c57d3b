import type { Family, IpAddress } from "../../core/base/ip.ts";
import type { NativeAddon } from "../native/addon.ts";
import { LINUX } from "./linux-numbers.ts";
import { advertisementFilter } from "./packet-filter.ts";
import { ipSocketAddress } from "./socket-address.ts";

const INTERNETWORK_CONTROL = 0xc0;
const PRIORITY = 7;

/** What one socket is for: advertisements of one family on one interface, to one multicast group or (without a group) by unicast. */
export interface SocketPurpose {
    readonly interfaceIndex: number;
    readonly interfaceName: string;
    readonly family: Family;
    readonly group?: IpAddress;
    /** IPv4 only: an IPsec authentication header comes in front, which covers the IP header, so that we write that too. */
    readonly hasAuthenticationHeader?: true;
}

/** How sockets are to be, where that can be chosen. */
export interface SocketPreferences {
    /** Receive also advertisements with VRIDs that are not ours, to be able to tell of them. */
    readonly hearsUnknownVrids: boolean;
}

/** A step of opening a socket that the kernel refused. */
export interface OpeningRefused {
    readonly step: string;
    readonly errno: number;
}

/** One socket option, or another call; in the order in which they are made. */
type Step = readonly [name: string, run: (fd: number) => number];

/**
 * Opens the raw socket for a purpose: bound to its interface and group, hearing these VRIDs only.
 *
 * The kernel writes the IP header (but for AH), so an advertisement longer than the MTU is fragmented instead of being refused; the source address
 * goes along with each packet. The binding to the group, `*_MULTICAST_ALL` off and the filter keep the multicast and the unicast socket of one
 * interface from hearing each other's packets.
 *
 * @returns the descriptor, or what was refused
 */
export function openAdvertisementSocket(
    system: NativeAddon,
    purpose: SocketPurpose,
    vrids: readonly number[],
    preferences: SocketPreferences,
): number | OpeningRefused {
    const { constants } = system;
    const protocol = purpose.hasAuthenticationHeader ? LINUX.IPPROTO_AH : LINUX.IPPROTO_VRRP;
    const fd = system.socket(purpose.family === 4 ? constants.AF_INET : constants.AF_INET6, constants.SOCK_RAW, protocol);
    if (fd < 0) {
        return { step: "socket", errno: -fd };
    }
    const filter: Step = ["SO_ATTACH_FILTER", () => setFilter(system, fd, purpose, preferences.hearsUnknownVrids ? undefined : vrids)];
    const steps = [
        filter,
        ...bindingSteps(system, purpose),
        ...(purpose.family === 4 ? stepsOf4(system, purpose) : stepsOf6(system)),
        ...groupSteps(system, purpose),
    ];
    for (const [step, run] of steps) {
        const result = run(fd);
        if (result < 0) {
            system.close(fd);
            return { step, errno: -result };
        }
    }
    return fd;
}

/** Lets the socket hear these VRIDs only, or all of them: 0 or `-errno`. */
export function setFilter(system: NativeAddon, fd: number, purpose: SocketPurpose, vrids: readonly number[] | undefined): number {
    const { family, group, hasAuthenticationHeader } = purpose;
    const wanted = { family, isUnicast: group === undefined, hasAuthenticationHeader: hasAuthenticationHeader === true };
    return system.attachFilter(fd, advertisementFilter({ ...wanted, ...(vrids && { vrids }) }));
}

/** Sets the size of the receive buffer, beyond the system's limit where that is allowed: 0 or `-errno`. */
export function setReceiveBuffer({ constants, setsockopt }: NativeAddon, fd: number, bytes: number): number {
    const forced = setsockopt(fd, constants.SOL_SOCKET, constants.SO_RCVBUFFORCE, bytes);
    return forced < 0 ? setsockopt(fd, constants.SOL_SOCKET, constants.SO_RCVBUF, bytes) : forced;
}

function bindingSteps(system: NativeAddon, purpose: SocketPurpose): readonly Step[] {
    const { SOL_SOCKET, SO_TIMESTAMPNS } = system.constants;
    const set = (name: number, value: number) => (fd: number) => system.setsockopt(fd, SOL_SOCKET, name, value);
    return [
        ["SO_BINDTOIFINDEX", set(LINUX.SO_BINDTOIFINDEX, purpose.interfaceIndex)],
        ["SO_TIMESTAMPNS", set(SO_TIMESTAMPNS, 1)],
    ];
}

/** IP_TRANSPARENT allows a configured source that is not our own, and one that moved away a moment ago. */
function stepsOf4(system: NativeAddon, purpose: SocketPurpose): readonly Step[] {
    const { constants } = system;
    const set = (name: number, value: number) => (fd: number) => system.setsockopt(fd, constants.IPPROTO_IP, name, value);
    return [
        ["IP_TOS", set(constants.IP_TOS, INTERNETWORK_CONTROL)],
        // After IP_TOS, which sets a priority of its own.
        ["SO_PRIORITY", (fd) => system.setsockopt(fd, constants.SOL_SOCKET, constants.SO_PRIORITY, PRIORITY)],
        ["IP_MTU_DISCOVER", set(constants.IP_MTU_DISCOVER, constants.IP_PMTUDISC_DONT)],
        ["IP_TRANSPARENT", set(constants.IP_TRANSPARENT, 1)],
        ["IP_MULTICAST_ALL", set(constants.IP_MULTICAST_ALL, 0)],
        ["IP_MULTICAST_LOOP", set(constants.IP_MULTICAST_LOOP, 0)],
        ...(purpose.group === undefined ? [["IP_FREEBIND", set(constants.IP_FREEBIND, 1)] as const] : []),
        ...(purpose.hasAuthenticationHeader ? [["IP_HDRINCL", set(constants.IP_HDRINCL, 1)] as const] : []),
    ];
}

/** IPV6_FREEBIND allows a configured source of another interface, such as the base of the virtual link on which it is sent. */
function stepsOf6(system: NativeAddon): readonly Step[] {
    const { constants } = system;
    const set = (name: number, value: number) => (fd: number) => system.setsockopt(fd, constants.IPPROTO_IPV6, name, value);
    return [
        ["IPV6_TCLASS", set(constants.IPV6_TCLASS, INTERNETWORK_CONTROL)],
        ["SO_PRIORITY", (fd) => system.setsockopt(fd, constants.SOL_SOCKET, constants.SO_PRIORITY, PRIORITY)],
        ["IPV6_MTU_DISCOVER", set(LINUX.IPV6_MTU_DISCOVER, constants.IP_PMTUDISC_DONT)],
        ["IPV6_RECVPKTINFO", set(constants.IPV6_RECVPKTINFO, 1)],
        ["IPV6_RECVHOPLIMIT", set(constants.IPV6_RECVHOPLIMIT, 1)],
        ["IPV6_MULTICAST_ALL", set(constants.IPV6_MULTICAST_ALL, 0)],
        ["IPV6_MULTICAST_LOOP", set(constants.IPV6_MULTICAST_LOOP, 0)],
        ["IPV6_FREEBIND", set(constants.IPV6_FREEBIND, 1)],
    ];
}

function groupSteps(system: NativeAddon, purpose: SocketPurpose): readonly Step[] {
    const { family, group, interfaceIndex } = purpose;
    if (group === undefined) {
        return [];
    }
    const { IPPROTO_IP, IP_ADD_MEMBERSHIP, IPPROTO_IPV6, IPV6_JOIN_GROUP } = system.constants;
    const membership = membershipOf(group, interfaceIndex);
    const join = (fd: number) =>
        family === 4
            ? system.setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership)
            : system.setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, membership);
    return [
        ["joining the multicast group", join],
        ["bind", (fd) => system.bind(fd, ipSocketAddress(group, interfaceIndex))],
    ];
}

/** `struct ip_mreqn` (group, local address, index) or `struct ipv6_mreq` (group, index). */
function membershipOf(group: IpAddress, interfaceIndex: number): Uint8Array {
    const indexAt = group.family === 4 ? 8 : 16;
    const bytes = new Uint8Array(indexAt + 4);
    bytes.set(group.bytes);
    new DataView(bytes.buffer).setInt32(indexAt, interfaceIndex, true);
    return bytes;
}
