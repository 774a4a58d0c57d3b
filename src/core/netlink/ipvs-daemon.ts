import { equalIp, type IpAddress, ipFromBytes } from "../base/ip.ts";
import { IPVS_COMMAND, type IpvsAddressee, readCommand, readInfoValues, writeCommand } from "./ipvs-attributes.ts";
import type { MessageWriter } from "./message-writer.ts";

/**
 * The load balancer as a whole: time-outs of connections, and the daemon that copies the table of connections to other directors.
 */

/** IP_VS_STATE_*. A director may run both at once. */
const STATES = { master: 1, backup: 2 } as const;

/** A daemon that sends its connections to other directors (`master`), or takes them in (`backup`). */
export interface SyncDaemon {
    readonly state: keyof typeof STATES;
    readonly interfaceName: string;
    /** Tells pairs on one network from each other. */
    readonly syncId: number;
    /** Longest packet, in bytes; absent leaves it to the kernel, as all that follows. */
    readonly maxLength?: number;
    readonly group?: IpAddress;
    readonly port?: number;
    readonly ttl?: number;
}

/** Starts a daemon; EEXIST when one of this state runs already. */
export function writeNewDaemon(writer: MessageWriter, to: IpvsAddressee, daemon: SyncDaemon): void {
    const { group } = daemon;
    writeCommand(writer, to, IPVS_COMMAND.newDaemon, {
        daemon: {
            state: STATES[daemon.state],
            interfaceName: daemon.interfaceName,
            syncId: daemon.syncId,
            maxLength: daemon.maxLength,
            group4: group?.family === 4 ? group.bytes : undefined,
            group6: group?.family === 6 ? group.bytes : undefined,
            port: daemon.port,
            ttl: daemon.ttl,
        },
    });
}

/** Ends the daemon of this state; ESRCH when there is none. */
export function writeDeleteDaemon(writer: MessageWriter, to: IpvsAddressee, state: SyncDaemon["state"]): void {
    writeCommand(writer, to, IPVS_COMMAND.deleteDaemon, { daemon: { state: STATES[state] } });
}

/** Asks which daemons run. */
export function writeDumpDaemons(writer: MessageWriter, to: IpvsAddressee): void {
    writeCommand(writer, to, IPVS_COMMAND.getDaemon, { isDump: true });
}

/** One daemon out of the answer; undefined when it is something else. */
export function readDaemon(payload: Uint8Array): SyncDaemon | undefined {
    const values = readCommand(payload, IPVS_COMMAND.newDaemon)?.daemon;
    const state = values?.state === STATES.master ? "master" : values?.state === STATES.backup ? "backup" : undefined;
    if (values === undefined || state === undefined || values.interfaceName === undefined) {
        return undefined;
    }
    const group = readGroup(values.group4, values.group6);
    return {
        state,
        interfaceName: values.interfaceName,
        syncId: values.syncId ?? 0,
        ...(values.maxLength !== undefined && { maxLength: values.maxLength }),
        ...(group !== undefined && { group }),
        ...(values.port !== undefined && { port: values.port }),
        ...(values.ttl !== undefined && { ttl: values.ttl }),
    };
}

/** What the kernel takes where nothing is said. The longest packet goes by the interface. */
const DEFAULTS = { group: ipFromBytes(Uint8Array.of(224, 0, 0, 81)), port: 8848, ttl: 1 };

/** Whether a daemon that runs, as `readDaemon` says it, is what this order would start. */
export function isAsOrdered(running: SyncDaemon, order: SyncDaemon): boolean {
    const { group, port, ttl } = { ...DEFAULTS, ...order };
    return (
        running.state === order.state &&
        running.interfaceName === order.interfaceName &&
        running.syncId === order.syncId &&
        (order.maxLength === undefined || running.maxLength === order.maxLength) &&
        running.group !== undefined &&
        equalIp(running.group, group) &&
        running.port === port &&
        running.ttl === ttl
    );
}

function readGroup(group4: Uint8Array | undefined, group6: Uint8Array | undefined): IpAddress | undefined {
    if (group6?.length === 16) {
        return { family: 6, bytes: group6 };
    }
    return group4?.length === 4 ? { family: 4, bytes: group4 } : undefined;
}

/** How long connections are remembered, in seconds; absent, and 0, leave a value as it is. */
export interface IpvsTimeouts {
    readonly tcp?: number;
    readonly tcpFin?: number;
    readonly udp?: number;
}

/** Sets time-outs. */
export function writeSetTimeouts(writer: MessageWriter, to: IpvsAddressee, { tcp, tcpFin, udp }: IpvsTimeouts): void {
    // The kernel wants all three; 0 leaves one as it is.
    writeCommand(writer, to, IPVS_COMMAND.setConfig, { timeoutTcp: tcp ?? 0, timeoutTcpFin: tcpFin ?? 0, timeoutUdp: udp ?? 0 });
}

/** Asks for the time-outs. */
export function writeGetTimeouts(writer: MessageWriter, to: IpvsAddressee): void {
    writeCommand(writer, to, IPVS_COMMAND.getConfig);
}

/** The answer to that; undefined when it is something else. */
export function readTimeouts(payload: Uint8Array): Required<IpvsTimeouts> | undefined {
    const values = readCommand(payload, IPVS_COMMAND.setConfig);
    return values === undefined
        ? undefined
        : { tcp: values.timeoutTcp ?? 0, tcpFin: values.timeoutTcpFin ?? 0, udp: values.timeoutUdp ?? 0 };
}

/** Asks which version the kernel's load balancer has. */
export function writeGetInfo(writer: MessageWriter, to: IpvsAddressee): void {
    writeCommand(writer, to, IPVS_COMMAND.getInfo);
}

/** The answer to that: its version as in 0x010201 for 1.2.1, and the slots of the table of connections. */
export function readInfo(payload: Uint8Array): { readonly version: number; readonly tableSize: number } | undefined {
    const values = readInfoValues(payload);
    return values?.version === undefined ? undefined : { version: values.version, tableSize: values.tableSize ?? 0 };
}
