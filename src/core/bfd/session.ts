import { after, earliest, type Instant, isDue, latest, NO_TIME } from "../base/instant.ts";
import { BFD_DIAGNOSTICS, type BfdState, type ReceivedBfdPacket } from "../packet/bfd.ts";
import { Authenticator, sequenceAfter } from "./authenticator.ts";
import type { BfdEndpoint } from "./effects.ts";
import { Herald } from "./herald.ts";
import { Negotiation } from "./negotiation.ts";
import { NEXT_STATE } from "./next-state.ts";
import type { BfdRejectionReason } from "./reports.ts";
import type { Sources, Turn } from "./session-turn.ts";
import { type BfdConsumer, type BfdSessionSettings, sessionIdentity } from "./settings.ts";
import type { BfdSessionSnapshot, Rates } from "./snapshot.ts";
import { slower } from "./timers.ts";
import { Transmitter, type Words } from "./transmitter.ts";

/** What a session begins with. */
export interface SessionStart {
    readonly settings: BfdSessionSettings;
    /** Not zero, and no other session's. */
    readonly discriminator: number;
    readonly sourcePort: number;
    readonly sources: Sources;
    /** The session of a process that died, to be gone on with. */
    readonly predecessor?: BfdSessionSnapshot;
}

/** One BFD session in asynchronous mode: RFC 5880 §6.8. */
export class BfdSession {
    readonly discriminator: number;
    readonly #negotiation: Negotiation;
    readonly #authenticator: Authenticator;
    readonly #transmitter: Transmitter;
    readonly #herald: Herald;
    readonly #rejections: Partial<Record<BfdRejectionReason, number>>;
    #settings: BfdSessionSettings;
    #sourcePort: number;
    #state: BfdState;
    #diagnostic: number;
    #detectAt: Instant | undefined;
    #forgetSequenceAt: Instant | undefined;
    #heardAt: Instant | undefined;
    #changedAt: Instant | undefined;
    #counters: { received: number; wentUp: number; wentDown: number };

    /** @param now a predecessor's neighbour gets a whole Detection Time from here: nobody listened meanwhile */
    constructor({ settings, discriminator, sourcePort, sources, predecessor }: SessionStart, now: Instant) {
        this.#settings = settings;
        this.discriminator = discriminator;
        this.#sourcePort = sourcePort;
        this.#state = predecessor?.state ?? "down";
        this.#diagnostic = predecessor?.localDiagnostic ?? BFD_DIAGNOSTICS.none;
        this.#herald = new Herald(settings, predecessor);
        this.#heardAt = predecessor?.heardAt;
        this.#changedAt = predecessor?.changedAt;
        const { received = 0, sent = 0, wentUp = 0, wentDown = 0, rejections = {} } = predecessor?.counters ?? {};
        this.#counters = { received, wentUp, wentDown };
        this.#rejections = { ...rejections };
        const sequence =
            predecessor === undefined
                ? Math.floor(sources.random() * 0x1_0000_0000)
                : sequenceAfter(predecessor.sentSequence, settings.multiplier);
        this.#authenticator = new Authenticator(settings.authentication, sequence, sources.digest);
        this.#transmitter = new Transmitter({ session: discriminator, authenticator: this.#authenticator, random: sources.random, sent });
        this.#negotiation = new Negotiation(predecessor?.own ?? this.#wantedRates());
        if (predecessor !== undefined) {
            this.#negotiation.resume(predecessor.remote, predecessor.isPolling);
            this.#await(now);
        }
    }

    get settings(): BfdSessionSettings {
        return this.#settings;
    }

    get wakeAt(): Instant | undefined {
        return earliest(this.#transmitter.dueAt, this.#detectAt, this.#forgetSequenceAt);
    }

    /** Whether what comes next is the end of the neighbour's Detection Time. */
    get isDetectionNext(): boolean {
        return this.#state === "up" && this.#detectAt !== undefined && this.#detectAt === this.wakeAt;
    }

    /** Where its packets leave from. */
    get endpoint(): BfdEndpoint {
        const { name, neighbor, source, interfaceName, isMultihop, ttl } = this.#settings;
        return {
            session: this.discriminator,
            name,
            neighbor,
            isMultihop,
            ttl,
            sourcePort: this.#sourcePort,
            ...(source !== undefined && { source }),
            ...(interfaceName !== undefined && { interfaceName }),
        };
    }

    /** Another source port, since somebody else has the one so far. */
    moveTo(sourcePort: number): void {
        this.#sourcePort = sourcePort;
    }

    /** Takes new settings on; `follow` acts on them. */
    adopt(settings: BfdSessionSettings): void {
        this.#authenticator.want(settings.authentication);
        this.#settings = settings;
    }

    /** Begins, or does what new settings say. What they do not change goes on undisturbed. */
    follow(turn: Turn): void {
        const settings = this.#settings;
        this.#herald.introduce(settings, turn);
        if (settings.isAdminDown && this.#state !== "admin-down") {
            this.#enter("admin-down", BFD_DIAGNOSTICS.administrativelyDown, turn);
        } else if (!settings.isAdminDown && this.#state === "admin-down") {
            this.#enter("down", BFD_DIAGNOSTICS.none, turn);
        }
        this.#announce(turn);
        this.#speakUp(turn);
    }

    /** A deadline may have been reached. */
    wake(turn: Turn): void {
        if (isDue(this.#forgetSequenceAt, turn.now)) {
            this.#forgetSequenceAt = undefined;
            this.#authenticator.forget();
        }
        if (isDue(this.#detectAt, turn.now)) {
            this.#lose(turn);
        }
        if (this.#transmitter.isDue(turn.now)) {
            this.#transmitter.send(this.#words(), this.#negotiation.isPolling, turn);
        }
        this.#speakUp(turn);
    }

    /** Takes a packet that is meant for this session. @returns why it was not acted upon, or undefined */
    receive(packet: ReceivedBfdPacket, arrivedAt: Instant, turn: Turn): BfdRejectionReason | undefined {
        if (!this.#authenticator.admit(packet, packet.detectMult)) {
            return "authentication";
        }
        this.#counters.received += 1;
        // Packets come in order; only a time of day that is set can make one look older than the one before.
        const heardAt = latest(arrivedAt, this.#heardAt ?? arrivedAt);
        this.#heardAt = heardAt;
        const isOtherwise = this.#negotiation.hear(packet);
        this.#await(heardAt);
        const next = NEXT_STATE[this.#state][packet.state];
        if (next !== this.#state) {
            this.#enter(next, next === "down" ? BFD_DIAGNOSTICS.neighborSignaledDown : this.#diagnosticOf(next), turn);
        }
        if (packet.poll && this.#state !== "admin-down") {
            this.#transmitter.answer(this.#words(), turn);
        }
        this.#speakUp(turn);
        if (isOtherwise && this.#state === "up") {
            turn.effects.push({ type: "keep", session: this.discriminator });
        }
        return undefined;
    }

    /** Whether the world repeats its packets. */
    get isPaced(): boolean {
        return this.#transmitter.isPaced;
    }

    /** The world cannot repeat its packets. */
    refusePacing(turn: Turn): void {
        this.#transmitter.refusePacing(turn);
    }

    /** Counts a packet that was not acted upon. */
    reject(reason: BfdRejectionReason): void {
        this.#rejections[reason] = (this.#rejections[reason] ?? 0) + 1;
    }

    /** Says again how it stands, to somebody who has just come. */
    tellAgain(consumer: BfdConsumer, turn: Turn): void {
        this.#herald.tellAgain(consumer, this.#settings, turn);
    }

    snapshot(): BfdSessionSnapshot {
        const negotiation = this.#negotiation;
        return {
            name: this.#settings.name,
            identity: sessionIdentity(this.#settings),
            state: this.#state,
            localDiscriminator: this.discriminator,
            localDiagnostic: this.#diagnostic,
            sourcePort: this.#sourcePort,
            own: negotiation.own,
            remote: negotiation.remote,
            transmitInterval: negotiation.transmitInterval ?? NO_TIME,
            detectionTime: negotiation.detectionTime,
            isPolling: negotiation.isPolling,
            sentSequence: this.#authenticator.sent,
            toldUp: this.#herald.toldUp,
            counters: { ...this.#counters, sent: this.#transmitter.sent, rejections: { ...this.#rejections } },
            ...(this.#heardAt !== undefined && { heardAt: this.#heardAt }),
            ...(this.#changedAt !== undefined && { changedAt: this.#changedAt }),
        };
    }

    /** RFC 5880 §6.8.4 and §6.8.1: the path is dead if it was alive; in any case the neighbour's discriminator is forgotten. */
    #lose(turn: Turn): void {
        this.#detectAt = undefined;
        this.#forgetSequenceAt = after(turn.now, this.#negotiation.detectionTime);
        this.#negotiation.forget();
        if (this.#state === "init" || this.#state === "up") {
            this.#enter("down", BFD_DIAGNOSTICS.detectionTimeExpired, turn);
        }
    }

    #enter(state: BfdState, diagnostic: number, turn: Turn): void {
        const from = this.#state;
        this.#state = state;
        this.#diagnostic = diagnostic;
        this.#changedAt = turn.now;
        const [localDiagnostic, remoteDiagnostic] = [diagnostic, this.#negotiation.remote.diagnostic];
        this.#tell(from, turn);
        turn.effects.push({
            type: "report",
            report: { type: "state-changed", session: this.#settings.name, from, to: state, localDiagnostic, remoteDiagnostic },
        });
        this.#announce(turn);
    }

    /** Administrators' doing is no news of the path: as with Keepalived, nobody is told (RFC 5882 §3.2 has the same reason). */
    #tell(from: BfdState, turn: Turn): void {
        const isUp = this.#state === "up";
        this.#counters.wentUp += isUp ? 1 : 0;
        this.#counters.wentDown += from === "up" ? 1 : 0;
        const isAdministrative = this.#state === "admin-down" || this.#negotiation.remote.state === "admin-down";
        if (isUp === (from === "up") || (!isUp && isAdministrative)) {
            return;
        }
        this.#herald.tell(isUp, this.#settings, turn);
    }

    /** Lets the rates follow the state and the settings. */
    #announce(turn: Turn): void {
        const isUp = this.#state === "up";
        const begins = this.#negotiation.announce(this.#wantedRates(), isUp);
        if (!isUp) {
            this.#negotiation.settle();
        }
        if (begins) {
            turn.effects.push({ type: "report", report: { type: "poll-started", session: this.#settings.name } });
        }
    }

    /** RFC 5880 §6.8.3: a session that is not up sends once a second at most. */
    #wantedRates(): Rates {
        const { minTx, idleTx, minRx } = this.#settings;
        return { minTx: this.#state === "up" ? minTx : slower(idleTx, minTx), minRx };
    }

    /** The end of Detection Time, counted from a sign of life. */
    #await(from: Instant): void {
        this.#forgetSequenceAt = undefined;
        this.#detectAt = this.#negotiation.remote.discriminator === 0 ? undefined : after(from, this.#negotiation.detectionTime);
    }

    /** News leaves at once; else packets keep their pace (RFC 5880 §6.8.7). */
    #speakUp(turn: Turn): void {
        const { remote, isPolling, transmitInterval } = this.#negotiation;
        const { isPassive, multiplier } = this.#settings;
        const mayNotSpeak = isPassive && remote.discriminator === 0;
        const isUnwanted = remote.isDemanding && this.#state === "up" && remote.state === "up" && !isPolling;
        this.#transmitter.pace(mayNotSpeak || isUnwanted ? undefined : transmitInterval, multiplier, turn.now);
        const words = this.#words();
        if (!mayNotSpeak && this.#transmitter.isNews(words)) {
            this.#transmitter.send(words, isPolling, turn);
        }
        this.#transmitter.delegate(this.#state === "up" && !isPolling, turn);
    }

    /** A session that comes up has nothing to explain any more. */
    #diagnosticOf(next: BfdState): number {
        return next === "up" ? BFD_DIAGNOSTICS.none : this.#diagnostic;
    }

    #words(): Words {
        const { own, remote } = this.#negotiation;
        return {
            diagnostic: this.#diagnostic,
            state: this.#state,
            controlPlaneIndependent: false,
            demand: false,
            detectMult: this.#settings.multiplier,
            myDiscriminator: this.discriminator,
            yourDiscriminator: remote.discriminator,
            desiredMinTxInterval: own.minTx,
            requiredMinRxInterval: own.minRx,
            requiredMinEchoRxInterval: NO_TIME,
        };
    }
}
