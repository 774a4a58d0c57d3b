import { destinationKey, serviceKey, type Table, type TableService } from "../../core/balance/table.ts";
import type { ServiceTraffic, Traffic, TrafficTable } from "../../core/balance/traffic.ts";
import { readFamily, writeGetFamily } from "../../core/netlink/genetlink.ts";
import {
    type DestinationMessage,
    familyOf,
    type IpvsStatistics,
    readDestination,
    readService,
    type ServiceIdentity,
    type ServiceMessage,
    writeDumpDestinations,
    writeDumpServices,
} from "../../core/netlink/ipvs.ts";
import { IPVS_FAMILY_NAME, type IpvsAddressee } from "../../core/netlink/ipvs-attributes.ts";
import {
    type IpvsTimeouts,
    readDaemon,
    readTimeouts,
    type SyncDaemon,
    writeDumpDaemons,
    writeGetTimeouts,
} from "../../core/netlink/ipvs-daemon.ts";
import { NETLINK, readDone, readError, readMessages, type Verdict } from "../../core/netlink/message.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "../../core/netlink/message-writer.ts";
import type { NativeAddon } from "../native/addon.ts";
import { NetlinkSocket } from "../netlink/netlink-socket.ts";
import { generous } from "../netlink/receive-buffer.ts";

const RECEIVE_BUFFER = generous(4 << 20);
const MAX_TRIES = 5;
const EIO = 5;

/** Questions to the kernel's load balancer, answered within the call. */
export class IpvsQuestions {
    readonly #system: NativeAddon;
    readonly #socket: NetlinkSocket;
    readonly #writer = new MessageWriter(MAX_MESSAGE_LENGTH);
    readonly #familyId: number;
    #sequence = 0;

    /** @throws Error when this kernel has no load balancer, or refuses a socket: its message has the errno's name */
    constructor(system: NativeAddon) {
        this.#system = system;
        this.#socket = new NetlinkSocket(system, [], RECEIVE_BUFFER, system.constants.NETLINK_GENERIC);
        try {
            this.#familyId = this.#resolve();
        } catch (error) {
            this.close();
            throw error;
        }
    }

    /** The type of IPVS's messages in this kernel. */
    get familyId(): number {
        return this.#familyId;
    }

    /** All services and destinations. @throws Error when the kernel refuses, or its table changes whenever it is read */
    readTable(): Table {
        for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
            const services: ServiceMessage[] = [];
            const isWhole = this.#ask(writeDumpServices, (payload) => push(services, readService(payload)));
            const table = new Map<string, TableService>();
            if (isWhole && services.every(({ service }) => this.#readService(service, table))) {
                return table;
            }
        }
        throw new Error("ipvs: the table changes while it is read");
    }

    /** The time-outs of connections. @throws Error when the kernel refuses */
    readTimeouts(): Required<IpvsTimeouts> | undefined {
        let timeouts: Required<IpvsTimeouts> | undefined;
        this.#ask(writeGetTimeouts, (payload) => {
            timeouts = readTimeouts(payload) ?? timeouts;
        });
        return timeouts;
    }

    /** The daemons that run. @throws Error when the kernel refuses */
    readDaemons(): readonly SyncDaemon[] {
        const daemons: SyncDaemon[] = [];
        this.#ask(writeDumpDaemons, (payload) => push(daemons, readDaemon(payload)));
        return daemons;
    }

    /** Active connections of each server of these services together, by `destinationKey`; undefined when the kernel does not tell all. */
    countConnections(identities: readonly ServiceIdentity[]): ReadonlyMap<string, number> | undefined {
        const counts = new Map<string, number>();
        const count = ({ destination, activeConnections }: DestinationMessage) => {
            const key = destinationKey(destination);
            counts.set(key, (counts.get(key) ?? 0) + activeConnections);
        };
        try {
            return identities.every((identity) => this.#dump(identity, count)) ? counts : undefined;
        } catch {
            // A service that is not there: the table is about to be set right.
            return undefined;
        }
    }

    /** What was counted for all services and destinations that there are. @throws Error when the kernel refuses */
    readTraffic(): TrafficTable {
        const services: ServiceMessage[] = [];
        this.#ask(writeDumpServices, (payload) => push(services, readService(payload)));
        return new Map(services.map((message) => [serviceKey(message.service.identity), this.#trafficOf(message)]));
    }

    close(): void {
        this.#socket.close();
    }

    #readService(service: TableService["service"], table: Map<string, TableService>): boolean {
        const destinations: TableService["destinations"] & Map<string, unknown> = new Map();
        const isWhole = this.#dump(service.identity, ({ destination }) => destinations.set(destinationKey(destination), destination));
        table.set(serviceKey(service.identity), { service, destinations });
        return isWhole;
    }

    #trafficOf({ service, statistics }: ServiceMessage): ServiceTraffic {
        const servers = new Map<string, Traffic>();
        this.#dump(service.identity, ({ destination, activeConnections: active, inactiveConnections: inactive, statistics: its }) => {
            servers.set(destinationKey(destination), { ...countedOf(its), active, inactive });
        });
        return { total: countedOf(statistics), servers };
    }

    #dump(identity: ServiceIdentity, take: (message: DestinationMessage) => void): boolean {
        const family = familyOf(identity);
        const ask = (writer: MessageWriter, to: IpvsAddressee) => writeDumpDestinations(writer, to, identity);
        return this.#ask(ask, (payload) => {
            const message = readDestination(payload, family);
            if (message !== undefined) {
                take(message);
            }
        });
    }

    #resolve(): number {
        let id: number | undefined;
        this.#converse(
            (writer, sequence) => writeGetFamily(writer, IPVS_FAMILY_NAME, sequence),
            (payload) => {
                id = readFamily(payload)?.id ?? id;
            },
        );
        if (id === undefined) {
            throw new Error("ipvs: the kernel does not tell its number");
        }
        return id;
    }

    #ask(write: (writer: MessageWriter, to: IpvsAddressee) => void, take: (payload: Uint8Array) => void): boolean {
        return this.#converse((writer, sequence) => write(writer, { familyId: this.#familyId, sequence }), take);
    }

    /** False when the answer may lack something. */
    #converse(write: (writer: MessageWriter, sequence: number) => void, take: (payload: Uint8Array) => void): boolean {
        this.#sequence += 1;
        this.#writer.clear();
        write(this.#writer, this.#sequence);
        const sent = this.#socket.send(this.#writer.bytes, this.#writer.length);
        let verdict: Verdict | undefined = sent < 0 ? { errno: -sent } : undefined;
        let isWhole = true;
        while (verdict === undefined) {
            const reception = this.#socket.receive((datagram) => {
                for (const message of readMessages(datagram).filter(({ sequence }) => sequence === this.#sequence)) {
                    isWhole &&= (message.flags & NETLINK.NLM_F_DUMP_INTR) === 0;
                    if (message.type === NETLINK.NLMSG_DONE) {
                        verdict ??= readDone(message);
                    } else if (message.type === NETLINK.NLMSG_ERROR) {
                        verdict ??= readError(message) ?? { errno: EIO };
                    } else {
                        take(message.payload);
                    }
                }
            });
            isWhole &&= reception !== "overrun";
            if (reception === "nothing") {
                verdict ??= { errno: EIO };
            }
        }
        if (verdict.errno !== 0) {
            throw new Error(`ipvs: ${this.#system.errnoNames[verdict.errno] ?? verdict.errno}`);
        }
        return isWhole;
    }
}

function countedOf({ connections, inPackets, outPackets, inBytes, outBytes }: IpvsStatistics): Traffic {
    return { connections, inPackets, outPackets, inBytes, outBytes };
}

function push<Item>(items: Item[], item: Item | undefined): void {
    if (item !== undefined) {
        items.push(item);
    }
}
