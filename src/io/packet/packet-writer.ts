import { encodeIpv4 } from "../../core/packet/ipv4.ts";
import type { OutgoingPacket } from "../../core/vrrp/effects.ts";
import type { NativeAddon, TxBatch } from "../native/addon.ts";
import type { SocketPurpose } from "./advertisement-socket.ts";
import { type ControlMessageKind, writeControlMessage } from "./control-message.ts";
import { LINUX } from "./linux-numbers.ts";
import { SOCKET_ADDRESS_LENGTH, writeInt, writeIpSocketAddress } from "./socket-address.ts";

const INTERNETWORK_CONTROL = 0xc0;
const NO_OPTIONS = new Uint8Array(0);
const SLOTS = 64;
const DATA_LENGTH = 4608;
const CONTROL_LENGTH = 64;
/** A control message's data, and how far before the end of the last one its `int` stands: it is padded to eight bytes. */
const DATA_AT = 16;
const LAST_INT = 8;

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
    readonly #control4: ControlTemplate;
    readonly #control6: ControlTemplate;

    constructor(system: NativeAddon) {
        this.#system = system;
        this.#control4 = controlOf4(system);
        this.#control6 = controlOf6(system);
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
        const { data, addr, ctl, lens, addrLens, ctlLens } = this.#batch;
        const control = slot * CONTROL_LENGTH;
        const bytes = packet.identification === undefined ? packet.payload : withIpv4Header(packet, packet.identification);
        data.set(bytes, slot * DATA_LENGTH);
        lens[slot] = bytes.length;
        addrLens[slot] = writeIpSocketAddress(addr, slot * SOCKET_ADDRESS_LENGTH, packet.destination, packet.interfaceIndex);
        const { template, indexAt, sourceAt, ttlAt } = packet.family === 4 ? this.#control4 : this.#control6;
        ctl.set(template, control);
        writeInt(ctl, control + indexAt, packet.interfaceIndex);
        ctl.set(packet.source.bytes, control + sourceAt);
        ctl[control + ttlAt] = packet.ttl;
        ctlLens[slot] = template.length;
    }
}

/** A socket for AH takes the whole IP packet, since the payload vouches for its header. */
function withIpv4Header({ source, destination, protocol, ttl, payload }: OutgoingPacket, identification: number): Uint8Array {
    const header = { typeOfService: INTERNETWORK_CONTROL, identification, fragment: 0, options: NO_OPTIONS };
    return encodeIpv4({ ...header, source, destination, protocol, ttl, payload });
}

/** Ancillary data in which only the index, the source and the TTL are to be filled in. */
interface ControlTemplate {
    readonly template: Uint8Array;
    readonly indexAt: number;
    readonly sourceAt: number;
    readonly ttlAt: number;
}

/** `struct in_pktinfo` (index, source, unused) and the TTL. */
function controlOf4(system: NativeAddon): ControlTemplate {
    const { IPPROTO_IP, IP_PKTINFO, IP_TTL } = system.constants;
    const template = templateOf({ level: IPPROTO_IP, type: IP_PKTINFO }, 12, { level: IPPROTO_IP, type: IP_TTL });
    return { template, indexAt: DATA_AT, sourceAt: DATA_AT + 4, ttlAt: template.length - LAST_INT };
}

/** `struct in6_pktinfo` (source, index) and the hop limit. */
function controlOf6(system: NativeAddon): ControlTemplate {
    const { IPPROTO_IPV6, IPV6_PKTINFO, IPV6_HOPLIMIT } = system.constants;
    const template = templateOf({ level: IPPROTO_IPV6, type: IPV6_PKTINFO }, 20, { level: IPPROTO_IPV6, type: IPV6_HOPLIMIT });
    return { template, indexAt: DATA_AT + 16, sourceAt: DATA_AT, ttlAt: template.length - LAST_INT };
}

function templateOf(info: ControlMessageKind, infoLength: number, ttl: ControlMessageKind): Uint8Array {
    const bytes = new Uint8Array(CONTROL_LENGTH);
    const next = writeControlMessage(bytes, 0, info, new Uint8Array(infoLength));
    return bytes.subarray(0, writeControlMessage(bytes, next, ttl, new Uint8Array(4)));
}
