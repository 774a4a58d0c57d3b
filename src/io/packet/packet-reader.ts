import type { Instant } from "../../core/base/instant.ts";
import { ipFromBytes } from "../../core/base/ip.ts";
import { decodeIpv4 } from "../../core/packet/ipv4.ts";
import type { ReceivedPacket } from "../../core/vrrp/events.ts";
import type { Clock } from "../../host/world.ts";
import type { NativeAddon, RxBatch } from "../native/addon.ts";
import type { SocketPurpose } from "./advertisement-socket.ts";
import { ArrivalClock } from "./arrival-clock.ts";
import { findControlMessage } from "./control-message.ts";
import { LINUX } from "./linux-numbers.ts";

/** How many packets one drain takes at most, so that a flood cannot hold the loop. */
export const RECEIVE_BUDGET = 64;
/** The longest advertisement: 255 IPv6 addresses; or, with IPv4, the longest header. */
const DATA_LENGTH = 4608;
const ADDRESS_LENGTH = 28;
const CONTROL_LENGTH = 128;

/** What one reading of a socket gave. */
export interface Reading {
    readonly packets: readonly ReceivedPacket[];
    /** The kernel's refusal; undefined when there was just nothing more. */
    readonly errno?: number;
    readonly mayHaveMore: boolean;
}

const NOTHING: Reading = { packets: [], mayHaveMore: false };

/** Reads batches of advertisements from raw sockets, with all that their IP headers said. Its buffers are used again for each reading. */
export class PacketReader {
    readonly #system: NativeAddon;
    readonly #arrivals: ArrivalClock;
    readonly #batch: RxBatch;
    #unreadable = 0;

    constructor(system: NativeAddon, clock: Clock) {
        this.#system = system;
        this.#arrivals = new ArrivalClock(system, clock);
        this.#batch = system.createRxBatch(RECEIVE_BUDGET, DATA_LENGTH, ADDRESS_LENGTH, CONTROL_LENGTH);
    }

    /** Packets that were too long for any advertisement, or whose IP header was damaged. */
    get unreadable(): number {
        return this.#unreadable;
    }

    /** Reads up to `RECEIVE_BUDGET` packets. Their payloads are valid until the next reading. */
    read(fd: number, purpose: SocketPurpose): Reading {
        const count = this.#system.recvmmsg(fd, this.#batch, 0);
        if (count < 0) {
            return -count === LINUX.EAGAIN || -count === LINUX.EINTR ? NOTHING : { ...NOTHING, errno: -count };
        }
        this.#arrivals.read();
        const packets: ReceivedPacket[] = [];
        for (let slot = 0; slot < count; slot++) {
            const packet = this.#packet(slot, purpose, this.#arrivals.arrival(this.#control(slot)));
            if (packet === undefined) {
                this.#unreadable++;
            } else {
                packets.push(packet);
            }
        }
        return { packets, mayHaveMore: count === RECEIVE_BUDGET };
    }

    #packet(slot: number, purpose: SocketPurpose, arrivedAt: Instant): ReceivedPacket | undefined {
        const { constants } = this.#system;
        const flags = this.#batch.meta[4 * slot + 3] ?? 0;
        if ((flags & (constants.MSG_TRUNC | constants.MSG_CTRUNC)) !== 0) {
            return undefined;
        }
        return purpose.family === 4 ? packetOf4(this.#bytes(slot), purpose, arrivedAt) : this.#packetOf6(slot, purpose, arrivedAt);
    }

    #packetOf6(slot: number, purpose: SocketPurpose, arrivedAt: Instant): ReceivedPacket | undefined {
        const { IPPROTO_IPV6, IPV6_PKTINFO, IPV6_HOPLIMIT } = this.#system.constants;
        const control = this.#control(slot);
        const info = findControlMessage(control, { level: IPPROTO_IPV6, type: IPV6_PKTINFO });
        const hopLimit = findControlMessage(control, { level: IPPROTO_IPV6, type: IPV6_HOPLIMIT });
        if (info === undefined || hopLimit === undefined) {
            return undefined;
        }
        const address = slot * ADDRESS_LENGTH;
        return {
            interfaceIndex: purpose.interfaceIndex,
            family: 6,
            protocol: LINUX.IPPROTO_VRRP,
            source: ipFromBytes(this.#batch.addr.subarray(address + 8, address + 24)),
            destination: ipFromBytes(info.subarray(0, 16)),
            ttl: hopLimit[0] ?? 0,
            arrivedAt,
            payload: this.#bytes(slot),
        };
    }

    #bytes(slot: number): Uint8Array {
        const start = slot * DATA_LENGTH;
        return this.#batch.data.subarray(start, start + (this.#batch.meta[4 * slot] ?? 0));
    }

    #control(slot: number): Uint8Array {
        const start = slot * CONTROL_LENGTH;
        return this.#batch.ctl.subarray(start, start + (this.#batch.meta[4 * slot + 2] ?? 0));
    }
}

function packetOf4(bytes: Uint8Array, purpose: SocketPurpose, arrivedAt: Instant): ReceivedPacket | undefined {
    const decoded = decodeIpv4(bytes);
    if (!decoded.ok) {
        return undefined;
    }
    const { source, destination, protocol, ttl, payload } = decoded.value;
    const header = purpose.hasAuthenticationHeader ? { header: bytes.subarray(0, payload.byteOffset - bytes.byteOffset) } : {};
    return {
        interfaceIndex: purpose.interfaceIndex,
        family: 4,
        protocol,
        source: ipFromBytes(source.bytes),
        destination: ipFromBytes(destination.bytes),
        ttl,
        arrivedAt,
        payload,
        ...header,
    };
}
