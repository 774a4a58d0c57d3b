import { viewOf } from "../../core/base/bytes.ts";
import type { OutgoingPacket } from "../../core/vrrp/effects.ts";
import type { NativeAddon, TxBatch } from "../native/addon.ts";
import type { SocketPurpose } from "./advertisement-socket.ts";
import { writeControlMessage } from "./control-message.ts";
import { LINUX } from "./linux-numbers.ts";
import { SOCKET_ADDRESS_LENGTH, writeIpSocketAddress } from "./socket-address.ts";

const SLOTS = 64;
const DATA_LENGTH = 4608;
const CONTROL_LENGTH = 64;

/** What became of the first packets of a queue. */
export interface Writing {
    /** How many left. */
    readonly sent: number;
    /** Why the next one did not; absent when there is none. */
    readonly errno?: number;
}

/** Hands queued advertisements to the kernel, many with one system call. */
export class PacketWriter {
    readonly #system: NativeAddon;
    readonly #batch: TxBatch;
    readonly #number = new Uint8Array(4);
    readonly #info = new Uint8Array(20);

    constructor(system: NativeAddon) {
        this.#system = system;
        this.#batch = system.createTxBatch(SLOTS, DATA_LENGTH, SOCKET_ADDRESS_LENGTH, CONTROL_LENGTH);
    }

    /** Sends as many packets from the start of the queue as the kernel takes. None is longer than an advertisement of 255 addresses. */
    write(fd: number, purpose: SocketPurpose, queue: readonly OutgoingPacket[]): Writing {
        const flags = purpose.group === undefined ? 0 : LINUX.MSG_DONTROUTE;
        let sent = 0;
        while (sent < queue.length) {
            const count = Math.min(SLOTS, queue.length - sent);
            for (let slot = 0; slot < count; slot++) {
                this.#fill(slot, queue[sent + slot] as OutgoingPacket);
            }
            const result = this.#system.sendmmsg(fd, this.#batch, 0, count, flags);
            if (result <= 0) {
                return { sent, errno: result === 0 ? LINUX.EAGAIN : -result };
            }
            sent += result;
        }
        return { sent };
    }

    #fill(slot: number, packet: OutgoingPacket): void {
        const { data, addr, lens, addrLens, ctlLens } = this.#batch;
        data.set(packet.payload, slot * DATA_LENGTH);
        lens[slot] = packet.payload.length;
        addrLens[slot] = writeIpSocketAddress(addr, slot * SOCKET_ADDRESS_LENGTH, packet.destination, packet.interfaceIndex);
        ctlLens[slot] = packet.family === 4 ? this.#control4(slot, packet) : this.#control6(slot, packet);
    }

    /** `struct in_pktinfo` (index, source, unused) and the TTL. */
    #control4(slot: number, packet: OutgoingPacket): number {
        const { IPPROTO_IP, IP_PKTINFO, IP_TTL } = this.#system.constants;
        const start = slot * CONTROL_LENGTH;
        viewOf(this.#info).setInt32(0, packet.interfaceIndex, true);
        this.#info.set(packet.source.bytes, 4);
        this.#info.fill(0, 8, 12);
        const next = writeControlMessage(this.#batch.ctl, start, { level: IPPROTO_IP, type: IP_PKTINFO }, this.#info.subarray(0, 12));
        return writeControlMessage(this.#batch.ctl, next, { level: IPPROTO_IP, type: IP_TTL }, this.#int(packet.ttl)) - start;
    }

    /** `struct in6_pktinfo` (source, index) and the hop limit. */
    #control6(slot: number, packet: OutgoingPacket): number {
        const { IPPROTO_IPV6, IPV6_PKTINFO, IPV6_HOPLIMIT } = this.#system.constants;
        const start = slot * CONTROL_LENGTH;
        this.#info.set(packet.source.bytes);
        viewOf(this.#info).setInt32(16, packet.interfaceIndex, true);
        const next = writeControlMessage(this.#batch.ctl, start, { level: IPPROTO_IPV6, type: IPV6_PKTINFO }, this.#info);
        return writeControlMessage(this.#batch.ctl, next, { level: IPPROTO_IPV6, type: IPV6_HOPLIMIT }, this.#int(packet.ttl)) - start;
    }

    #int(value: number): Uint8Array {
        viewOf(this.#number).setInt32(0, value, true);
        return this.#number;
    }
}
