import { type Duration, microseconds, NO_TIME } from "../base/instant.ts";
import type { ReceivedBfdPacket } from "../packet/bfd.ts";
import type { Rates, RemoteEnd } from "./snapshot.ts";
import { detectionTime, faster, slower } from "./timers.ts";

/** What is known of a neighbour that has not spoken: bfd.RemoteMinRxInterval is 1 (RFC 5880 §6.8.1). */
export const UNKNOWN_REMOTE: RemoteEnd = {
    state: "down",
    diagnostic: 0,
    discriminator: 0,
    minTx: NO_TIME,
    minRx: microseconds(1),
    detectMult: 0,
    isDemanding: false,
};

/**
 * How fast both ends send, and how a change of that is agreed upon while the session is up (RFC 5880 §6.5, §6.8.3).
 *
 * A change that could make an end believe in a dead path too early waits until the other end has confirmed it: slower sending and
 * faster detection. All else holds at once.
 */
export class Negotiation {
    #own: Rates;
    /** What we go by: behind `#own` until the neighbour has confirmed. */
    #inForce: Rates;
    /** The rates that the running poll sequence announced; undefined when none runs. */
    #polled: Rates | undefined;
    #remote = UNKNOWN_REMOTE;
    /** The neighbour's interval as far as its own poll sequence is over. */
    #settledRemoteMinTx: Duration = NO_TIME;

    constructor(own: Rates) {
        this.#own = own;
        this.#inForce = own;
    }

    /** What our packets say. */
    get own(): Rates {
        return this.#own;
    }

    get remote(): RemoteEnd {
        return this.#remote;
    }

    /** Whether our packets carry the Poll bit. */
    get isPolling(): boolean {
        return this.#polled !== undefined;
    }

    /** The interval between our packets before jitter; undefined when the neighbour wants none. */
    get transmitInterval(): Duration | undefined {
        return this.#remote.minRx === NO_TIME ? undefined : slower(this.#inForce.minTx, this.#remote.minRx);
    }

    get detectionTime(): Duration {
        return detectionTime(this.#remote.detectMult, this.#inForce.minRx, this.#settledRemoteMinTx);
    }

    /** We want other rates. @param isUp whether the neighbour has to confirm them @returns whether a poll sequence began */
    announce(own: Rates, isUp: boolean): boolean {
        if (own.minTx === this.#own.minTx && own.minRx === this.#own.minRx) {
            return false;
        }
        this.#own = own;
        if (!isUp) {
            this.#inForce = own;
            return false;
        }
        this.#inForce = { minTx: faster(this.#inForce.minTx, own.minTx), minRx: slower(this.#inForce.minRx, own.minRx) };
        const begins = !this.isPolling;
        this.#polled ??= own;
        return begins;
    }

    /** The session is not up any more: there is nothing left to confirm. */
    settle(): void {
        this.#polled = undefined;
        this.#inForce = this.#own;
    }

    /** Takes what a good packet says. @returns whether a session with it goes on otherwise, its state aside */
    hear(packet: ReceivedBfdPacket): boolean {
        const before = this.#remote;
        this.#remote = {
            state: packet.state,
            diagnostic: packet.diagnostic,
            discriminator: packet.myDiscriminator,
            minTx: packet.desiredMinTxInterval,
            minRx: packet.requiredMinRxInterval,
            detectMult: packet.detectMult,
            isDemanding: packet.demand,
        };
        // Many begin to send faster only when they have our Final: until their poll sequence is over, we must not count on it. That holds for the
        // very packet that brings us up, too.
        const mustWait = packet.poll && packet.desiredMinTxInterval < this.#settledRemoteMinTx;
        this.#settledRemoteMinTx = mustWait ? this.#settledRemoteMinTx : packet.desiredMinTxInterval;
        if (packet.final) {
            this.#confirm();
        }
        return isOtherwise(before, this.#remote);
    }

    /** The neighbour was silent for a whole Detection Time: nothing is known of it. */
    forget(): void {
        this.#remote = { ...UNKNOWN_REMOTE, state: this.#remote.state, diagnostic: this.#remote.diagnostic };
    }

    /** Goes on where a predecessor left off; what it was about to agree upon is announced anew. */
    resume(remote: RemoteEnd, wasPolling: boolean): void {
        this.#remote = remote;
        this.#settledRemoteMinTx = remote.minTx;
        this.#polled = wasPolling ? this.#own : undefined;
    }

    /** What was changed while the sequence ran is the matter of another one (RFC 5880 §6.5). */
    #confirm(): void {
        const confirmed = this.#polled;
        if (confirmed === undefined) {
            return;
        }
        const isAll = confirmed.minTx === this.#own.minTx && confirmed.minRx === this.#own.minRx;
        this.#polled = isAll ? undefined : this.#own;
        this.#inForce = isAll
            ? this.#own
            : { minTx: faster(confirmed.minTx, this.#own.minTx), minRx: slower(confirmed.minRx, this.#own.minRx) };
    }
}

function isOtherwise(before: RemoteEnd, now: RemoteEnd): boolean {
    return (
        before.minTx !== now.minTx ||
        before.minRx !== now.minRx ||
        before.detectMult !== now.detectMult ||
        before.discriminator !== now.discriminator ||
        before.isDemanding !== now.isDemanding
    );
}
