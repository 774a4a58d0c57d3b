import { AttributeTable, type AttributeValues, attribute, nested } from "./attributes.ts";
import { GENERIC_HEADER } from "./genetlink.ts";
import { type Layout, networkU16, rawBytes, structure, text, u8, u16, u32, u64 } from "./layout.ts";
import { NETLINK } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";

/**
 * The load balancer's commands and attributes (include/uapi/linux/ip_vs.h), as tables.
 */

/** The name under which generic netlink's controller knows it. */
export const IPVS_FAMILY_NAME = "IPVS";

const VERSION = 1;

/** IPVS_CMD_*. */
export const IPVS_COMMAND = {
    newService: 1,
    setService: 2,
    deleteService: 3,
    getService: 4,
    newDestination: 5,
    setDestination: 6,
    deleteDestination: 7,
    getDestination: 8,
    newDaemon: 9,
    deleteDaemon: 10,
    getDaemon: 11,
    setConfig: 12,
    getConfig: 13,
    setInfo: 14,
    getInfo: 15,
    zero: 16,
    flush: 17,
} as const;

/** One of those numbers. */
export type IpvsCommand = (typeof IPVS_COMMAND)[keyof typeof IPVS_COMMAND];

const UNION_LENGTH = 16;

/** union nf_inet_addr: sixteen bytes, of which IPv4 uses the first four. */
const unionAddress: Layout<Uint8Array> = {
    read: rawBytes.read,
    write: (writer, value) => {
        writer.raw(value);
        for (let length = value.length; length < UNION_LENGTH; length++) {
            writer.u8(0);
        }
    },
};

/** IPVS_STATS_ATTR_*: totals, and rates of the last seconds. Once with 32 bits, once with 64 where the kernel has them. */
const totals = (total: typeof u32) => ({
    connections: attribute(1, total),
    inPackets: attribute(2, total),
    outPackets: attribute(3, total),
    inBytes: attribute(4, u64),
    outBytes: attribute(5, u64),
    connectionRate: attribute(6, total),
    inPacketRate: attribute(7, total),
    outPacketRate: attribute(8, total),
    inByteRate: attribute(9, total),
    outByteRate: attribute(10, total),
});

const STATISTICS = new AttributeTable(totals(u32));
const STATISTICS_64 = new AttributeTable(totals(u64));

/** IPVS_SVC_ATTR_*. */
const SERVICE_ATTRIBUTES = new AttributeTable({
    family: attribute(1, u16),
    protocol: attribute(2, u16),
    address: attribute(3, unionAddress),
    port: attribute(4, networkU16),
    mark: attribute(5, u32),
    scheduler: attribute(6, text),
    engine: attribute(11, text),
    flags: attribute(7, structure({ flags: u32, mask: u32 })),
    timeout: attribute(8, u32),
    netmask: attribute(9, rawBytes),
    statistics: nested(10, STATISTICS),
    statistics64: nested(12, STATISTICS_64),
});

/** IPVS_DEST_ATTR_*. */
const DESTINATION_ATTRIBUTES = new AttributeTable({
    address: attribute(1, unionAddress),
    port: attribute(2, networkU16),
    forwarding: attribute(3, u32),
    weight: attribute(4, u32),
    upperThreshold: attribute(5, u32),
    lowerThreshold: attribute(6, u32),
    activeConnections: attribute(7, u32),
    inactiveConnections: attribute(8, u32),
    persistentConnections: attribute(9, u32),
    statistics: nested(10, STATISTICS),
    family: attribute(11, u16),
    statistics64: nested(12, STATISTICS_64),
    tunnelType: attribute(13, u8),
    tunnelPort: attribute(14, networkU16),
    tunnelFlags: attribute(15, u16),
});

/** IPVS_DAEMON_ATTR_*. The IPv4 group is four bytes as on the wire; the port is in the machine's own order. */
const DAEMON_ATTRIBUTES = new AttributeTable({
    state: attribute(1, u32),
    interfaceName: attribute(2, text),
    syncId: attribute(3, u32),
    maxLength: attribute(4, u16),
    group4: attribute(5, rawBytes),
    group6: attribute(6, rawBytes),
    port: attribute(7, u16),
    ttl: attribute(8, u8),
});

/** IPVS_CMD_ATTR_*: what a message consists of. */
const COMMAND_ATTRIBUTES = new AttributeTable({
    service: nested(1, SERVICE_ATTRIBUTES),
    destination: nested(2, DESTINATION_ATTRIBUTES),
    daemon: nested(3, DAEMON_ATTRIBUTES),
    timeoutTcp: attribute(4, u32),
    timeoutTcpFin: attribute(5, u32),
    timeoutUdp: attribute(6, u32),
});

/** IPVS_INFO_ATTR_*. */
const INFO_ATTRIBUTES = new AttributeTable({ version: attribute(1, u32), tableSize: attribute(2, u32) });

type ValuesOf<Table> = Table extends AttributeTable<infer Attributes> ? AttributeValues<Attributes> : never;

export type CommandValues = ValuesOf<typeof COMMAND_ATTRIBUTES>;
export type ServiceValues = ValuesOf<typeof SERVICE_ATTRIBUTES>;
export type DestinationValues = ValuesOf<typeof DESTINATION_ATTRIBUTES>;
export type StatisticsValues = ValuesOf<typeof STATISTICS_64>;
export type InfoValues = ValuesOf<typeof INFO_ATTRIBUTES>;

/** Under which number the running kernel has the family, and the number of the next message. */
export interface IpvsAddressee {
    readonly familyId: number;
    readonly sequence: number;
}

/** Writes one command. A dump asks for all there is; everything else asks for an acknowledgement. */
export function writeCommand(
    writer: MessageWriter,
    { familyId, sequence }: IpvsAddressee,
    command: IpvsCommand,
    values: CommandValues & { readonly isDump?: boolean } = {},
): void {
    const answer = values.isDump === true ? NETLINK.NLM_F_DUMP : NETLINK.NLM_F_ACK;
    writer.begin(familyId, NETLINK.NLM_F_REQUEST | answer, sequence);
    GENERIC_HEADER.write(writer, { command, version: VERSION });
    COMMAND_ATTRIBUTES.write(writer, values);
    writer.end();
}

/** What a message of the family says, if it is this command; undefined when it is another one, or cut. */
export function readCommand(payload: Uint8Array, command: IpvsCommand): CommandValues | undefined {
    const body = bodyOf(payload, command);
    return body === undefined ? undefined : COMMAND_ATTRIBUTES.read(body, 0, body.byteLength);
}

/** What the answer to getInfo says. */
export function readInfoValues(payload: Uint8Array): InfoValues | undefined {
    const body = bodyOf(payload, IPVS_COMMAND.setInfo);
    return body === undefined ? undefined : INFO_ATTRIBUTES.read(body, 0, body.byteLength);
}

function bodyOf(payload: Uint8Array, command: IpvsCommand): DataView | undefined {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const header = GENERIC_HEADER.read(view, 0, payload.length);
    return header?.command === command
        ? new DataView(payload.buffer, payload.byteOffset + GENERIC_HEADER.size, payload.length - GENERIC_HEADER.size)
        : undefined;
}
