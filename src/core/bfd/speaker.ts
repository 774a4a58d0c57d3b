import { DeadlineHeap } from "../base/heap.ts";
import { earliest, type Instant } from "../base/instant.ts";
import { ipKey } from "../base/ip.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";
import { decodeBfd } from "../packet/bfd.ts";
import { refusal } from "./admission.ts";
import type { BfdEffect } from "./effects.ts";
import type { BfdEvent, ReceivedDatagram } from "./events.ts";
import { NumberPool } from "./number-pool.ts";
import type { BfdRejectionReason } from "./reports.ts";
import { BfdSession } from "./session.ts";
import { SessionDirectory } from "./session-directory.ts";
import type { Sources, Turn } from "./session-turn.ts";
import { type BfdConsumer, type BfdSessionSettings, sessionIdentity } from "./settings.ts";
import type { BfdSessionSnapshot } from "./snapshot.ts";
import { Vouching } from "./vouching.ts";

/** RFC 5880 §6.8.1: unique here, not zero, and hard to guess. */
const LAST_DISCRIMINATOR = 0xffff_ffff;
/** RFC 5881 §4: each session has its own, as long as there are enough. */
const FIRST_SOURCE_PORT = 49_152;
const LAST_SOURCE_PORT = 65_535;
/** Complaints are remembered for so many senders and reasons; beyond that packets are counted only. */
const REMEMBERED = 4_096;

/** All BFD sessions of one machine: hands each event to the session that it concerns, and wakes them when their time has come. */
export class BfdSpeaker implements Machine<BfdEvent, BfdEffect> {
    readonly #sources: Sources;
    readonly #discriminators: NumberPool;
    readonly #ports: NumberPool;
    readonly #deadlines = new DeadlineHeap<BfdSession>();
    readonly #vouching = new Vouching();
    readonly #complaints = new Set<string>();
    #sessions: ReadonlyMap<string, BfdSession> = new Map();
    #directory = new SessionDirectory([]);
    #predecessors = new Map<string, BfdSessionSnapshot>();
    #strays = 0;

    constructor(sources: Sources) {
        this.#sources = sources;
        this.#discriminators = new NumberPool(1, LAST_DISCRIMINATOR, sources.random);
        this.#ports = new NumberPool(FIRST_SOURCE_PORT, LAST_SOURCE_PORT, sources.random);
    }

    /** The earliest deadline of all sessions, or when we have to say that we are alive. */
    get wakeAt(): Instant | undefined {
        return earliest(this.#deadlines.earliest, this.#vouching.dueAt);
    }

    /** Whether the earliest deadline is the end of a neighbour's Detection Time. */
    get isDetectionNext(): boolean {
        const { earliest: at, earliestOwner } = this.#deadlines;
        return earliestOwner?.isDetectionNext === true && at === this.wakeAt;
    }

    /** Who will be told if the earliest deadline passes, and is the end of a Detection Time. */
    get nextToBeTold(): readonly BfdConsumer[] {
        return this.isDetectionNext ? (this.#deadlines.earliestOwner?.settings.consumers ?? []) : [];
    }

    /** How many packets came that are for no session here. */
    get strayPackets(): number {
        return this.#strays;
    }

    /** What sessions know, in the order of the configuration: all of them, or those that are wanted. */
    snapshots(isWanted: (session: BfdSession) => boolean = () => true): BfdSessionSnapshot[] {
        return Array.from(this.#sessions.values()).flatMap((session) => (isWanted(session) ? session.snapshot() : []));
    }

    /** Takes one event; the effects are to be carried out in order. */
    handle(event: BfdEvent, now: Instant): readonly BfdEffect[] {
        const turn: Turn = { now, effects: [], news: [] };
        this.#dispatch(event, turn);
        this.#vouching.vouch(turn);
        return turn.news.length === 0 ? turn.effects : [...turn.effects, ...turn.news];
    }

    #dispatch(event: BfdEvent, turn: Turn): void {
        switch (event.type) {
            case "wake":
                for (let due = this.#deadlines.takeDue(turn.now); due !== undefined; due = this.#deadlines.takeDue(turn.now)) {
                    due.wake(turn);
                    this.#note(due);
                }
                return;
            case "packet":
                this.#receive(event.packet, turn);
                return;
            case "restore":
                this.#predecessors = new Map(event.snapshots.map((snapshot) => [snapshot.identity, snapshot]));
                return;
            case "configure":
                this.#configure(event.sessions, turn);
                return;
            case "consumer-ready":
                for (const session of this.#sessions.values()) {
                    session.tellAgain(event.consumer, turn);
                }
                return;
            case "port-taken":
                this.#move(this.#directory.get(event.session), turn);
                return;
            case "pacing-refused":
                this.#refusePacing(this.#directory.get(event.session), turn);
                return;
            default:
                unreachable(event);
        }
    }

    #receive(datagram: ReceivedDatagram, turn: Turn): void {
        const decoded = decodeBfd(datagram.payload);
        if (!decoded.ok) {
            this.#reject(undefined, datagram, decoded.error, turn);
            return;
        }
        const packet = decoded.value;
        const session = this.#directory.find(packet, datagram);
        if (session === undefined) {
            this.#reject(undefined, datagram, "no-session", turn);
            return;
        }
        const reason = refusal(datagram, session.settings) ?? session.receive(packet, datagram.arrivedAt, turn);
        if (reason !== undefined) {
            this.#reject(session, datagram, reason, turn);
            return;
        }
        this.#note(session);
    }

    #note(session: BfdSession): void {
        this.#deadlines.set(session, session.wakeAt);
        this.#vouching.note(session);
    }

    #reject(session: BfdSession | undefined, { source }: ReceivedDatagram, reason: BfdRejectionReason, turn: Turn): void {
        session?.reject(reason);
        this.#strays += session === undefined ? 1 : 0;
        const key = `${ipKey(source)} ${reason}`;
        if (!this.#complaints.has(key) && this.#complaints.size < REMEMBERED) {
            this.#complaints.add(key);
            turn.effects.push({ type: "report", report: { type: "packet-rejected", session: session?.settings.name, source, reason } });
        }
    }

    #configure(wanted: readonly BfdSessionSettings[], turn: Turn): void {
        const former = new Map(this.#sessions);
        const sessions = new Map<string, BfdSession>();
        for (const { localDiscriminator, sourcePort } of this.#predecessors.values()) {
            this.#discriminators.reserve(localDiscriminator);
            this.#ports.reserve(sourcePort);
        }
        for (const settings of wanted) {
            const identity = sessionIdentity(settings);
            const session = former.get(identity) ?? this.#begin(settings, identity, turn.now);
            session.adopt(settings);
            sessions.set(identity, session);
            former.delete(identity);
        }
        this.#sessions = sessions;
        this.#directory = new SessionDirectory(sessions.values());
        this.#predecessors = new Map();
        for (const session of former.values()) {
            this.#end(session);
        }
        this.#attend(turn);
        for (const session of sessions.values()) {
            session.follow(turn);
            this.#note(session);
        }
    }

    #begin(settings: BfdSessionSettings, identity: string, now: Instant): BfdSession {
        const predecessor = this.#predecessors.get(identity);
        return new BfdSession(
            {
                settings,
                discriminator: predecessor?.localDiscriminator ?? this.#discriminators.take(),
                sourcePort: predecessor?.sourcePort ?? this.#ports.take(),
                sources: this.#sources,
                ...(predecessor !== undefined && { predecessor }),
            },
            now,
        );
    }

    #end(session: BfdSession): void {
        this.#deadlines.set(session, undefined);
        this.#vouching.forget(session);
        this.#discriminators.release(session.discriminator);
        this.#ports.release(session.endpoint.sourcePort);
    }

    /** The port stays taken: somebody outside has it. */
    #move(session: BfdSession | undefined, turn: Turn): void {
        session?.moveTo(this.#ports.take());
        this.#attend(turn);
    }

    #refusePacing(session: BfdSession | undefined, turn: Turn): void {
        if (session !== undefined) {
            session.refusePacing(turn);
            this.#note(session);
        }
    }

    #attend(turn: Turn): void {
        turn.effects.push({ type: "attend", endpoints: Array.from(this.#sessions.values(), ({ endpoint }) => endpoint) });
    }
}
