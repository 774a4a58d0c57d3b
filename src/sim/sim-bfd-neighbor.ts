import { after, type Instant, instant, microseconds } from "../core/base/instant.ts";
import type { IpAddress } from "../core/base/ip.ts";
import type { BfdEffect, BfdPacing } from "../core/bfd/effects.ts";
import type { BfdEvent } from "../core/bfd/events.ts";
import type { BfdSessionSettings } from "../core/bfd/settings.ts";
import type { BfdSessionSnapshot } from "../core/bfd/snapshot.ts";
import { BfdSpeaker } from "../core/bfd/speaker.ts";
import type { Agenda } from "./agenda.ts";
import type { SeededRandom } from "./random.ts";

/** A control packet on the simulated wire. */
export interface SimDatagram {
    readonly source: IpAddress;
    readonly destination: IpAddress;
    readonly payload: Uint8Array;
}

/** What one end of a session is made of. */
export interface SimBfdPlan {
    readonly agenda: Agenda;
    readonly random: SeededRandom;
    readonly settings: BfdSessionSettings;
    readonly address: IpAddress;
    readonly wire: (datagram: SimDatagram) => void;
}

/** One end of a session, living on the agenda's time. */
export class SimBfdNeighbor {
    /** When it was told to be up and down, in order. */
    readonly history: { readonly at: Instant; readonly isUp: boolean }[] = [];
    readonly #plan: SimBfdPlan;
    #speaker: BfdSpeaker | undefined;
    /** What is repeated without the speaker, and until when. */
    #pacing: BfdPacing | undefined;
    #pacesUntil = instant(0);
    #pacedAt = instant(0);
    #isHung = false;
    /** What its parent has been told. */
    #kept: readonly BfdSessionSnapshot[] = [];
    /** Counts lives: what an earlier one has put on the agenda means nothing. */
    #life = 0;

    constructor(plan: SimBfdPlan) {
        this.#plan = plan;
    }

    /** Begins, where a predecessor left off if there was one. */
    start(predecessors: readonly BfdSessionSnapshot[] = []): void {
        this.#life += 1;
        this.#pacing = undefined;
        this.#isHung = false;
        this.#speaker = new BfdSpeaker({
            random: () => this.#plan.random.fraction(),
            digest: (algorithm) => new Uint8Array(algorithm === "md5" ? 16 : 20),
        });
        this.#tell({ type: "restore", snapshots: predecessors });
        this.configure(this.#plan.settings);
    }

    configure(settings: BfdSessionSettings): void {
        this.#tell({ type: "configure", sessions: [settings] });
    }

    /** Dies without a word, and answers with what it had told its parent before. */
    crash(): readonly BfdSessionSnapshot[] {
        this.#speaker = undefined;
        this.#pacing = undefined;
        this.#life += 1;
        return this.#kept;
    }

    /** Hears nothing and does nothing any more, as a process does that computes without end; what is repeated without it goes on. */
    hang(): void {
        this.#isHung = true;
    }

    get snapshot(): BfdSessionSnapshot | undefined {
        return this.#speaker?.snapshots()[0];
    }

    receive({ source, destination, payload }: SimDatagram): void {
        const arrivedAt = this.#plan.agenda.now();
        const header = { interfaceName: undefined, ttl: 255, isMultihop: false };
        this.#tell({ type: "packet", packet: { ...header, source, destination, payload, arrivedAt } });
    }

    #tell(event: BfdEvent): void {
        const { agenda } = this.#plan;
        if (this.#isHung) {
            return;
        }
        const effects = this.#speaker?.handle(event, agenda.now()) ?? [];
        for (const effect of effects) {
            this.#perform(effect);
        }
        if (event.type === "configure" || effects.some(({ type }) => type === "report" || type === "keep")) {
            this.#kept = this.#speaker?.snapshots() ?? [];
        }
        const [at, life] = [this.#speaker?.wakeAt, this.#life];
        if (at !== undefined) {
            agenda.at(at, () => this.#wake(at, life));
        }
    }

    /** Only the deadline that is still the earliest is served. */
    #wake(at: Instant, life: number): void {
        if (life === this.#life && this.#speaker?.wakeAt === at) {
            this.#tell({ type: "wake" });
        }
    }

    /** Repeats a packet until something else is to be repeated, or nobody vouches for it any more. */
    #repeat(pacing: BfdPacing, since: Instant): void {
        const { agenda, random } = this.#plan;
        const wait = microseconds(pacing.shortest + random.fraction() * (pacing.longest - pacing.shortest));
        agenda.at(after(since, wait), () => {
            if (this.#pacing === pacing && agenda.now() < this.#pacesUntil) {
                this.#send(pacing.payload);
                this.#pacedAt = agenda.now();
                this.#repeat(pacing, agenda.now());
            }
        });
    }

    #send(payload: Uint8Array): void {
        const { address, settings, wire } = this.#plan;
        wire({ source: address, destination: settings.neighbor, payload });
    }

    #perform(effect: BfdEffect): void {
        const { agenda } = this.#plan;
        if (effect.type === "send") {
            this.#send(effect.payload);
        } else if (effect.type === "pace") {
            this.#pacing = effect.pacing;
            this.#repeat(effect.pacing, instant(Math.max(effect.pacing.since, this.#pacedAt)));
        } else if (effect.type === "unpace") {
            this.#pacing = undefined;
        } else if (effect.type === "vouch") {
            this.#pacesUntil = effect.until;
        } else if (effect.type === "tell") {
            this.history.push({ at: agenda.now(), isUp: effect.isUp });
        }
    }
}
