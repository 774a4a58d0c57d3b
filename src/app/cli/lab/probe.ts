import { viewOf } from "../../../core/base/bytes.ts";
import { internetChecksum } from "../../../core/base/checksum.ts";
import { parseIp } from "../../../core/base/ip.ts";
import type { Fd, NativeAddon } from "../../../io/native/addon.ts";
import { checked, openSocketIn } from "./namespace-socket.ts";
import type { LabNetwork } from "./network.ts";

/** What to ask, and how often. */
export interface ProbePlan {
    readonly node: string;
    /** An IPv4 address. */
    readonly address: string;
    /** Milliseconds between two questions. */
    readonly every: number;
}

/** The smallest receive buffer: nobody reads the answers here, the capture sees them on the wire. */
const RECEIVE_BUFFER = 0;

/** A client that asks an address for an echo all the time. Whether it is answered, by whom and when, the capture tells. */
export class Probe {
    readonly #addon: NativeAddon;
    readonly #socket: Fd;
    readonly #timer: NodeJS.Timeout;
    readonly #packet = Uint8Array.of(8, 0, 0, 0, 0x48, 0x46, 0, 0);
    readonly #target: Uint8Array;
    #sequence = 0;

    private constructor(addon: NativeAddon, socket: Fd, plan: ProbePlan) {
        this.#addon = addon;
        this.#socket = socket;
        this.#target = socketAddress(addon, plan.address);
        this.#timer = setInterval(() => this.#ask(), plan.every);
    }

    /** Starts asking. */
    static start(addon: NativeAddon, network: LabNetwork, plan: ProbePlan): Probe {
        const { constants } = addon;
        const kind = { domain: constants.AF_INET, type: constants.SOCK_RAW, protocol: constants.IPPROTO_ICMP };
        const socket = openSocketIn(addon, network.namespace(plan.node), kind);
        checked(addon, "setsockopt", addon.setsockopt(socket, constants.SOL_SOCKET, constants.SO_RCVBUF, RECEIVE_BUFFER));
        return new Probe(addon, socket, plan);
    }

    /** Asks no more; a second call does nothing. */
    stop(): void {
        if (this.#timer.hasRef()) {
            clearInterval(this.#timer);
            this.#timer.unref();
            this.#addon.close(this.#socket);
        }
    }

    #ask(): void {
        const view = viewOf(this.#packet);
        view.setUint16(6, this.#sequence);
        view.setUint16(2, 0);
        view.setUint16(2, internetChecksum(this.#packet));
        this.#sequence = (this.#sequence + 1) & 0xffff;
        // Nobody has the address yet, the buffer is full, the network is down: all of these are answers that are missing.
        this.#addon.sendto(this.#socket, this.#packet, 0, this.#packet.length, 0, this.#target);
    }
}

/** sockaddr_in: the family in the machine's order, then port and address in the network's. */
function socketAddress(addon: NativeAddon, address: string): Uint8Array {
    const bytes = new Uint8Array(16);
    viewOf(bytes).setUint16(0, addon.constants.AF_INET, true);
    bytes.set(parseIp(address)?.bytes ?? [], 4);
    return bytes;
}
