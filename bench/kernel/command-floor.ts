import { openSocketIn } from "../../src/app/cli/lab/namespace-socket.ts";
import { parseIp } from "../../src/core/base/ip.ts";
import { type IpvsDestination, type ServiceIdentity, writeDestination, writeService } from "../../src/core/netlink/ipvs.ts";
import type { IpvsAddressee } from "../../src/core/netlink/ipvs-attributes.ts";
import { NETLINK, readError, readMessages } from "../../src/core/netlink/message.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "../../src/core/netlink/message-writer.ts";
import { COMMANDS_IN_BATCH } from "../../src/io/ipvs/ipvs-table.ts";
import type { Fd, NativeAddon } from "../../src/io/native/addon.ts";
import { poolOf } from "./pool.ts";

const TCP = 6;
const ROOM = 65_536;

/** Writes one command. */
type Write = (writer: MessageWriter, to: IpvsAddressee) => void;

/** What the kernel alone takes for the commands of a pool: their bytes are made before, and sent in batches as Holdfast's are. */
export class CommandFloor {
    readonly #addon: NativeAddon;
    readonly #familyId: number;
    readonly #fd: Fd;
    readonly #buffer = new Uint8Array(ROOM);

    constructor(addon: NativeAddon, namespace: string, familyId: number) {
        const { AF_NETLINK, SOCK_RAW, NETLINK_GENERIC } = addon.constants;
        this.#addon = addon;
        this.#familyId = familyId;
        this.#fd = openSocketIn(addon, namespace, { domain: AF_NETLINK, type: SOCK_RAW, protocol: NETLINK_GENERIC });
    }

    /** Programs a pool of so many servers, then replaces all of them. @returns what the latter takes, in milliseconds */
    replace(servers: number): number {
        const [first, second] = [poolOf(servers, 0), poolOf(servers, 1)];
        const services = first.map(({ service }): Write => {
            const whole = { identity: identityOf(service), scheduler: "rr", flags: 0, persistence: 0, granularity: 32 };
            return (writer, to) => writeService(writer, to, "add", whole);
        });
        this.#carryOut([...services, ...orders("add", first)]);
        const batches = this.#batches([...orders("add", second), ...orders("delete", first)]);
        const from = performance.now();
        this.#send(batches);
        return performance.now() - from;
    }

    close(): void {
        this.#addon.close(this.#fd);
    }

    #carryOut(commands: readonly Write[]): void {
        this.#send(this.#batches(commands));
    }

    #batches(commands: readonly Write[]): readonly Uint8Array[] {
        const writer = new MessageWriter(COMMANDS_IN_BATCH * MAX_MESSAGE_LENGTH);
        const batches: Uint8Array[] = [];
        for (let start = 0; start < commands.length; start += COMMANDS_IN_BATCH) {
            writer.clear();
            for (const write of commands.slice(start, start + COMMANDS_IN_BATCH)) {
                write(writer, { familyId: this.#familyId, sequence: 1 });
            }
            writer.acknowledgeLastOnly();
            batches.push(writer.bytes.slice(0, writer.length));
        }
        return batches;
    }

    #send(batches: readonly Uint8Array[]): void {
        for (const batch of batches) {
            this.#addon.sendto(this.#fd, batch, 0, batch.length, 0, null);
            const length = this.#addon.recv(this.#fd, this.#buffer, 0, this.#buffer.length, 0);
            for (const message of readMessages(this.#buffer.subarray(0, Math.max(0, length)))) {
                if (message.type !== NETLINK.NLMSG_ERROR || readError(message)?.errno !== 0) {
                    throw new Error(`a command is refused: ${readError(message)?.errno}`);
                }
            }
        }
    }
}

function orders(order: "add" | "delete", pool: ReturnType<typeof poolOf>): readonly Write[] {
    return pool.flatMap(({ service, members }) =>
        members.map((member): Write => {
            const change = { identity: identityOf(service), destination: destinationAt(member) };
            return (writer, to) => writeDestination(writer, to, order, change);
        }),
    );
}

function identityOf(service: string): ServiceIdentity {
    return { type: "address", protocol: TCP, address: addressOf(service), port: 80 };
}

function destinationAt(member: string): IpvsDestination {
    return { address: addressOf(member), port: 80, forwarding: "nat", weight: 1, upperThreshold: 0, lowerThreshold: 0 };
}

function addressOf(text: string) {
    const address = parseIp(text);
    if (address === undefined) {
        throw new Error(`no address: ${text}`);
    }
    return address;
}
