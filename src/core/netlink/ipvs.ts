import type { Family, IpAddress } from "../base/ip.ts";
import {
    type DestinationValues,
    IPVS_COMMAND,
    type IpvsAddressee,
    readCommand,
    type ServiceValues,
    type StatisticsValues,
    writeCommand,
} from "./ipvs-attributes.ts";
import type { MessageWriter } from "./message-writer.ts";

/**
 * Virtual services and their destinations in the kernel's load balancer: what they are, and the messages about them.
 */

/** IP_VS_SVC_F_*: `scheduler1` to `scheduler3` mean what the scheduler makes of them. */
export const SERVICE_FLAG = { persistent: 0x1, hashed: 0x2, onePacket: 0x4, scheduler1: 0x8, scheduler2: 0x10, scheduler3: 0x20 } as const;

/** IP_VS_CONN_F_*: how packets reach a destination. The kernel makes `local` of whatever is its own address. */
const FORWARDING_NUMBERS = { nat: 0, local: 1, tunnel: 2, route: 3, bypass: 4 } as const;
const FORWARDING_MASK = 0x7;

/** IP_VS_CONN_F_TUNNEL_TYPE_*, IP_VS_TUNNEL_ENCAP_FLAG_*. */
const TUNNEL_TYPES = ["ipip", "gue", "gre"] as const;
const TUNNEL_CHECKSUMS = { none: 0, full: 1, remote: 2 } as const;

const FAMILY_NUMBERS = { 4: 2, 6: 10 } as const;
const AF_INET6 = 10;
const ALL_FLAGS = 0xffff_ffff;

/** By what the kernel knows a service. */
export type ServiceIdentity =
    /** `protocol` is that of IP's header: 6, 17 or 132. */
    | { readonly type: "address"; readonly protocol: number; readonly address: IpAddress; readonly port: number }
    | { readonly type: "fwmark"; readonly family: Family; readonly mark: number };

/** One virtual service. */
export interface IpvsService {
    readonly identity: ServiceIdentity;
    readonly scheduler: string;
    /** SERVICE_FLAG, or-ed. The kernel sets `hashed` in each. */
    readonly flags: number;
    /** Seconds that a client keeps its destination; of effect with the flag `persistent`. */
    readonly persistence: number;
    /** Leading bits of a client's address that tell one client from another: 32 and 128 are all. */
    readonly granularity: number;
    /** Persistence engine, such as `sip`. */
    readonly engine?: string;
}

/** The form of a tunnel to a destination. */
export interface Tunnel {
    readonly type: (typeof TUNNEL_TYPES)[number];
    /** UDP port of gue; 0 for the others. */
    readonly port: number;
    readonly checksum: keyof typeof TUNNEL_CHECKSUMS;
}

/** One real server of a service. */
export interface IpvsDestination {
    readonly address: IpAddress;
    readonly port: number;
    readonly forwarding: keyof typeof FORWARDING_NUMBERS;
    readonly weight: number;
    /** Connections at which it gets no new ones, and those below which it gets them again; 0 is none. */
    readonly upperThreshold: number;
    readonly lowerThreshold: number;
    /** With `forwarding` tunnel; absent is plain ipip. */
    readonly tunnel?: Tunnel;
}

/** What was counted, and the rates of the last seconds; 0 where the kernel tells nothing. */
export type IpvsStatistics = Readonly<Record<keyof StatisticsValues, number>>;

/** A service as the kernel tells of it. */
export interface ServiceMessage {
    readonly service: IpvsService;
    readonly statistics: IpvsStatistics;
}

/** A destination as the kernel tells of it. */
export interface DestinationMessage {
    readonly destination: IpvsDestination;
    readonly activeConnections: number;
    readonly inactiveConnections: number;
    readonly persistentConnections: number;
    readonly statistics: IpvsStatistics;
}

/** Adds or alters a service; the kernel answers EEXIST or ESRCH when it is there already or not there. */
export function writeService(writer: MessageWriter, to: IpvsAddressee, order: "add" | "edit", service: IpvsService): void {
    const command = order === "add" ? IPVS_COMMAND.newService : IPVS_COMMAND.setService;
    writeCommand(writer, to, command, {
        service: {
            ...identityValues(service.identity),
            scheduler: service.scheduler,
            // A service that had one and is altered without it has none afterwards.
            engine: service.engine,
            flags: { flags: service.flags, mask: ALL_FLAGS },
            timeout: service.persistence,
            netmask: netmaskOf(service),
        },
    });
}

/** Removes a service and all its destinations; ESRCH when there is none. */
export function writeDeleteService(writer: MessageWriter, to: IpvsAddressee, identity: ServiceIdentity): void {
    writeCommand(writer, to, IPVS_COMMAND.deleteService, { service: identityValues(identity) });
}

/** Asks for all services. */
export function writeDumpServices(writer: MessageWriter, to: IpvsAddressee): void {
    writeCommand(writer, to, IPVS_COMMAND.getService, { isDump: true });
}

/** What is to become of a destination. */
export type DestinationOrder = "add" | "edit" | "delete";

/** Adds, alters or removes a destination: `EEXIST` or `ENOENT` when it is there already or not there, `ESRCH` when its service is not. */
export function writeDestination(
    writer: MessageWriter,
    to: IpvsAddressee,
    order: DestinationOrder,
    { identity, destination }: { readonly identity: ServiceIdentity; readonly destination: IpvsDestination },
): void {
    const commands = {
        add: IPVS_COMMAND.newDestination,
        edit: IPVS_COMMAND.setDestination,
        delete: IPVS_COMMAND.deleteDestination,
    } as const;
    writeCommand(writer, to, commands[order], {
        service: identityValues(identity),
        destination: order === "delete" ? placeValues(destination) : destinationValues(destination),
    });
}

/** Asks for all destinations of a service. */
export function writeDumpDestinations(writer: MessageWriter, to: IpvsAddressee, identity: ServiceIdentity): void {
    writeCommand(writer, to, IPVS_COMMAND.getDestination, { service: identityValues(identity), isDump: true });
}

/** Removes all services, whoever made them. */
export function writeFlush(writer: MessageWriter, to: IpvsAddressee): void {
    writeCommand(writer, to, IPVS_COMMAND.flush);
}

/** Sets the counters of one service, or of all, to zero. */
export function writeZero(writer: MessageWriter, to: IpvsAddressee, identity?: ServiceIdentity): void {
    writeCommand(writer, to, IPVS_COMMAND.zero, identity === undefined ? {} : { service: identityValues(identity) });
}

/** One message of a dump of services; undefined when it is something else, or lacks what makes a service. */
export function readService(payload: Uint8Array): ServiceMessage | undefined {
    const values = readCommand(payload, IPVS_COMMAND.newService)?.service;
    const identity = values === undefined ? undefined : readIdentity(values);
    if (values === undefined || identity === undefined || values.scheduler === undefined) {
        return undefined;
    }
    const service: IpvsService = {
        identity,
        scheduler: values.scheduler,
        flags: values.flags?.flags ?? 0,
        persistence: values.timeout ?? 0,
        granularity: readGranularity(values.netmask, familyOf(identity)),
        ...(values.engine !== undefined && values.engine !== "" && { engine: values.engine }),
    };
    return { service, statistics: readStatistics(values) };
}

/**
 * One message of a dump of destinations; undefined when it is something else, or lacks what makes a destination.
 *
 * @param family the service's: old kernels tell none, because there it is the same
 */
export function readDestination(payload: Uint8Array, family: Family): DestinationMessage | undefined {
    const values = readCommand(payload, IPVS_COMMAND.newDestination)?.destination;
    const bytes = values?.address;
    const address = bytes === undefined ? undefined : addressFrom(bytes, values?.family === undefined ? family : readFamily(values.family));
    const forwarding = FORWARDINGS[(values?.forwarding ?? 0) & FORWARDING_MASK];
    if (values === undefined || address === undefined || forwarding === undefined) {
        return undefined;
    }
    const tunnel = forwarding === "tunnel" ? readTunnel(values) : undefined;
    return {
        destination: {
            address,
            port: values.port ?? 0,
            forwarding,
            weight: values.weight ?? 0,
            upperThreshold: values.upperThreshold ?? 0,
            lowerThreshold: values.lowerThreshold ?? 0,
            ...(tunnel !== undefined && { tunnel }),
        },
        activeConnections: values.activeConnections ?? 0,
        inactiveConnections: values.inactiveConnections ?? 0,
        persistentConnections: values.persistentConnections ?? 0,
        statistics: readStatistics(values),
    };
}

/** The address family of a service's clients. */
export function familyOf(identity: ServiceIdentity): Family {
    return identity.type === "address" ? identity.address.family : identity.family;
}

const FORWARDINGS = ["nat", "local", "tunnel", "route", "bypass"] as const satisfies readonly (keyof typeof FORWARDING_NUMBERS)[];

function identityValues(identity: ServiceIdentity): ServiceValues {
    return identity.type === "fwmark"
        ? { family: FAMILY_NUMBERS[identity.family], mark: identity.mark }
        : {
              family: FAMILY_NUMBERS[identity.address.family],
              protocol: identity.protocol,
              address: identity.address.bytes,
              port: identity.port,
          };
}

function readIdentity({ family: number, mark = 0, protocol, address: bytes, port = 0 }: ServiceValues): ServiceIdentity | undefined {
    const family = number === undefined ? undefined : readFamily(number);
    if (family !== undefined && mark !== 0) {
        return { type: "fwmark", family, mark };
    }
    const address = bytes === undefined ? undefined : addressFrom(bytes, family);
    return address === undefined || protocol === undefined ? undefined : { type: "address", protocol, address, port };
}

function placeValues({ address, port }: IpvsDestination): DestinationValues {
    return { address: address.bytes, port, family: FAMILY_NUMBERS[address.family] };
}

function destinationValues(destination: IpvsDestination): DestinationValues {
    const { address, port, forwarding, weight, upperThreshold, lowerThreshold, tunnel } = destination;
    return {
        address: address.bytes,
        port,
        family: FAMILY_NUMBERS[address.family],
        forwarding: FORWARDING_NUMBERS[forwarding],
        weight,
        upperThreshold,
        lowerThreshold,
        tunnelType: tunnel && TUNNEL_TYPES.indexOf(tunnel.type),
        tunnelPort: tunnel?.port,
        tunnelFlags: tunnel && TUNNEL_CHECKSUMS[tunnel.checksum],
    };
}

function readTunnel({ tunnelType = 0, tunnelPort = 0, tunnelFlags = 0 }: DestinationValues): Tunnel | undefined {
    const type = TUNNEL_TYPES[tunnelType];
    const checksum = tunnelFlags === TUNNEL_CHECKSUMS.remote ? "remote" : tunnelFlags === TUNNEL_CHECKSUMS.full ? "full" : "none";
    const isPlain = type === "ipip" && tunnelPort === 0 && checksum === "none";
    return type === undefined || isPlain ? undefined : { type, port: tunnelPort, checksum };
}

/** IPv4 has a mask of four bytes as on the wire, IPv6 a number of bits. */
function netmaskOf({ identity, granularity }: IpvsService): Uint8Array {
    const bytes = new Uint8Array(4);
    if (familyOf(identity) === 6) {
        bytes[0] = granularity;
        return bytes;
    }
    for (let bit = 0; bit < granularity; bit++) {
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
    }
    return bytes;
}

function readGranularity(netmask: Uint8Array | undefined, family: Family): number {
    if (netmask === undefined || netmask.length < 4) {
        return family === 4 ? 32 : 128;
    }
    return family === 6 ? (netmask[0] ?? 0) : netmask.reduce((bits, byte) => bits + ones(byte), 0);
}

function ones(byte: number): number {
    return byte === 0 ? 0 : (byte & 1) + ones(byte >> 1);
}

function readFamily(number: number): Family | undefined {
    return number === FAMILY_NUMBERS[4] ? 4 : number === AF_INET6 ? 6 : undefined;
}

function addressFrom(bytes: Uint8Array, family: Family | undefined): IpAddress | undefined {
    const length = family === 4 ? 4 : 16;
    return family === undefined || bytes.length < length ? undefined : { family, bytes: bytes.slice(0, length) };
}

const NOTHING: IpvsStatistics = {
    connections: 0,
    inPackets: 0,
    outPackets: 0,
    inBytes: 0,
    outBytes: 0,
    connectionRate: 0,
    inPacketRate: 0,
    outPacketRate: 0,
    inByteRate: 0,
    outByteRate: 0,
};

function readStatistics({ statistics, statistics64 }: Pick<ServiceValues, "statistics" | "statistics64">): IpvsStatistics {
    return { ...NOTHING, ...definedOf(statistics64 ?? statistics ?? {}) };
}

function definedOf(values: StatisticsValues): Partial<IpvsStatistics> {
    return values as Partial<IpvsStatistics>;
}
