import { type Result, rejected, success } from "../../core/base/result.ts";
import { NETLINK, type NetlinkMessage, readDone, readError, readMessages, type Verdict } from "../../core/netlink/message.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "../../core/netlink/message-writer.ts";
import type { NativeAddon } from "../native/addon.ts";
import { NetlinkSocket } from "./netlink-socket.ts";
import { generous } from "./receive-buffer.ts";

const RECEIVE_BUFFER = generous(1 << 20);
const MAX_TRIES = 5;
const EIO = 5;

/** A table of the kernel that can be asked for as a whole. */
export interface KernelTable<Item> {
    readonly ask: (writer: MessageWriter, sequence: number) => void;
    /** The type of the messages that answer. */
    readonly answer: number;
    readonly read: (payload: Uint8Array) => Item | undefined;
    /** The kernel is to tell only of what is asked for, where it can (NETLINK_GET_STRICT_CHK). */
    readonly isStrict?: boolean;
}

/** A table's contents. */
export interface TableDump<Item> {
    readonly items: readonly Item[];
    /** False when the table changed while the kernel read it out, each time that it was asked: something may be missing. */
    readonly isWhole: boolean;
}

/**
 * Asks for all of a table; again, a few times, when it changed under the kernel's hands. Each time on a socket of its own, so that answers to
 * different questions never mix.
 *
 * @throws Error when the kernel refuses: its message has the errno's name
 */
export function dumpTable<Item>(system: NativeAddon, table: KernelTable<Item>): TableDump<Item> {
    let dump: TableDump<Item> = { items: [], isWhole: false };
    for (let attempt = 0; attempt < MAX_TRIES && !dump.isWhole; attempt++) {
        const socket = new NetlinkSocket(system, [], RECEIVE_BUFFER);
        if (table.isStrict === true) {
            socket.beStrict();
        }
        try {
            const outcome = dumpOnce(socket, table);
            if (!outcome.ok) {
                throw new Error(`netlink: dump ${table.answer}: ${system.errnoNames[outcome.error] ?? outcome.error}`);
            }
            dump = outcome.value;
        } finally {
            socket.close();
        }
    }
    return dump;
}

/** The kernel reads its table out within our calls: when there is nothing more and no end was told, no end will come. */
function dumpOnce<Item>(socket: NetlinkSocket, table: KernelTable<Item>): Result<TableDump<Item>, number> {
    const refused = ask(socket, table);
    const items: Item[] = [];
    let isWhole = true;
    let verdict: Verdict | undefined = refused < 0 ? { errno: -refused } : undefined;
    while (verdict === undefined) {
        const reception = socket.receive((datagram) => {
            for (const message of readMessages(datagram)) {
                isWhole &&= (message.flags & NETLINK.NLM_F_DUMP_INTR) === 0;
                verdict ??= endOf(message);
                const item = message.type === table.answer ? table.read(message.payload) : undefined;
                if (item !== undefined) {
                    items.push(item);
                }
            }
        });
        isWhole &&= reception !== "overrun";
        if (reception === "nothing") {
            verdict ??= { errno: EIO };
        }
    }
    return verdict.errno === 0 ? success({ items, isWhole }) : rejected(verdict.errno);
}

function ask(socket: NetlinkSocket, table: KernelTable<unknown>): number {
    const writer = new MessageWriter(MAX_MESSAGE_LENGTH);
    table.ask(writer, 1);
    return socket.send(writer.bytes, writer.length);
}

function endOf(message: NetlinkMessage): Verdict | undefined {
    if (message.type === NETLINK.NLMSG_DONE) {
        return readDone(message);
    }
    return message.type === NETLINK.NLMSG_ERROR ? (readError(message) ?? { errno: EIO }) : undefined;
}
