import { equalBytes } from "../../core/base/bytes.ts";
import { NETLINK, type NetlinkMessage, readError, readMessages, type Verdict } from "../../core/netlink/message.ts";
import { MessageWriter } from "../../core/netlink/message-writer.ts";
import { NftablesWriter, readTableNews, type TableAddress } from "../../core/netlink/nftables.ts";
import { OUR_TABLE } from "../../core/netlink/nftables-comment.ts";
import type { NativeAddon } from "../native/addon.ts";
import { NetlinkSocket } from "./netlink-socket.ts";
import { generous } from "./receive-buffer.ts";

const LONGEST_QUESTION = 1_024;
/** More than a batch has messages. */
const SEQUENCES_IN_A_BATCH = 1_000_000;
const RECEIVE_BUFFER = generous(1 << 20);
/** Room for a batch with tens of thousands of elements; the kernel takes the memory only while there is one. */
const SEND_BUFFER = 1 << 25;

const DONE: NftablesOutcome = { code: "" };

/** What a batch or a question came to: "" for done, or the name of the first error, with the kernel's words. */
export interface NftablesOutcome {
    readonly code: string;
    readonly text?: string;
}

/** Asks nf_tables and gives it orders. All orders of a batch are carried out together, or none. */
export class NftablesSocket {
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
        this.ask(
            (writer) => writer.getTable(at),
            ({ type, payload }) => {
                const news = readTableNews(type, payload);
                if (news !== undefined && news.table === at.table) {
                    found = news.userData !== undefined && equalBytes(news.userData, OUR_TABLE) ? "ours" : "foreign";
                }
            },
        );
        return found;
    }

    /** Asks one question; the answer may be many messages. */
    ask(write: (writer: NftablesWriter) => void, onData: (message: NetlinkMessage) => void): NftablesOutcome {
        const writer = new MessageWriter(LONGEST_QUESTION);
        write(new NftablesWriter(writer, this.#nextSequence()));
        return this.#exchange(writer, onData);
    }

    /** Carries out all of it or nothing. @param capacity bytes that are enough */
    batch(capacity: number, write: (batch: NftablesWriter) => void): NftablesOutcome {
        const writer = new MessageWriter(capacity);
        const batch = new NftablesWriter(writer, this.#nextSequence());
        batch.beginBatch();
        write(batch);
        batch.endBatch();
        // Of refusals the kernel tells in any case, and the answers to thousands of orders would find no room.
        writer.acknowledgeLastOnly();
        return this.#exchange(writer, () => undefined);
    }

    close(): void {
        this.#socket.close();
    }

    /** The kernel does the work within the call that sends it, so all that it has to say is there at once; of an error it tells in any case. */
    #exchange(writer: MessageWriter, onData: (message: NetlinkMessage) => void): NftablesOutcome {
        const sent = this.#socket.send(writer.bytes, writer.length);
        let outcome: NftablesOutcome = sent < 0 ? this.#outcomeOf({ errno: -sent }) : DONE;
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

    #outcomeOf({ errno, text }: Verdict): NftablesOutcome {
        return { code: this.#system.errnoNames[errno] ?? `E${errno}`, ...(text !== undefined && { text }) };
    }

    #nextSequence(): number {
        this.#sequence = (this.#sequence + SEQUENCES_IN_A_BATCH) % 2 ** 31;
        return this.#sequence;
    }
}
