import { viewOf } from "../../core/base/bytes.ts";
import { MessageWriter } from "../../core/netlink/message-writer.ts";
import { PROCESS_EVENTS_GROUP, type ProcessEvent, readProcessEvents, writeListen } from "../../core/netlink/process-events.ts";
import type { NativeAddon, RxBatch } from "../native/addon.ts";
import { type ReceiveBuffer, setReceiveBuffer } from "../netlink/receive-buffer.ts";

/** More than an event has. */
const DATAGRAM = 256;
const SLOTS = 64;
/** struct sockaddr_nl, and where in it port id and groups are. */
const ADDRESS = 12;
const PORT = 4;
const GROUPS = 8;
const KERNEL = 0;

/** A socket on which the kernel tells of processes, once it has granted that. */
export class ProcessSocket {
    readonly fd: number;
    readonly #system: NativeAddon;
    readonly #batch: RxBatch;
    readonly #senders: DataView;

    private constructor(system: NativeAddon, fd: number) {
        this.fd = fd;
        this.#system = system;
        this.#batch = system.createRxBatch(SLOTS, DATAGRAM, ADDRESS, 0);
        this.#senders = viewOf(this.#batch.addr);
    }

    /** Opens one in that network namespace, or in the process's own, and asks to be told; undefined where nobody there would answer. */
    static open(system: NativeAddon, namespace: number | undefined): ProcessSocket | undefined {
        const { AF_NETLINK, SOCK_DGRAM, NETLINK_CONNECTOR } = system.constants;
        const fd =
            namespace === undefined
                ? system.socket(AF_NETLINK, SOCK_DGRAM, NETLINK_CONNECTOR)
                : system.socketAt(namespace, AF_NETLINK, SOCK_DGRAM, NETLINK_CONNECTOR);
        if (fd < 0) {
            return undefined;
        }
        const address = new Uint8Array(ADDRESS);
        viewOf(address).setUint16(0, AF_NETLINK, true);
        viewOf(address).setUint32(GROUPS, 1 << (PROCESS_EVENTS_GROUP - 1), true);
        const writer = new MessageWriter(64);
        writeListen(writer, 1);
        if (system.bind(fd, address) < 0 || system.sendto(fd, writer.bytes, 0, writer.length, 0, null) < 0) {
            system.close(fd);
            return undefined;
        }
        return new ProcessSocket(system, fd);
    }

    /** Room for events that nobody has read yet. */
    resize(buffer: ReceiveBuffer): void {
        setReceiveBuffer(this.#system, this.fd, buffer);
    }

    /** Takes in one batch of events. */
    receive(take: (event: ProcessEvent) => void): "nothing" | "some" | "overrun" {
        const count = this.#system.recvmmsg(this.fd, this.#batch, 0);
        if (count < 0) {
            return this.#system.errnoNames[-count] === "ENOBUFS" ? "overrun" : "nothing";
        }
        for (let slot = 0; slot < count; slot++) {
            const length = Math.min(this.#batch.meta[4 * slot] ?? 0, DATAGRAM);
            if (this.#senders.getUint32(slot * ADDRESS + PORT, true) === KERNEL) {
                readProcessEvents(this.#batch.data.subarray(slot * DATAGRAM, slot * DATAGRAM + length)).forEach(take);
            }
        }
        return "some";
    }

    close(): void {
        this.#system.close(this.fd);
    }
}
