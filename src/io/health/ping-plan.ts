import { randomBytes, randomInt } from "node:crypto";
import { pingExchange } from "../../core/health/exchange/ping-exchange.ts";
import type { Endpoint } from "../../core/service/probe/endpoint.ts";
import type { NativeAddon } from "../native/addon.ts";
import { errorName, openCheckSocket } from "./check-socket.ts";
import type { DatagramPlan } from "./datagram-attempt.ts";

const DATA_LENGTH = 32;
const IDENTIFIERS = 0x1_0000;

/**
 * An echo request, on a socket that hears echo replies alone; where `net.ipv4.ping_group_range` refuses one, on a raw socket. That hears all that the
 * server says over ICMP, so replies are known by what they carry.
 */
export class PingPlan implements DatagramPlan {
    readonly endpoint: Endpoint;
    readonly #system: NativeAddon;
    #isRaw = false;

    constructor(system: NativeAddon, endpoint: Endpoint) {
        this.#system = system;
        this.endpoint = endpoint;
    }

    open(): number {
        const { constants } = this.#system;
        const protocol = this.endpoint.address.family === 4 ? constants.IPPROTO_ICMP : constants.IPPROTO_ICMPV6;
        const fd = openCheckSocket(this.#system, this.endpoint, { type: constants.SOCK_DGRAM, protocol });
        this.#isRaw = fd < 0 && errorName(this.#system, fd) === "EACCES";
        return this.#isRaw ? openCheckSocket(this.#system, this.endpoint, { type: constants.SOCK_RAW, protocol }) : fd;
    }

    exchangeFrom(own: Endpoint["address"]) {
        const { address: server } = this.endpoint;
        const hasHeader = this.#isRaw && server.family === 4;
        return pingExchange({ own, server, identifier: randomInt(IDENTIFIERS), data: randomBytes(DATA_LENGTH), hasHeader });
    }
}
