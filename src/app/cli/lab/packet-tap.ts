import { viewOf } from "../../../core/base/bytes.ts";
import type { Fd, NativeAddon, RxBatch } from "../../../io/native/addon.ts";
import { checked, openSocketIn } from "./namespace-socket.ts";

/** A frame as the kernel received it. */
export interface TappedPacket {
    /** The kernel's time stamp in milliseconds since the epoch, with a fraction. */
    readonly stamp: number;
    readonly interfaceIndex: number;
    readonly bytes: Uint8Array;
}

const SLOTS = 64;
const FRAME_SIZE = 2_048;
/** sockaddr_ll is 20 bytes long; its interface index is a native integer at offset 4. */
const LINK_ADDRESS_SIZE = 24;
const CONTROL_SIZE = 64;
/** Room for a burst of some hundred thousand small frames between two looks. */
const RECEIVE_BUFFER = 256 * 1024 * 1024;
const CONTROL_HEADER = 16;

/** Everything that arrives at any interface of a namespace, with the kernel's time stamps; what is sent out there is left out. */
export class PacketTap {
    readonly #addon: NativeAddon;
    readonly #socket: Fd;
    readonly #batch: RxBatch;
    #drops = 0;
    #isOpen = true;

    private constructor(addon: NativeAddon, socket: Fd) {
        this.#addon = addon;
        this.#socket = socket;
        this.#batch = addon.createRxBatch(SLOTS, FRAME_SIZE, LINK_ADDRESS_SIZE, CONTROL_SIZE);
    }

    /** Listens inside this network namespace from now on. */
    static open(addon: NativeAddon, namespace: string): PacketTap {
        const { constants } = addon;
        // The protocol of a packet socket stands in network order.
        const everything = ((constants.ETH_P_ALL & 0xff) << 8) | (constants.ETH_P_ALL >> 8);
        const socket = openSocketIn(addon, namespace, { domain: constants.AF_PACKET, type: constants.SOCK_RAW, protocol: everything });
        checked(addon, "setsockopt", addon.setsockopt(socket, constants.SOL_PACKET, constants.PACKET_IGNORE_OUTGOING, 1));
        checked(addon, "setsockopt", addon.setsockopt(socket, constants.SOL_SOCKET, constants.SO_RCVBUFFORCE, RECEIVE_BUFFER));
        checked(addon, "setsockopt", addon.setsockopt(socket, constants.SOL_SOCKET, constants.SO_TIMESTAMPNS, 1));
        checked(addon, "setsockopt", addon.setsockopt(socket, constants.SOL_SOCKET, constants.SO_RXQ_OVFL, 1));
        return new PacketTap(addon, socket);
    }

    /** Hands over all frames that have arrived since the last call; nothing once closed. */
    drain(listener: (packet: TappedPacket) => void): void {
        while (this.#isOpen) {
            const count = this.#addon.recvmmsg(this.#socket, this.#batch, 0);
            if (count < 0 && this.#addon.errnoNames[-count] === "ENETDOWN") {
                // Told once when a port is taken down; the frames behind it are still there.
                continue;
            }
            for (let slot = 0; slot < count; slot++) {
                listener(this.#packet(slot));
            }
            if (count < SLOTS) {
                return;
            }
        }
    }

    /** How many frames found the receive buffer full. */
    drops(): number {
        return this.#drops;
    }

    /** Frees the socket; a second call does nothing. */
    close(): void {
        if (this.#isOpen) {
            this.#isOpen = false;
            this.#addon.close(this.#socket);
        }
    }

    #packet(slot: number): TappedPacket {
        const { data, addr, meta } = this.#batch;
        const length = Math.min(meta[4 * slot] ?? 0, FRAME_SIZE);
        return {
            stamp: this.#readControl(slot),
            interfaceIndex: viewOf(addr).getInt32(slot * LINK_ADDRESS_SIZE + 4, true),
            bytes: data.slice(slot * FRAME_SIZE, slot * FRAME_SIZE + length),
        };
    }

    /** Ancillary data: a length of 8 bytes, level and type of 4, then the value, padded to 8. */
    #readControl(slot: number): number {
        const { constants } = this.#addon;
        const start = slot * CONTROL_SIZE;
        const view = viewOf(this.#batch.ctl.subarray(start, start + (this.#batch.meta[4 * slot + 2] ?? 0)));
        let stamp = 0;
        for (let offset = 0; offset + CONTROL_HEADER <= view.byteLength; ) {
            const length = view.getUint32(offset, true);
            const type = view.getInt32(offset + 12, true);
            const value = offset + CONTROL_HEADER;
            if (type === constants.SCM_TIMESTAMPNS) {
                stamp = Number(view.getBigInt64(value, true)) * 1_000 + Number(view.getBigInt64(value + 8, true)) / 1e6;
            } else if (type === constants.SO_RXQ_OVFL) {
                this.#drops = view.getUint32(value, true);
            }
            offset += Math.max(CONTROL_HEADER, (length + 7) & ~7);
        }
        return stamp;
    }
}
