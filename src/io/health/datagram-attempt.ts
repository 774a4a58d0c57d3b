import type { IpAddress } from "../../core/base/ip.ts";
import type { Exchange } from "../../core/health/exchange/exchange.ts";
import type { Outcome } from "../../core/health/outcome.ts";
import type { Endpoint } from "../../core/service/probe/endpoint.ts";
import { POLL } from "../native/addon.ts";
import type { Watcher } from "../native/watch-list.ts";
import type { Attempt, AttemptHost } from "./attempt.ts";
import { errorName, isBusy, outcomeOfAnswer, outcomeOfError, ownAddress } from "./check-socket.ts";
import { type SocketGround, WatchedSocket } from "./watched-socket.ts";

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

/** One datagram to a server; an answer to it, or an ICMP error, is the outcome. Silence is not: who waits gives it up. */
export class DatagramAttempt implements Attempt, Watcher {
    readonly #ground: SocketGround;
    readonly #host: AttemptHost;
    readonly #plan: DatagramPlan;
    readonly #socket: WatchedSocket;
    #exchange: Exchange | undefined;

    constructor(ground: SocketGround, host: AttemptHost, plan: DatagramPlan) {
        this.#ground = ground;
        this.#host = host;
        this.#plan = plan;
        this.#socket = new WatchedSocket(ground);
    }

    begin(): void {
        const opened = this.#socket.take(this.#plan.open());
        if (opened < 0) {
            this.#end({ type: "impossible", reason: errorName(this.#ground.system, opened) });
            return;
        }
        const isConnected = this.#isDone(this.#socket.connect(this.#plan.endpoint));
        if (isConnected && this.#wantsErrors()) {
            this.#send();
        }
    }

    ready(): void {
        const { system, buffer } = this.#ground;
        for (let seen = 0; seen < MOST_AT_ONCE; seen++) {
            const count = this.#socket.receive();
            if (isBusy(system, count)) {
                return;
            }
            const outcome = count < 0 ? outcomeOfAnswer(system, count) : this.#exchange?.answered(buffer.subarray(0, count));
            if (outcome !== undefined) {
                this.#end(outcome);
                return;
            }
        }
    }

    close(): void {
        this.#socket.close();
    }

    /** Also those errors of which the kernel thinks that they may pass: `host unreachable`. */
    #wantsErrors(): boolean {
        const { constants, setsockopt } = this.#ground.system;
        const isVersion4 = this.#plan.endpoint.address.family === 4;
        const [level, name] = isVersion4 ? [constants.IPPROTO_IP, constants.IP_RECVERR] : [constants.IPPROTO_IPV6, constants.IPV6_RECVERR];
        return this.#isDone(setsockopt(this.#socket.fd, level, name, 1));
    }

    #send(): void {
        const { system } = this.#ground;
        const exchange = this.#plan.exchangeFrom(ownAddress(system, this.#socket.fd));
        if (!this.#isDone(this.#socket.send(exchange.request))) {
            return;
        }
        this.#exchange = exchange;
        const watched = this.#socket.watch(POLL.read, this);
        if (watched < 0) {
            this.#end({ type: "impossible", reason: errorName(system, watched) });
        }
    }

    /** Whether a call succeeded; it is the end if not. */
    #isDone(result: number): boolean {
        if (result < 0) {
            this.#end(outcomeOfError(this.#ground.system, result));
        }
        return result >= 0;
    }

    #end(outcome: Outcome): void {
        this.close();
        this.#host.onOutcome(outcome);
    }
}
