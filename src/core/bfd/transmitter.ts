import { after, type Duration, type Instant, isDue } from "../base/instant.ts";
import type { BfdPacket } from "../packet/bfd.ts";
import type { Authenticator } from "./authenticator.ts";
import type { Sources, Turn } from "./session-turn.ts";
import type { BfdAuthentication } from "./settings.ts";
import { jittered, waitBounds } from "./timers.ts";

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

/** What the world goes by while it repeats packets; with anything else it has to be told anew. */
interface Paced {
    readonly interval: Duration;
    readonly multiplier: number;
    readonly authentication: BfdAuthentication | undefined;
}

/**
 * Sends one session's packets: at its intervals, and at once when there is news. While packets say the same again and again the world repeats them,
 * which is not late when we are.
 */
export class Transmitter {
    readonly #parts: TransmitterParts;
    #last: Words | undefined;
    #lastAt: Instant | undefined;
    #interval: Duration | undefined;
    #multiplier = 0;
    #dueAt: Instant | undefined;
    #sent: number;
    #paced: Paced | undefined;
    #isPacingRefused = false;

    constructor(parts: TransmitterParts) {
        this.#parts = parts;
        this.#sent = parts.sent;
    }

    /** When the next packet is due; undefined while none is. */
    get dueAt(): Instant | undefined {
        return this.#dueAt;
    }

    /** Whether the world repeats the packets. */
    get isPaced(): boolean {
        return this.#paced !== undefined;
    }

    /** How many packets were sent from here; those that the world repeated are not among them. */
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
        this.#say({ ...words, poll, final: false }, turn);
    }

    /**
     * The answer to a Poll: leaves whatever the time, and changes nothing about when the next packet is due (RFC 5880 §6.8.7), unless it is news as well.
     */
    answer(words: Words, turn: Turn): void {
        const packet = { ...words, poll: false, final: true };
        if (this.isNews(words)) {
            this.#say(packet, turn);
        } else {
            this.#emit(packet, turn);
        }
    }

    /**
     * Lets the world repeat what was said last as long as the session is steady, and sends by itself otherwise. To be called when all else of a turn is done.
     *
     * The rule of one packet for each interval (RFC 5880 §6.8.7) stays kept: intervals count from our last packet or the world's, whichever was later.
     */
    delegate(isSteady: boolean, turn: Turn): void {
        const { session, authenticator } = this.#parts;
        const [last, since, interval, multiplier] = [this.#last, this.#lastAt, this.#interval, this.#multiplier];
        if (!isSteady || !this.#mayBePaced || last === undefined || since === undefined || interval === undefined) {
            this.#takeBack(turn);
            return;
        }
        this.#dueAt = undefined;
        const authentication = authenticator.wanted;
        if (this.#isPacedWith({ interval, multiplier, authentication })) {
            return;
        }
        this.#paced = { interval, multiplier, authentication };
        const payload = authenticator.seal({ ...last, poll: false, final: false }, false);
        turn.effects.push({ type: "pace", session, pacing: { payload, since, ...waitBounds(interval, multiplier) } });
    }

    /** The world cannot do it: we send by ourselves, for good. */
    refusePacing(turn: Turn): void {
        this.#isPacingRefused = true;
        this.#takeBack(turn);
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

    get #mayBePaced(): boolean {
        return !this.#isPacingRefused && this.#parts.authenticator.isRepeatable;
    }

    #isPacedWith({ interval, multiplier, authentication }: Paced): boolean {
        const paced = this.#paced;
        return paced?.interval === interval && paced.multiplier === multiplier && paced.authentication === authentication;
    }

    #unpace(turn: Turn): void {
        if (this.#paced !== undefined) {
            this.#paced = undefined;
            turn.effects.push({ type: "unpace", session: this.#parts.session });
        }
    }

    /** The next packet is due at once: nobody here knows when the world's last one left. */
    #takeBack(turn: Turn): void {
        if (this.#paced !== undefined) {
            this.#unpace(turn);
            this.#lastAt = undefined;
            this.#plan(turn.now);
        }
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

    #say(packet: BfdPacket, turn: Turn): void {
        // First: what was said so far must not come behind the news.
        this.#unpace(turn);
        this.#emit(packet, turn);
        this.#lastAt = turn.now;
        this.#plan(turn.now);
    }

    #emit(packet: BfdPacket, turn: Turn): void {
        const { session, authenticator } = this.#parts;
        const payload = authenticator.seal(packet, this.isNews(packet));
        this.#last = packet;
        this.#sent += 1;
        turn.effects.push({ type: "send", session, payload });
        if (authenticator.isToBeKept(packet.detectMult)) {
            turn.effects.push({ type: "keep", session });
        }
    }
}
