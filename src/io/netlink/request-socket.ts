import { NETLINK, readError, readMessages } from "../../core/netlink/message.ts";
import type { MessageWriter } from "../../core/netlink/message-writer.ts";
import type { NativeAddon } from "../native/addon.ts";
import { NetlinkSocket, type Reception } from "./netlink-socket.ts";
import { generous, type ReceiveBuffer } from "./receive-buffer.ts";

const RECEIVE_BUFFER = generous(1 << 20);

/** The kernel had no room for its answer. */
const LOST: Answer = { errno: 105, code: "ENOBUFS" };

const DONE: Answer = { errno: 0, code: "" };

/** What the kernel said to one request: 0 for done, or the errno and its name. */
export interface Answer {
    readonly errno: number;
    /** "EEXIST"; empty when done. */
    readonly code: string;
    readonly text?: string;
}

/**
 * Requests to the kernel, many in one system call. Rtnetlink does the work within that call, so the acknowledgements are there when it
 * returns: they are read at once, and nothing waits.
 */
export class RequestSocket {
    readonly #system: NativeAddon;
    readonly #socket: NetlinkSocket;
    #sequence = 1;

    /** @param protocol NETLINK_ROUTE when not said @throws Error when the kernel refuses a socket */
    constructor(system: NativeAddon, receiveBuffer: ReceiveBuffer = RECEIVE_BUFFER, protocol?: number) {
        this.#system = system;
        this.#socket = new NetlinkSocket(system, [], receiveBuffer, protocol);
    }

    /** By which the kernel names it when it tells others of what was asked for here. */
    get port(): number {
        return this.#socket.port;
    }

    /** The sequence number for the next message that is written. */
    nextSequence(): number {
        this.#sequence = this.#sequence >= 0xffff_fff0 ? 1 : this.#sequence + 1;
        return this.#sequence;
    }

    /**
     * Sends the messages that were written, with consecutive sequence numbers from `first` on. The kernel acknowledges the last one only; the others
     * are done unless it says otherwise, which saves an answer for each.
     *
     * @returns one answer a message; where the kernel ran out of memory for its answers, ENOBUFS for those that it may have refused
     */
    send(writer: MessageWriter, first: number, count: number): Answer[] {
        writer.acknowledgeLastOnly();
        const sent = this.#socket.send(writer.bytes, writer.length);
        if (sent < 0) {
            return new Array<Answer>(count).fill(this.#answer(-sent));
        }
        const answers = new Array<Answer | undefined>(count).fill(undefined);
        const isWhole = this.#hear(answers, first);
        return answers.map((answer) => answer ?? (isWhole ? DONE : LOST));
    }

    /** Reads what the kernel says until it has spoken of the last message; false when something it said is lost. */
    #hear(answers: (Answer | undefined)[], first: number): boolean {
        const last = answers.length - 1;
        let isWhole = true;
        let reception: Reception = "some";
        while (answers[last] === undefined && reception !== "nothing") {
            reception = this.#socket.receive((datagram) => {
                for (const message of readMessages(datagram)) {
                    const place = message.sequence - first;
                    const verdict = message.type === NETLINK.NLMSG_ERROR ? readError(message) : undefined;
                    if (verdict !== undefined && place >= 0 && place <= last) {
                        answers[place] = verdict.errno === 0 ? DONE : { ...verdict, ...this.#answer(verdict.errno) };
                    }
                }
            });
            isWhole &&= reception !== "overrun";
        }
        return isWhole && answers[last] !== undefined;
    }

    close(): void {
        this.#socket.close();
    }

    #answer(errno: number): Answer {
        return { errno, code: this.#system.errnoNames[errno] ?? String(errno) };
    }
}
