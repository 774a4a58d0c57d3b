import type { IpAddress } from "../../core/base/ip.ts";
import { readMessages } from "../../core/netlink/message.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "../../core/netlink/message-writer.ts";
import { readDirectWay, writeRouteQuery } from "../../core/netlink/route-query.ts";
import type { NativeAddon } from "../native/addon.ts";
import { NetlinkSocket } from "../netlink/netlink-socket.ts";
import { generous } from "../netlink/receive-buffer.ts";

const RECEIVE_BUFFER = generous(1 << 16);

/** Asks the kernel, within the call, behind which interface an address is. */
export class DirectWays {
    readonly #socket: NetlinkSocket;
    readonly #writer = new MessageWriter(MAX_MESSAGE_LENGTH);
    #sequence = 0;

    /** @throws Error when the kernel refuses a socket */
    constructor(system: NativeAddon) {
        this.#socket = new NetlinkSocket(system, [], RECEIVE_BUFFER);
    }

    /** The interface's number; undefined when no direct way leads there. */
    to(address: IpAddress): number | "here" | undefined {
        this.#sequence += 1;
        this.#writer.clear();
        writeRouteQuery(this.#writer, address, this.#sequence);
        let way: number | "here" | undefined;
        if (this.#socket.send(this.#writer.bytes, this.#writer.length) === 0) {
            const take = (datagram: Uint8Array) => {
                for (const { type, payload, sequence } of readMessages(datagram)) {
                    way = sequence === this.#sequence ? (readDirectWay(type, payload) ?? way) : way;
                }
            };
            while (this.#socket.receive(take) !== "nothing") {}
        }
        return way;
    }

    close(): void {
        this.#socket.close();
    }
}
