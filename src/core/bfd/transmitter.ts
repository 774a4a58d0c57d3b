import { after, type Duration, type Instant, isDue } from "../base/instant.ts";
import type { BfdPacket } from "../packet/bfd.ts";
import type { Authenticator } from "./authenticator.ts";
import type { Sources, Turn } from "./session-turn.ts";
import { jittered } from "./timers.ts";

/** What a packet says besides the bits that come and go. */
export type Words = Omit<BfdPacket, "poll" | "final">;

/** What a transmitter is made of. */
export interface TransmitterParts {
    readonly session: number;
    readonly authenticator: Authenticator;
    readonly random: Sources["random"];
    /** How many packets a predecessor sent. */
    readonly sent: number;
}

/** Sends one session's packets: at its intervals, and at once when there is news. */
export class Transmitter {
    readonly #parts: TransmitterParts;
    #last: Words | undefined;
    #lastAt: Instant | undefined;
    #interval: Duration | undefined;
    #multiplier = 0;
    #dueAt: Instant | undefined;
    #sent: number;

    constructor(parts: TransmitterParts) {
        this.#parts = parts;
        this.#sent = parts.sent;
    }

    /** When the next packet is due; undefined while none is. */
    get dueAt(): Instant | undefined {
        return this.#dueAt;
    }

    /** How many packets were sent. */
    get sent(): number {
        return this.#sent;
    }

    /** The interval between packets from now on, undefined for none; a change counts from the last packet. */
    pace(interval: Duration | undefined, multiplier: number, now: Instant): void {
        if (interval === this.#interval && multiplier === this.#multiplier) {
            return;
        }
        this.#interval = interval;
        this.#multiplier = multiplier;
        this.#plan(now);
    }

    isDue(now: Instant): boolean {
        return isDue(this.#dueAt, now);
    }

    /** A packet of the session's own accord; the next one is due an interval later. */
    send(words: Words, poll: boolean, turn: Turn): void {
        this.#emit({ ...words, poll, final: false }, turn);
        this.#lastAt = turn.now;
        this.#plan(turn.now);
    }

    /** The answer to a Poll: leaves whatever the time, and changes nothing about when the next packet is due (RFC 5880 §6.8.7). */
    answer(words: Words, turn: Turn): void {
        this.#emit({ ...words, poll: false, final: true }, turn);
    }

    /** Whether this is not what the neighbour was told last (RFC 5880 §6.8.7). */
    isNews(words: Words): boolean {
        const last = this.#last;
        return (
            last === undefined ||
            last.state !== words.state ||
            last.diagnostic !== words.diagnostic ||
            last.yourDiscriminator !== words.yourDiscriminator ||
            last.detectMult !== words.detectMult ||
            last.desiredMinTxInterval !== words.desiredMinTxInterval ||
            last.requiredMinRxInterval !== words.requiredMinRxInterval
        );
    }

    #plan(now: Instant): void {
        const interval = this.#interval;
        if (interval === undefined) {
            this.#dueAt = undefined;
            return;
        }
        const wait = jittered(interval, this.#multiplier, this.#parts.random());
        this.#dueAt = this.#lastAt === undefined ? now : after(this.#lastAt, wait);
    }

    #emit(packet: BfdPacket, turn: Turn): void {
        const payload = this.#parts.authenticator.seal(packet, this.isNews(packet));
        this.#last = packet;
        this.#sent += 1;
        turn.effects.push({ type: "send", session: this.#parts.session, payload });
    }
}
