import type { IpAddress } from "../../core/base/ip.ts";
import type { Exchange } from "../../core/health/exchange/exchange.ts";
import type { Outcome } from "../../core/health/outcome.ts";
import type { Endpoint } from "../../core/service/probe/endpoint.ts";
import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import type { Attempt, AttemptHost } from "./attempt.ts";
import { errorName, isBusy, outcomeOfError, ownAddress, peerAddress } from "./check-socket.ts";

/** So many datagrams are looked at in one go; a flood of them must not hold up others. */
const MOST_AT_ONCE = 32;

/** What a datagram's try is made of. */
export interface DatagramPlan {
    readonly endpoint: Endpoint;
    /** Opens the socket, or says `-errno`. */
    open(): number;
    /** What is said, once it is known from where. */
    exchangeFrom(own: IpAddress): Exchange;
}

/** What it needs of its surroundings. */
export interface DatagramHost extends AttemptHost {
    readonly system: NativeAddon;
    /** Where answers arrive; shared by all, for each is done with them before the next reads. */
    readonly buffer: Uint8Array;
}

/** One datagram to a server; an answer to it, or an ICMP error, is the outcome. Silence is not: who waits gives it up. */
export class DatagramAttempt implements Attempt {
    readonly #host: DatagramHost;
    readonly #plan: DatagramPlan;
    #fd = -1;
    #poller: Poller | undefined;

    constructor(host: DatagramHost, plan: DatagramPlan) {
        this.#host = host;
        this.#plan = plan;
    }

    begin(): void {
        this.#fd = this.#plan.open();
        if (this.#fd < 0) {
            this.#end({ type: "impossible", reason: errorName(this.#host.system, this.#fd) });
            return;
        }
        const { system } = this.#host;
        const isConnected = this.#isDone(system.connect(this.#fd, peerAddress(system, this.#plan.endpoint)));
        if (isConnected && this.#wantsErrors()) {
            this.#send();
        }
    }

    close(): void {
        if (this.#poller !== undefined) {
            this.#host.system.pollerClose(this.#poller);
            this.#poller = undefined;
        }
        if (this.#fd >= 0) {
            this.#host.system.close(this.#fd);
            this.#fd = -1;
        }
    }

    /** Also those errors of which the kernel thinks that they may pass: `host unreachable`. */
    #wantsErrors(): boolean {
        const { constants, setsockopt } = this.#host.system;
        const isVersion4 = this.#plan.endpoint.address.family === 4;
        const [level, name] = isVersion4 ? [constants.IPPROTO_IP, constants.IP_RECVERR] : [constants.IPPROTO_IPV6, constants.IPV6_RECVERR];
        return this.#isDone(setsockopt(this.#fd, level, name, 1));
    }

    #send(): void {
        const { system } = this.#host;
        const exchange = this.#plan.exchangeFrom(ownAddress(system, this.#fd));
        const { request } = exchange;
        if (!this.#isDone(system.sendto(this.#fd, request, 0, request.length, 0, null))) {
            return;
        }
        const poller = system.pollerOpen(this.#fd, (events) => this.#ready(events, exchange));
        if (typeof poller === "number") {
            this.#end({ type: "impossible", reason: errorName(system, poller) });
            return;
        }
        this.#poller = poller;
        system.pollerSet(poller, POLL.read);
    }

    #ready(events: number, exchange: Exchange): void {
        if (!this.#isDone(events)) {
            return;
        }
        const { system, buffer } = this.#host;
        for (let seen = 0; seen < MOST_AT_ONCE; seen++) {
            const count = system.recv(this.#fd, buffer, 0, buffer.length, 0);
            if (isBusy(system, count) || !this.#isDone(count)) {
                return;
            }
            const outcome = exchange.answered(buffer.subarray(0, count));
            if (outcome !== undefined) {
                this.#end(outcome);
                return;
            }
        }
    }

    /** Whether a call succeeded; it is the end if not. */
    #isDone(result: number): boolean {
        if (result < 0) {
            this.#end(outcomeOfError(this.#host.system, result));
        }
        return result >= 0;
    }

    #end(outcome: Outcome): void {
        this.close();
        this.#host.onOutcome(outcome);
    }
}
