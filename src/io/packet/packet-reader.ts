import type { Instant } from "../../core/base/instant.ts";
import { ipFromBytes } from "../../core/base/ip.ts";
import { decodeIpv4 } from "../../core/packet/ipv4.ts";
import type { ReceivedPacket } from "../../core/vrrp/events.ts";
import type { Clock, PacketListener } from "../../host/world.ts";
import type { NativeAddon } from "../native/addon.ts";
import type { SocketPurpose } from "./advertisement-socket.ts";
import { ArrivalClock } from "./arrival-clock.ts";
import { findControlMessage } from "./control-message.ts";
import type { FamiliarPackets } from "./familiar-packets.ts";
import { LINUX } from "./linux-numbers.ts";
import { PacketSlots, RECEIVE_BUDGET } from "./packet-slots.ts";

/** What one reading of a socket gave, besides packets. */
export interface Reading {
    /** The kernel's refusal; undefined when there was just nothing more. */
    readonly errno?: number;
    readonly mayHaveMore: boolean;
}

/** An open socket that advertisements come from. */
export interface PacketSocket {
    readonly fd: number;
    readonly purpose: SocketPurpose;
    readonly familiar: FamiliarPackets;
}

const NO_MORE: Reading = { mayHaveMore: false };
const MAYBE_MORE: Reading = { mayHaveMore: true };

/** Reads batches of advertisements from raw sockets, with all that their IP headers said. */
export class PacketReader {
    readonly #constants: NativeAddon["constants"];
    readonly #arrivals: ArrivalClock;
    readonly #slots: PacketSlots;
    #unreadable = 0;

    constructor(system: NativeAddon, clock: Clock) {
        this.#constants = system.constants;
        this.#arrivals = new ArrivalClock(system, clock);
        this.#slots = new PacketSlots(system);
    }

    /** Packets that were too long for any advertisement, or whose IP header was damaged. */
    get unreadable(): number {
        return this.#unreadable;
    }

    /** Hands on up to `RECEIVE_BUDGET` packets. */
    read(socket: PacketSocket, onPacket: PacketListener): Reading {
        const count = this.#slots.receive(socket.fd);
        if (count < 0) {
            return -count === LINUX.EAGAIN || -count === LINUX.EINTR ? NO_MORE : { mayHaveMore: false, errno: -count };
        }
        this.#arrivals.read();
        for (let slot = 0; slot < count; slot++) {
            this.#slots.goTo(slot);
            const packet = this.#slots.isCut ? undefined : this.#packet(socket);
            if (packet === undefined) {
                this.#unreadable++;
            } else {
                onPacket(packet);
            }
        }
        return count === RECEIVE_BUDGET ? MAYBE_MORE : NO_MORE;
    }

    #packet({ purpose, familiar }: PacketSocket): ReceivedPacket | undefined {
        const arrivedAt = this.#slots.arrival(this.#arrivals);
        const known = familiar.find(this.#slots);
        if (known !== undefined) {
            return arrivedAgain(known, arrivedAt);
        }
        // The buffer is used again; a packet that is kept must not change.
        const data = this.#slots.data.slice();
        const packet = purpose.family === 4 ? packetOf4(data, purpose, arrivedAt) : this.#packetOf6(data, purpose, arrivedAt);
        if (packet !== undefined) {
            familiar.keep(packet, data, this.#slots);
        }
        return packet;
    }

    #packetOf6(payload: Uint8Array, purpose: SocketPurpose, arrivedAt: Instant): ReceivedPacket | undefined {
        const { IPPROTO_IPV6, IPV6_PKTINFO, IPV6_HOPLIMIT } = this.#constants;
        const { control, source } = this.#slots;
        const info = findControlMessage(control, { level: IPPROTO_IPV6, type: IPV6_PKTINFO });
        const hopLimit = findControlMessage(control, { level: IPPROTO_IPV6, type: IPV6_HOPLIMIT });
        if (info === undefined || hopLimit === undefined) {
            return undefined;
        }
        return {
            interfaceIndex: purpose.interfaceIndex,
            family: 6,
            protocol: LINUX.IPPROTO_VRRP,
            source: ipFromBytes(source.subarray(8, 24)),
            destination: ipFromBytes(info.subarray(0, 16)),
            ttl: hopLimit[0] ?? 0,
            arrivedAt,
            payload,
        };
    }
}

/** Field by field: a spread of what has a header or not costs more than all the rest. */
function arrivedAgain(known: ReceivedPacket, arrivedAt: Instant): ReceivedPacket {
    const { interfaceIndex, family, protocol, source, destination, ttl, payload, header } = known;
    const again = { interfaceIndex, family, protocol, source, destination, ttl, arrivedAt, payload };
    return header === undefined ? again : { ...again, header };
}

function packetOf4(bytes: Uint8Array, purpose: SocketPurpose, arrivedAt: Instant): ReceivedPacket | undefined {
    const decoded = decodeIpv4(bytes);
    if (!decoded.ok) {
        return undefined;
    }
    const { source, destination, protocol, ttl, payload } = decoded.value;
    const packet = { interfaceIndex: purpose.interfaceIndex, family: 4 as const, protocol, source, destination, ttl, arrivedAt, payload };
    return purpose.hasAuthenticationHeader ? { ...packet, header: bytes.subarray(0, payload.byteOffset - bytes.byteOffset) } : packet;
}
