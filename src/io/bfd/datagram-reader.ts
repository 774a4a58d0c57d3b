import { type Family, ipFromBytes } from "../../core/base/ip.ts";
import type { ReceivedDatagram } from "../../core/bfd/events.ts";
import type { Clock } from "../../host/world.ts";
import type { NativeAddon, RxBatch } from "../native/addon.ts";
import { ArrivalClock } from "../packet/arrival-clock.ts";
import { findControlMessage } from "../packet/control-message.ts";
import { LINUX } from "../packet/linux-numbers.ts";
import { readInt } from "../packet/socket-address.ts";

/** How many packets one drain takes at most, so that a flood cannot hold the loop. */
const RECEIVE_BUDGET = 64;
/** More than any control packet with authentication. */
const DATA_LENGTH = 256;
const ADDRESS_LENGTH = 28;
const CONTROL_LENGTH = 128;

/** One packet and the number of the interface on which it came. */
export type NumberedDatagram = Omit<ReceivedDatagram, "interfaceName" | "isMultihop"> & { readonly interfaceIndex: number };

/** What one reading of a socket gave. */
export interface DatagramReading {
    readonly datagrams: readonly NumberedDatagram[];
    readonly mayHaveMore: boolean;
}

const NOTHING: DatagramReading = { datagrams: [], mayHaveMore: false };

/** Reads batches of UDP packets with what their IP headers said. Its buffers are used again for each reading. */
export class DatagramReader {
    readonly #system: NativeAddon;
    readonly #arrivals: ArrivalClock;
    readonly #batch: RxBatch;
    #unreadable = 0;

    constructor(system: NativeAddon, clock: Clock) {
        this.#system = system;
        this.#arrivals = new ArrivalClock(system, clock);
        this.#batch = system.createRxBatch(RECEIVE_BUDGET, DATA_LENGTH, ADDRESS_LENGTH, CONTROL_LENGTH);
    }

    /** Packets that were too long for any control packet, or came without what was asked for. */
    get unreadable(): number {
        return this.#unreadable;
    }

    /** Reads up to 64 packets. Their payloads are valid until the next reading. A refusal gives nothing: UDP sockets that only listen have none. */
    read(fd: number, family: Family): DatagramReading {
        const count = this.#system.recvmmsg(fd, this.#batch, 0);
        if (count <= 0) {
            return { ...NOTHING, mayHaveMore: -count === LINUX.EINTR };
        }
        this.#arrivals.read();
        const datagrams: NumberedDatagram[] = [];
        for (let slot = 0; slot < count; slot++) {
            const datagram = this.#datagram(slot, family);
            if (datagram === undefined) {
                this.#unreadable++;
            } else {
                datagrams.push(datagram);
            }
        }
        return { datagrams, mayHaveMore: count === RECEIVE_BUDGET };
    }

    #datagram(slot: number, family: Family): NumberedDatagram | undefined {
        const { constants } = this.#system;
        const { meta, data, addr, ctl } = this.#batch;
        const control = ctl.subarray(slot * CONTROL_LENGTH, slot * CONTROL_LENGTH + (meta[4 * slot + 2] ?? 0));
        const isCut = ((meta[4 * slot + 3] ?? 0) & (constants.MSG_TRUNC | constants.MSG_CTRUNC)) !== 0;
        const header = isCut ? undefined : this.#header(control, family);
        if (header === undefined) {
            return undefined;
        }
        const sourceAt = slot * ADDRESS_LENGTH + (family === 4 ? 4 : 8);
        const start = slot * DATA_LENGTH;
        return {
            ...header,
            source: ipFromBytes(addr.subarray(sourceAt, sourceAt + (family === 4 ? 4 : 16))),
            arrivedAt: this.#arrivals.arrival(control, 0, control.length),
            payload: data.subarray(start, start + (meta[4 * slot] ?? 0)),
        };
    }

    /** `struct in_pktinfo` is index, local address, destination; `struct in6_pktinfo` is destination, index. */
    #header(control: Uint8Array, family: Family): Pick<NumberedDatagram, "interfaceIndex" | "destination" | "ttl"> | undefined {
        const { IPPROTO_IP, IP_PKTINFO, IP_TTL, IPPROTO_IPV6, IPV6_PKTINFO, IPV6_HOPLIMIT } = this.#system.constants;
        const [level, infoType, ttlType] = family === 4 ? [IPPROTO_IP, IP_PKTINFO, IP_TTL] : [IPPROTO_IPV6, IPV6_PKTINFO, IPV6_HOPLIMIT];
        const info = findControlMessage(control, { level, type: infoType });
        const ttl = findControlMessage(control, { level, type: ttlType });
        if (info === undefined || ttl === undefined) {
            return undefined;
        }
        return {
            interfaceIndex: readInt(info, family === 4 ? 0 : 16),
            destination: ipFromBytes(family === 4 ? info.subarray(8, 12) : info.subarray(0, 16)),
            ttl: ttl[0] ?? 0,
        };
    }
}
