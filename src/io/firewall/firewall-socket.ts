import { equalBytes } from "../../core/base/bytes.ts";
import { utf8 } from "../../core/base/utf8.ts";
import type { FirewallCommand } from "../../core/firewall/plan.ts";
import type { TableShape } from "../../core/firewall/table-shape.ts";
import { NETLINK, type NetlinkMessage, readError, readMessages, type Verdict } from "../../core/netlink/message.ts";
import { MessageWriter } from "../../core/netlink/message-writer.ts";
import { NftablesWriter, readTableNews, type TableAddress, type TableFamily } from "../../core/netlink/nftables.ts";
import type { NativeAddon } from "../native/addon.ts";
import { NetlinkSocket } from "../netlink/netlink-socket.ts";
import { generous } from "../netlink/receive-buffer.ts";

/** A comment in the form that nft reads and shows: type, length, text. By it we know a table that a predecessor left. */
const MARK = utf8("\u0000\u0009holdfast\u0000");

/** Bytes that are more than enough for one element, and for all else in a batch. */
const LONGEST_ELEMENT = 128;
const LONGEST_FRAME = 16_384;

/** More than a batch has messages. */
const SEQUENCES_IN_A_BATCH = 10_000;

const RECEIVE_BUFFER = generous(1 << 18);
/** Room for a batch with tens of thousands of addresses. */
const SEND_BUFFER = 1 << 22;

const DONE: FirewallOutcome = { code: "" };

/** What a batch or a question came to: "" for done, or the name of the first error, with the kernel's words. */
export interface FirewallOutcome {
    readonly code: string;
    readonly text?: string;
}

/** Asks nf_tables and gives it orders. All orders of a call are carried out together, or none. */
export class FirewallSocket {
    readonly #system: NativeAddon;
    readonly #socket: NetlinkSocket;
    #sequence = 1;

    /** @throws Error when the kernel refuses a socket */
    constructor(system: NativeAddon) {
        this.#system = system;
        this.#socket = new NetlinkSocket(system, [], RECEIVE_BUFFER, system.constants.NETLINK_NETFILTER);
        system.setsockopt(this.#socket.fd, system.constants.SOL_SOCKET, system.constants.SO_SNDBUFFORCE, SEND_BUFFER);
    }

    /** By which the kernel names it when it tells others of what was done here. */
    get port(): number {
        return this.#socket.port;
    }

    /** Whether there is such a table, and whether one of us made it. */
    look(at: TableAddress): "ours" | "foreign" | "absent" {
        let found: "ours" | "foreign" | "absent" = "absent";
        const writer = new MessageWriter(LONGEST_FRAME);
        new NftablesWriter(writer, this.#nextSequence()).getTable(at);
        this.#exchange(writer, ({ type, payload }) => {
            const news = readTableNews(type, payload);
            if (news !== undefined && news.table === at.table) {
                found = news.userData !== undefined && equalBytes(news.userData, MARK) ? "ours" : "foreign";
            }
        });
        return found;
    }

    /** Carries out all of it or nothing. */
    apply(table: string, commands: readonly FirewallCommand[]): FirewallOutcome {
        const writer = new MessageWriter(capacityFor(commands));
        const batch = new NftablesWriter(writer, this.#nextSequence());
        batch.beginBatch();
        for (const command of commands) {
            write(batch, table, command);
        }
        batch.endBatch();
        return this.#exchange(writer, () => undefined);
    }

    close(): void {
        this.#socket.close();
    }

    /** The kernel does the work within the call that sends it, so all that it has to say is there at once; of an error it tells in any case. */
    #exchange(writer: MessageWriter, onData: (message: NetlinkMessage) => void): FirewallOutcome {
        const sent = this.#socket.send(writer.bytes, writer.length);
        let outcome: FirewallOutcome = sent < 0 ? this.#outcomeOf({ errno: -sent }) : DONE;
        const take = (message: NetlinkMessage): void => {
            const verdict = message.type === NETLINK.NLMSG_ERROR ? readError(message) : undefined;
            if (verdict === undefined) {
                onData(message);
            } else if (verdict.errno !== 0 && outcome === DONE) {
                outcome = this.#outcomeOf(verdict);
            }
        };
        while (this.#socket.receive((datagram) => readMessages(datagram).forEach(take)) !== "nothing") {}
        return outcome;
    }

    #outcomeOf({ errno, text }: Verdict): FirewallOutcome {
        return { code: this.#system.errnoNames[errno] ?? `E${errno}`, ...(text !== undefined && { text }) };
    }

    #nextSequence(): number {
        this.#sequence = (this.#sequence + SEQUENCES_IN_A_BATCH) % 2 ** 31;
        return this.#sequence;
    }
}

function write(batch: NftablesWriter, table: string, command: FirewallCommand): void {
    const at = { family: command.family, table };
    switch (command.type) {
        case "replace-table":
            writeTable(batch, at, command.shape);
            return;
        case "delete-table":
            // What is not there cannot be deleted.
            batch.newTable(at, MARK);
            batch.deleteTable(at);
            return;
        case "new-elements":
            batch.newElements(at, command.set, command.elements);
            return;
        case "delete-elements":
            batch.deleteElements(at, command.set, command.elements);
            return;
    }
}

function writeTable(batch: NftablesWriter, at: TableAddress, { chains, sets, rules }: TableShape): void {
    batch.newTable(at, MARK);
    batch.deleteTable(at);
    batch.newTable(at, MARK);
    for (const chain of chains) {
        batch.newChain(at, chain);
    }
    for (const [index, set] of sets.entries()) {
        batch.newSet(at, set, index + 1);
        if (set.elements !== undefined) {
            batch.newElements(at, set.name, set.elements);
        }
    }
    for (const { chain, expressions } of rules) {
        batch.newRule(at, chain, expressions);
    }
}

function capacityFor(commands: readonly FirewallCommand[]): number {
    return commands.reduce(
        (sum, command) => sum + ("elements" in command ? command.elements.length * LONGEST_ELEMENT : LONGEST_FRAME),
        LONGEST_FRAME,
    );
}

/** Both families, in the order in which their tables are made. */
export const TABLE_FAMILIES: readonly TableFamily[] = ["ip", "ip6"];
