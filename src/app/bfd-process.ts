import { createHash } from "node:crypto";
import { milliseconds } from "../core/base/instant.ts";
import { unreachable } from "../core/base/result.ts";
import type { BfdEffect } from "../core/bfd/effects.ts";
import type { BfdEvent } from "../core/bfd/events.ts";
import type { BfdReport } from "../core/bfd/reports.ts";
import type { BfdConsumer } from "../core/bfd/settings.ts";
import type { BfdSessionSnapshot } from "../core/bfd/snapshot.ts";
import { BfdSpeaker } from "../core/bfd/speaker.ts";
import { bfdLogLines } from "../core/report/bfd-log-lines.ts";
import type { LoopHealth } from "../core/supervise/loop-health.ts";
import type { LogLine } from "../core/supervise/messages.ts";
import type { BfdProcessSettings } from "../core/supervise/process-settings.ts";
import { failureText } from "../host/failures.ts";
import { Loop, type Seat } from "../host/loop.ts";
import { BfdPort } from "../io/bfd/bfd-port.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import { autoPriorityOf } from "../io/system/auto-priority.ts";
import { ImmediateScheduler } from "../io/time/immediate-scheduler.ts";
import { KernelTimer } from "../io/time/kernel-timer.ts";
import { MonotonicClock } from "../io/time/monotonic-clock.ts";
import { anticipation } from "./anticipation.ts";
import { BfdRehearsal } from "./bfd-rehearsal.ts";
import { HoldUps } from "./hold-ups.ts";
import { Practice } from "./practice.ts";
import { RandomFractions } from "./random-fractions.ts";

/** A loop that is this late has stood still: that is said, since the end of a path is noticed that much later. */
const STALL = milliseconds(20);

/** More batches than a socket's buffer has room for: whoever is held up while hundreds of sessions go on must hear them all before he judges one. */
const WHOLE_BACKLOG = 256;

/** No session's discriminator: RFC 5880 §6.8.1. */
const NOBODY = 0;

/** Whom the process tells what. */
export interface BfdProcessListeners {
    readonly onLog: (line: LogLine) => void;
    /** A session came up or went down. Told before anything is logged. */
    readonly onChange: (name: string, isUp: boolean, consumers: readonly BfdConsumer[]) => void;
    /** A session will go down within milliseconds unless its neighbour is heard. */
    readonly onForeboding: (consumers: readonly BfdConsumer[]) => void;
    /** What sessions know of which something was reported, or that a successor has to know. */
    readonly onSnapshots: (snapshots: readonly BfdSessionSnapshot[]) => void;
}

/** The bfd process put together: the speaker, its loop, and Linux behind both. */
export class BfdProcess {
    readonly #listeners: BfdProcessListeners;
    /** Discriminators are made of it, too. */
    readonly #fractions = new RandomFractions();
    readonly #speaker = new BfdSpeaker({ random: () => this.#fractions.next(), digest: digestOf });
    readonly #rehearsal = new BfdRehearsal();
    readonly #practice: Practice;
    readonly #loop: Loop;
    readonly #holdUps: HoldUps;
    readonly #timer: KernelTimer;
    readonly #port: BfdPort;
    readonly #seat: Seat<BfdEvent>;
    readonly #reports: BfdReport[] = [];
    /** The discriminators of sessions of which the parent is to know more than it does. */
    readonly #unkept = new Set<number>();
    #settings: BfdProcessSettings;

    /** Opens nothing yet: see `start`. */
    constructor(system: NativeAddon, settings: BfdProcessSettings, listeners: BfdProcessListeners) {
        const clock = new MonotonicClock(system);
        this.#settings = settings;
        this.#listeners = listeners;
        const autoPriority = autoPriorityOf(system, settings.scheduling, (text) => this.#warn(text));
        this.#timer = new KernelTimer(system, () => this.#loop.turn());
        this.#holdUps = new HoldUps({ clock, log: (line) => listeners.onLog(line) });
        this.#loop = new Loop({
            clock,
            timer: this.#timer,
            scheduler: new ImmediateScheduler(),
            stallThreshold: STALL,
            backlog: WHOLE_BACKLOG,
            ...this.#holdUps.loopSettings,
            onStalled: (stall) => {
                autoPriority?.late(stall.lateness);
                this.#holdUps.stalled(stall);
            },
            anticipation: anticipation(() => this.#prepare()),
            onFailure: (failure) => this.#warn(failureText(failure)),
        });
        this.#port = new BfdPort({
            system,
            clock,
            onPacket: (packet) => this.#seat.tell({ type: "packet", packet }),
            onPortTaken: (session) => this.#seat.tell({ type: "port-taken", session }),
            onPacingRefused: (session) => this.#seat.tell({ type: "pacing-refused", session }),
            onReady: (source) => this.#loop.turn(source),
            onTrouble: (text) => listeners.onLog({ level: "error", text }),
        });
        this.#seat = this.#loop.attach<BfdEvent, BfdEffect>({
            name: "bfd",
            machine: this.#speaker,
            wake: { type: "wake" },
            isUrgent: () => this.#speaker.isDetectionNext,
            perform: (effect) => this.#perform(effect),
        });
        this.#loop.addSource(this.#port);
        // Behind the packets and the news of the turn: nothing that is only to be read may hold them up.
        this.#loop.addOutlet({ flush: () => this.#tellReports() });
        this.#loop.addOutlet(this.#holdUps);
        this.#practice = new Practice(clock, this.#loop, () => this.#rehearse());
        this.#loop.bulk.add(this.#practice);
    }

    /** Begins, where a predecessor left off if there was one. */
    start(predecessors: readonly BfdSessionSnapshot[]): void {
        this.#seat.tell({ type: "restore", snapshots: predecessors });
        this.#seat.tell({ type: "configure", sessions: this.#settings.sessions });
    }

    /** Takes new settings on; what did not change is not touched. */
    reconfigure(settings: BfdProcessSettings): void {
        this.#settings = settings;
        this.#seat.tell({ type: "configure", sessions: settings.sessions });
    }

    /** A process that follows sessions has come to work. */
    introduce(consumer: BfdConsumer): void {
        this.#seat.tell({ type: "consumer-ready", consumer });
    }

    /** What all sessions know now. */
    snapshots(): BfdSessionSnapshot[] {
        return this.#speaker.snapshots().map((snapshot) => this.#whole(snapshot));
    }

    /** How punctual this process is. */
    get health(): LoopHealth {
        return { lateness: this.#loop.lateness, heldUp: this.#holdUps.counts };
    }

    /** Leaves in silence, as Keepalived does: neighbours find out by themselves, and a successor that comes soon enough is not noticed. */
    stop(): void {
        this.#seat.leave();
        this.#practice.close();
        this.#port.close();
        this.#timer.close();
        this.#holdUps.close();
    }

    /** Whoever is to be told wakes up and prepares at the same time. */
    #prepare(): void {
        this.#listeners.onForeboding(this.#speaker.nextToBeTold);
        this.#rehearse();
    }

    /** A path dies that is none, up to the last packet, which leads nowhere. */
    #rehearse(): void {
        for (const effect of this.#rehearsal.play()) {
            if (effect.type === "unpace" || effect.type === "send") {
                this.#perform({ ...effect, session: NOBODY });
            }
        }
    }

    #perform(effect: BfdEffect): void {
        switch (effect.type) {
            case "send":
                this.#port.send(effect.session, effect.payload);
                return;
            case "pace":
                this.#port.pace(effect.session, effect.pacing);
                return;
            case "unpace":
                this.#port.unpace(effect.session);
                return;
            case "vouch":
                this.#port.vouch(effect.until);
                return;
            case "keep":
                this.#unkept.add(effect.session);
                return;
            case "tell":
                this.#listeners.onChange(effect.name, effect.isUp, effect.consumers);
                return;
            case "attend":
                this.#port.attend(effect.endpoints);
                return;
            case "report":
                this.#reports.push(effect.report);
                return;
            default:
                unreachable(effect);
        }
    }

    #tellReports(): void {
        if (this.#reports.length + this.#unkept.size === 0) {
            return;
        }
        const reports = this.#reports.splice(0);
        for (const line of reports.flatMap((report) => bfdLogLines(report, this.#settings.logDetail))) {
            this.#listeners.onLog(line);
        }
        const names = new Set(reports.flatMap(({ session }) => session ?? []));
        const changed = this.#speaker.snapshots(
            ({ settings, discriminator }) => names.has(settings.name) || this.#unkept.has(discriminator),
        );
        this.#unkept.clear();
        this.#listeners.onSnapshots(changed.map((snapshot) => this.#whole(snapshot)));
    }

    /** Counts what a thread sent, too. */
    #whole(snapshot: BfdSessionSnapshot): BfdSessionSnapshot {
        const { counters, localDiscriminator } = snapshot;
        return { ...snapshot, counters: { ...counters, sent: counters.sent + this.#port.repeatedBy(localDiscriminator) } };
    }

    #warn(text: string): void {
        this.#listeners.onLog({ level: "warning", text });
    }
}

function digestOf(algorithm: "md5" | "sha1", bytes: Uint8Array): Uint8Array {
    return createHash(algorithm).update(bytes).digest();
}
