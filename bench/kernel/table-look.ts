import { openSocketIn } from "../../src/app/cli/lab/namespace-socket.ts";
import { parseIp } from "../../src/core/base/ip.ts";
import { readDestination, type ServiceIdentity, writeDumpDestinations } from "../../src/core/netlink/ipvs.ts";
import { NETLINK, readMessages } from "../../src/core/netlink/message.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "../../src/core/netlink/message-writer.ts";
import type { Fd, NativeAddon } from "../../src/io/native/addon.ts";

const TCP = 6;
const ROOM = 65_536;

/** Looks at single services of a namespace's kernel, in two system calls each, so that looking hardly disturbs who works there. */
export class TableLook {
    readonly #addon: NativeAddon;
    readonly #fd: Fd;
    readonly #familyId: number;
    readonly #writer = new MessageWriter(MAX_MESSAGE_LENGTH);
    readonly #buffer = new Uint8Array(ROOM);
    #sequence = 0;

    constructor(addon: NativeAddon, namespace: string, familyId: number) {
        const { AF_NETLINK, SOCK_RAW, NETLINK_GENERIC } = addon.constants;
        this.#addon = addon;
        this.#familyId = familyId;
        this.#fd = openSocketIn(addon, namespace, { domain: AF_NETLINK, type: SOCK_RAW, protocol: NETLINK_GENERIC });
    }

    /** The weights of that service's servers; undefined when there is no such service. */
    servers(service: string): ReadonlyMap<string, number> | undefined {
        const address = parseIp(service);
        if (address === undefined) {
            throw new Error(`no address: ${service}`);
        }
        const identity: ServiceIdentity = { type: "address", protocol: TCP, address, port: 80 };
        this.#sequence += 1;
        this.#writer.clear();
        writeDumpDestinations(this.#writer, { familyId: this.#familyId, sequence: this.#sequence }, identity);
        this.#addon.sendto(this.#fd, this.#writer.bytes, 0, this.#writer.length, 0, null);
        const servers = new Map<string, number>();
        for (;;) {
            const length = this.#addon.recv(this.#fd, this.#buffer, 0, this.#buffer.length, 0);
            if (length <= 0) {
                return undefined;
            }
            for (const { type, payload } of readMessages(this.#buffer.subarray(0, length))) {
                const destination = readDestination(payload, 4)?.destination;
                if (type === NETLINK.NLMSG_DONE || type === NETLINK.NLMSG_ERROR) {
                    return servers.size === 0 ? undefined : servers;
                }
                if (destination !== undefined) {
                    servers.set(Array.from(destination.address.bytes).join("."), destination.weight);
                }
            }
        }
    }

    close(): void {
        this.#addon.close(this.#fd);
    }
}
