import { after, type Duration, earliest, type Instant, instant, isDue, milliseconds, seconds } from "../base/instant.ts";
import { type IpAddress, parseIp } from "../base/ip.ts";
import { type BfdPacket, decodeBfd, encodeBfd, type ReceivedBfdPacket } from "../packet/bfd.ts";
import type { BfdEffect, BfdEndpoint, BfdPacing } from "./effects.ts";
import type { BfdEvent, ReceivedDatagram } from "./events.ts";
import type { BfdReport } from "./reports.ts";
import type { BfdSessionSettings } from "./settings.ts";
import type { BfdSessionSnapshot } from "./snapshot.ts";
import { BfdSpeaker } from "./speaker.ts";

/** An address out of its text; the text must be one. */
export function ip(text: string): IpAddress {
    const address = parseIp(text);
    if (address === undefined) {
        throw new RangeError(`no address: ${text}`);
    }
    return address;
}

/** A `bfd_instance b1` with Keepalived's defaults. */
export function sessionSettings(overrides: Partial<BfdSessionSettings> = {}): BfdSessionSettings {
    return {
        name: "b1",
        neighbor: ip("10.9.0.2"),
        isMultihop: false,
        isPassive: false,
        isAdminDown: false,
        minTx: milliseconds(10),
        minRx: milliseconds(10),
        idleTx: seconds(1),
        multiplier: 5,
        ttl: 255,
        lowestTtl: 255,
        consumers: ["vrrp", "checkers"],
        ...overrides,
    };
}

/** What a test's neighbour says where the test does not say otherwise. */
const NEIGHBOR: BfdPacket = {
    diagnostic: 0,
    state: "down",
    poll: false,
    final: false,
    controlPlaneIndependent: false,
    demand: false,
    detectMult: 3,
    myDiscriminator: 0xabcd,
    yourDiscriminator: 0,
    desiredMinTxInterval: milliseconds(20),
    requiredMinRxInterval: milliseconds(20),
    requiredMinEchoRxInterval: milliseconds(0),
};

/**
 * A speaker with a clock that stands until it is told to go on, and no chance: packets leave after the whole interval. What is to be repeated is repeated
 * for it while time passes in `run`.
 */
export class BfdBench {
    readonly speaker: BfdSpeaker;
    effects: readonly BfdEffect[] = [];
    readonly #repeated = new Map<number, { readonly pacing: BfdPacing; dueAt: Instant }>();
    #repeatsUntil: Instant = instant(0);
    #now: Instant = instant(1_000_000);

    /** @param random what chance gives, one after the other, the last one for ever; 0 is no jitter */
    constructor(random: readonly number[] = [0]) {
        let drawn = 0;
        this.speaker = new BfdSpeaker({
            random: () => random[Math.min(drawn++, random.length - 1)] ?? 0,
            digest: (algorithm, bytes) =>
                new Uint8Array(algorithm === "md5" ? 16 : 20).fill(bytes.reduce((sum, byte) => (sum * 31 + byte) & 0xff, 7)),
        });
    }

    get now(): Instant {
        return this.#now;
    }

    /** How long until the speaker wants to be woken; undefined when never. */
    get wakesIn(): number | undefined {
        const at = this.speaker.wakeAt;
        return at === undefined ? undefined : at - this.#now;
    }

    tell(event: BfdEvent): readonly BfdEffect[] {
        this.effects = this.#handle(event);
        return this.effects;
    }

    /** What is repeated for the session, if anything. */
    repeated(name = "b1"): BfdPacing | undefined {
        return this.#repeated.get(this.snapshot(name).localDiscriminator)?.pacing;
    }

    /** Lets time pass, without a wake. */
    pass(span: Duration): void {
        this.#now = after(this.#now, span);
    }

    /** Goes on to the speaker's deadline and wakes it. */
    wake(): readonly BfdEffect[] {
        this.#now = this.speaker.wakeAt ?? this.#now;
        return this.tell({ type: "wake" });
    }

    /** Wakes it at each of its deadlines until so much time has passed; all effects, and what was repeated as if it had been sent. */
    run(span: Duration): readonly BfdEffect[] {
        const end = after(this.#now, span);
        const all: BfdEffect[] = [];
        for (let at = this.#nextAt; at !== undefined && at <= end; at = this.#nextAt) {
            this.#now = instant(Math.max(at, this.#now));
            if (isDue(this.speaker.wakeAt, this.#now)) {
                all.push(...this.#handle({ type: "wake" }));
            }
            all.push(...this.#repeatDue());
        }
        this.#now = end;
        this.effects = all;
        return all;
    }

    get #nextAt(): Instant | undefined {
        const repetitions = Array.from(this.#repeated.values(), ({ dueAt }) => dueAt).filter((at) => at < this.#repeatsUntil);
        return earliest(this.speaker.wakeAt, ...repetitions);
    }

    #repeatDue(): BfdEffect[] {
        const sent: BfdEffect[] = [];
        for (const [session, one] of this.#repeated) {
            if (isDue(one.dueAt, this.#now) && this.#now < this.#repeatsUntil) {
                one.dueAt = after(this.#now, one.pacing.longest);
                sent.push({ type: "send", session, payload: one.pacing.payload });
            }
        }
        return sent;
    }

    #handle(event: BfdEvent): readonly BfdEffect[] {
        const effects = this.speaker.handle(event, this.#now);
        for (const effect of effects) {
            if (effect.type === "pace") {
                this.#repeated.set(effect.session, { pacing: effect.pacing, dueAt: after(effect.pacing.since, effect.pacing.longest) });
            } else if (effect.type === "unpace") {
                this.#repeated.delete(effect.session);
            } else if (effect.type === "vouch") {
                this.#repeatsUntil = effect.until;
            } else if (effect.type === "attend") {
                const kept = new Set(effect.endpoints.map(({ session }) => session));
                for (const session of this.#repeated.keys()) {
                    if (!kept.has(session)) {
                        this.#repeated.delete(session);
                    }
                }
            }
        }
        return effects;
    }

    configure(...sessions: readonly BfdSessionSettings[]): readonly BfdEffect[] {
        return this.tell({ type: "configure", sessions });
    }

    /** The neighbour says something. `datagram` overrides what the headers say. */
    hear(packet: Partial<BfdPacket> = {}, datagram: Partial<ReceivedDatagram> = {}): readonly BfdEffect[] {
        const whole = { yourDiscriminator: this.snapshot().localDiscriminator, ...packet };
        return this.tell({
            type: "packet",
            packet: {
                interfaceName: undefined,
                source: ip("10.9.0.2"),
                destination: ip("10.9.0.1"),
                ttl: 255,
                isMultihop: false,
                arrivedAt: this.#now,
                payload: encodeBfd({ ...NEIGHBOR, ...whole }),
                ...datagram,
            },
        });
    }

    /** Brings the session up, poll sequence included. */
    comeUp(packet: Partial<BfdPacket> = {}): void {
        this.hear({ ...packet, state: "down", yourDiscriminator: 0 });
        this.hear({ ...packet, state: "up" });
        this.hear({ ...packet, state: "up", final: true });
    }

    snapshot(name = "b1"): BfdSessionSnapshot {
        const found = this.speaker.snapshots().find((one) => one.name === name);
        if (found === undefined) {
            throw new RangeError(`no session ${name}`);
        }
        return found;
    }

    /** The packets among the effects of the last event. */
    get sent(): readonly ReceivedBfdPacket[] {
        return this.effects.flatMap((effect) => {
            const decoded = effect.type === "send" ? decodeBfd(effect.payload) : undefined;
            return decoded?.ok ? [decoded.value] : [];
        });
    }

    get reports(): readonly BfdReport[] {
        return this.effects.flatMap((effect) => (effect.type === "report" ? [effect.report] : []));
    }

    /** `b1 up`, for those that were told of. */
    get told(): readonly string[] {
        return this.effects.flatMap((effect) => (effect.type === "tell" ? [`${effect.name} ${effect.isUp ? "up" : "down"}`] : []));
    }

    get endpoints(): readonly BfdEndpoint[] | undefined {
        return this.effects.flatMap((effect) => (effect.type === "attend" ? [effect.endpoints] : [])).at(-1);
    }
}
