import { equalBytes } from "../../core/base/bytes.ts";
import { utf8 } from "../../core/base/utf8.ts";
import type { FirewallCommand } from "../../core/firewall/plan.ts";
import type { TableShape } from "../../core/firewall/table-shape.ts";
import { MessageWriter } from "../../core/netlink/message-writer.ts";
import { NftablesWriter, readTableNews, type TableAddress, type TableFamily } from "../../core/netlink/nftables.ts";
import type { NativeAddon } from "../native/addon.ts";
import { type Answer, RequestSocket } from "../netlink/request-socket.ts";

/** A comment in the form that nft reads and shows: type, length, text. By it we know a table that a predecessor left. */
const MARK = utf8("\u0000\u0009holdfast\u0000");

/** Bytes that are more than enough for one element, and for all else in a batch. */
const LONGEST_ELEMENT = 128;
const LONGEST_FRAME = 16_384;

/** What a batch or a question came to: "" for done, or the name of the first error, with the kernel's words. */
export interface FirewallOutcome {
    readonly code: string;
    readonly text?: string;
}

/** Asks nf_tables and gives it orders. All orders of a call are carried out together, or none. */
export class FirewallSocket {
    readonly #socket: RequestSocket;

    /** @throws Error when the kernel refuses a socket */
    constructor(system: NativeAddon) {
        this.#socket = new RequestSocket(system, system.constants.NETLINK_NETFILTER);
    }

    /** By which the kernel names it when it tells others of what was done here. */
    get port(): number {
        return this.#socket.port;
    }

    /** Whether there is such a table, and whether one of us made it. */
    look(at: TableAddress): "ours" | "foreign" | "absent" {
        let found: "ours" | "foreign" | "absent" = "absent";
        const writer = new MessageWriter(LONGEST_FRAME);
        const first = this.#socket.nextSequence();
        new NftablesWriter(writer, first).getTable(at);
        this.#socket.send(writer, first, 1, ({ type, payload }) => {
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
        const count = messagesIn(commands) + 2;
        const first = this.#socket.nextSequences(count);
        const batch = new NftablesWriter(writer, first);
        batch.beginBatch();
        for (const command of commands) {
            write(batch, table, command);
        }
        batch.endBatch();
        return outcomeOf(this.#socket.send(writer, first, count), count);
    }

    close(): void {
        this.#socket.close();
    }
}

/** The two marks of a batch are answered only when it is refused as a whole. */
function outcomeOf(answers: readonly Answer[], count: number): FirewallOutcome {
    const failed = answers.find(({ code }, place) => code !== "" && !(code === "ENOBUFS" && (place === 0 || place === count - 1)));
    return failed === undefined ? { code: "" } : { code: failed.code, ...(failed.text !== undefined && { text: failed.text }) };
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

function messagesIn(commands: readonly FirewallCommand[]): number {
    return commands.reduce((sum, command) => sum + messagesOf(command), 0);
}

function messagesOf(command: FirewallCommand): number {
    switch (command.type) {
        case "replace-table": {
            const { chains, sets, rules } = command.shape;
            return 3 + chains.length + sets.length + sets.filter(({ elements }) => elements !== undefined).length + rules.length;
        }
        case "delete-table":
            return 2;
        default:
            return 1;
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
