import { viewOf } from "../../core/base/bytes.ts";
import type { NativeAddon, RxBatch } from "../native/addon.ts";
import { assemble, BPF, WHOLE_PACKET } from "../native/socket-filter.ts";
import { check } from "../native/sys.ts";
import { type ReceiveBuffer, setReceiveBuffer } from "./receive-buffer.ts";

/** The kernel makes its datagrams no longer than what the reader offers. */
const DATAGRAM = 16_384;
const SLOTS = 32;
/** struct sockaddr_nl, and where in it the port id is. */
const ADDRESS = 12;
const PORT = 4;
const KERNEL = 0;
/** Where a message says what it is and to whose request it belongs. */
const TYPE_OF_MESSAGE = 4;
const PORT_OF_MESSAGE = 12;

/** What one look at the socket gave: there was nothing, there was something, or messages were lost because the buffer was full. */
export type Reception = "nothing" | "some" | "overrun";

/** One netlink socket, of the route family unless another one is given: non-blocking, hearing the kernel and nobody else. */
export class NetlinkSocket {
    readonly fd: number;
    readonly #system: NativeAddon;
    readonly #batch: RxBatch;
    readonly #senders: DataView;

    /**
     * @param groups multicast groups to join, by number
     * @param protocol NETLINK_ROUTE when not said
     * @throws Error when the kernel refuses: its message has the step and the errno's name
     */
    constructor(system: NativeAddon, groups: readonly number[], receiveBuffer: ReceiveBuffer, protocol = system.constants.NETLINK_ROUTE) {
        const { constants } = system;
        this.#system = system;
        this.#batch = system.createRxBatch(SLOTS, DATAGRAM, ADDRESS, 0);
        this.#senders = viewOf(this.#batch.addr);
        this.fd = check(system, system.socket(constants.AF_NETLINK, constants.SOCK_RAW, protocol), "netlink socket");
        try {
            this.#prepare(groups, receiveBuffer);
        } catch (error) {
            this.close();
            throw error;
        }
    }

    /** The port id that the kernel gave this socket. @throws Error when it does not tell */
    get port(): number {
        const address = new Uint8Array(ADDRESS);
        check(this.#system, this.#system.getsockname(this.fd, address), "netlink getsockname");
        return viewOf(address).getUint32(PORT, true);
    }

    /** Hears no more of these: messages of one type that tell what was asked for through the socket with that port id. */
    ignore({ type, port }: { readonly type: number; readonly port: number }): void {
        check(this.#system, this.#system.attachFilter(this.fd, refusal(type, port)), "netlink filter");
    }

    /** Hears only what passes this filter. */
    filter(program: Uint8Array): void {
        check(this.#system, this.#system.attachFilter(this.fd, program), "netlink filter");
    }

    /** Asks for exactness: old kernels cannot, and tell of more than was asked for. */
    beStrict(): void {
        const { SOL_NETLINK, NETLINK_GET_STRICT_CHK } = this.#system.constants;
        this.#system.setsockopt(this.fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
    }

    /** Sends whole messages in one datagram; 0 or a negative errno. */
    send(bytes: Uint8Array, length: number): number {
        return Math.min(0, this.#system.sendto(this.fd, bytes, 0, length, 0, null));
    }

    /** Takes in one batch of datagrams; their memory is used again for the next one. */
    receive(take: (datagram: Uint8Array) => void): Reception {
        const count = this.#system.recvmmsg(this.fd, this.#batch, 0);
        if (count < 0) {
            return this.#system.errnoNames[-count] === "ENOBUFS" ? "overrun" : "nothing";
        }
        let isCut = false;
        for (let slot = 0; slot < count; slot++) {
            const length = this.#batch.meta[4 * slot] ?? 0;
            const flags = this.#batch.meta[4 * slot + 3] ?? 0;
            isCut ||= (flags & this.#system.constants.MSG_TRUNC) !== 0;
            if (this.#senderOf(slot) === KERNEL) {
                take(this.#batch.data.subarray(slot * DATAGRAM, slot * DATAGRAM + Math.min(length, DATAGRAM)));
            }
        }
        return isCut ? "overrun" : "some";
    }

    close(): void {
        this.#system.close(this.fd);
    }

    #prepare(groups: readonly number[], receiveBuffer: ReceiveBuffer): void {
        const system = this.#system;
        const { constants } = system;
        const set = (level: number, name: number, value: number) => system.setsockopt(this.fd, level, name, value);
        setReceiveBuffer(system, this.fd, receiveBuffer);
        // Acknowledgements without the request in them, and with the kernel's own words.
        set(constants.SOL_NETLINK, constants.NETLINK_CAP_ACK, 1);
        set(constants.SOL_NETLINK, constants.NETLINK_EXT_ACK, 1);
        const address = new Uint8Array(ADDRESS);
        viewOf(address).setUint16(0, constants.AF_NETLINK, true);
        check(system, system.bind(this.fd, address), "netlink bind");
        for (const group of groups) {
            check(system, set(constants.SOL_NETLINK, constants.NETLINK_ADD_MEMBERSHIP, group), `netlink group ${group}`);
        }
    }

    /** The port id in struct sockaddr_nl: anybody on the machine may send us datagrams. */
    #senderOf(slot: number): number {
        return this.#senders.getUint32(slot * ADDRESS + PORT, true);
    }
}

/** Every datagram that the kernel sends to listeners has one message. */
function refusal(type: number, port: number): Uint8Array {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint16(0, type, true);
    const typeAsLoaded = view.getUint16(0);
    view.setUint32(0, port, true);
    return assemble([
        { code: BPF.LOAD_WORD, operand: PORT_OF_MESSAGE },
        { code: BPF.JUMP_IF_EQUAL, operand: view.getUint32(0), jumpIfFalse: 3 },
        { code: BPF.LOAD_HALF_WORD, operand: TYPE_OF_MESSAGE },
        { code: BPF.JUMP_IF_EQUAL, operand: typeAsLoaded, jumpIfFalse: 1 },
        { code: BPF.RETURN, operand: 0 },
        { code: BPF.RETURN, operand: WHOLE_PACKET },
    ]);
}
