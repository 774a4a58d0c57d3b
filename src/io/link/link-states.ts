import type { PollMethod } from "../../core/link/link-rule.ts";
import { readFamily, writeGetFamily } from "../../core/netlink/genetlink.ts";
import { ETHTOOL_FAMILY_NAME, readLinkState, writeGetLinkState } from "../../core/netlink/link-state.ts";
import { NETLINK, readMessages } from "../../core/netlink/message.ts";
import { MessageWriter } from "../../core/netlink/message-writer.ts";
import { readLink, writeGetLink } from "../../core/netlink/rtnetlink.ts";
import type { NativeAddon } from "../native/addon.ts";
import { NetlinkSocket } from "../netlink/netlink-socket.ts";
import { generous } from "../netlink/receive-buffer.ts";

const RECEIVE_BUFFER = generous(1 << 18);
const QUESTION_LENGTH = 128;

/** Whether links have a carrier, asked of the kernel one by one; it answers within the call. */
export class LinkStates {
    readonly #system: NativeAddon;
    readonly #writer = new MessageWriter(QUESTION_LENGTH);
    #routes: NetlinkSocket | undefined;
    #drivers: NetlinkSocket | undefined;
    #familyId: number | undefined;
    #sequence = 0;

    constructor(system: NativeAddon) {
        this.#system = system;
    }

    /** By that method, or by the flags where the driver cannot tell; undefined when there is no such interface any more. @throws Error when the kernel refuses a socket */
    hasCarrier(interfaceIndex: number, method: PollMethod): boolean | undefined {
        return (method === "driver" ? this.#askDriver(interfaceIndex) : undefined) ?? this.#askForFlags(interfaceIndex);
    }

    close(): void {
        this.#routes?.close();
        this.#drivers?.close();
    }

    #askForFlags(interfaceIndex: number): boolean | undefined {
        this.#routes ??= new NetlinkSocket(this.#system, [], RECEIVE_BUFFER);
        return this.#ask(
            this.#routes,
            (sequence) => writeGetLink(this.#writer, interfaceIndex, sequence),
            (payload) => readLink(payload)?.isRunning,
        );
    }

    #askDriver(interfaceIndex: number): boolean | undefined {
        const socket = this.#drivers ?? new NetlinkSocket(this.#system, [], RECEIVE_BUFFER, this.#system.constants.NETLINK_GENERIC);
        this.#drivers = socket;
        this.#familyId ??= this.#ask(
            socket,
            (sequence) => writeGetFamily(this.#writer, ETHTOOL_FAMILY_NAME, sequence),
            (payload) => readFamily(payload)?.id,
        );
        const familyId = this.#familyId;
        return familyId === undefined
            ? undefined
            : this.#ask(socket, (sequence) => writeGetLinkState(this.#writer, { familyId, interfaceIndex }, sequence), readLinkState);
    }

    /** One question; the last answer that says something. The kernel's acknowledgement ends it. */
    #ask<Answer>(
        socket: NetlinkSocket,
        write: (sequence: number) => void,
        read: (payload: Uint8Array) => Answer | undefined,
    ): Answer | undefined {
        const sequence = (this.#sequence + 1) >>> 0;
        this.#sequence = sequence;
        this.#writer.clear();
        write(sequence);
        let answer: Answer | undefined;
        let isOver = socket.send(this.#writer.bytes, this.#writer.length) < 0;
        while (!isOver) {
            const reception = socket.receive((datagram) => {
                for (const message of readMessages(datagram).filter((each) => each.sequence === sequence)) {
                    isOver ||= message.type === NETLINK.NLMSG_ERROR;
                    answer = message.type === NETLINK.NLMSG_ERROR ? answer : (read(message.payload) ?? answer);
                }
            });
            isOver ||= reception === "nothing";
        }
        return answer;
    }
}
