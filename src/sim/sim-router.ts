import { addressKey, type VirtualAddress } from "../core/address/virtual-address.ts";
import { after, type Instant, microseconds, milliseconds } from "../core/base/instant.ts";
import type { IpAddress } from "../core/base/ip.ts";
import type { OutgoingPacket, SpeakerEffect } from "../core/vrrp/effects.ts";
import type { Link, SpeakerEvent } from "../core/vrrp/events.ts";
import type { TransitionCause, VrrpState } from "../core/vrrp/reports.ts";
import type { VirtualRouterSettings } from "../core/vrrp/settings.ts";
import { VrrpSpeaker } from "../core/vrrp/speaker.ts";
import { Loop, type Seat } from "../host/loop.ts";
import type { Source } from "../host/world.ts";
import type { Agenda } from "./agenda.ts";

/** How long this world's kernel takes to put an address up. */
const CLAIM_TIME = microseconds(200);

const WAKE: SpeakerEvent = { type: "wake" };

/** What a router went through, for invariants and for people. */
export interface Transition {
    readonly at: Instant;
    readonly to: VrrpState;
    readonly cause: TransitionCause;
}

/** Where a router's frames go. */
export type Wire = (packet: OutgoingPacket) => void;

/** What makes a router: its settings and its place on the segment. */
export interface RouterMake {
    readonly agenda: Agenda;
    readonly wire: Wire;
    readonly settings: VirtualRouterSettings;
    readonly ownAddress: IpAddress;
    readonly link: Link;
}

/** A process that runs: what of it is gone when it dies. */
interface Process {
    readonly speaker: VrrpSpeaker;
    readonly loop: Loop;
    readonly seat: Seat<SpeakerEvent>;
    readonly inbox: Inbox;
}

/** What has reached the machine and was not heard yet; a small batch is one event, so that order and interruption are put to the test. */
class Inbox implements Source {
    readonly #waiting: SpeakerEvent[] = [];
    readonly #hear: (event: SpeakerEvent) => void;

    constructor(hear: (event: SpeakerEvent) => void) {
        this.#hear = hear;
    }

    get hasMore(): boolean {
        return this.#waiting.length > 0;
    }

    put(event: SpeakerEvent): void {
        this.#waiting.push(event);
    }

    drain(): boolean {
        const event = this.#waiting.shift();
        if (event !== undefined) {
            this.#hear(event);
        }
        return this.hasMore;
    }
}

/** One machine with a vrrp process on it: the loop and the speaker that the daemon runs, a link, and a kernel that holds addresses. */
export class SimRouter {
    readonly #make: RouterMake;
    readonly #transitions: Transition[] = [];
    readonly #addresses = new Map<string, VirtualAddress>();
    #process: Process | undefined;
    #isStalled = false;
    #isLinkUp = true;
    #armedFor: Instant | undefined;

    constructor(make: RouterMake) {
        this.#make = make;
    }

    /** Every change of state since the world began, restarts included. */
    get transitions(): readonly Transition[] {
        return this.#transitions;
    }

    /** Whether it could serve: alive, and its link has a carrier. */
    get isAble(): boolean {
        return this.#process !== undefined && this.#isLinkUp;
    }

    /** The state of its virtual router; initialize when no process runs. */
    get state(): VrrpState {
        return this.#process?.speaker.snapshots()[0]?.state ?? "initialize";
    }

    /** Whether the kernel of this machine holds the virtual address. */
    get holdsAddress(): boolean {
        return this.#addresses.size > 0;
    }

    /** The process starts on a machine without any of our addresses. */
    start(): void {
        if (this.#process !== undefined) {
            return;
        }
        const process = this.#newProcess();
        this.#process = process;
        const { settings, link, ownAddress } = this.#make;
        process.seat.tell({ type: "configure", routers: [settings] });
        process.seat.tell({ type: "link", link: this.#currentLink() });
        process.seat.tell({ type: "address-added", interfaceIndex: link.index, address: ownAddress, prefixLength: 24 });
        process.seat.tell({ type: "start" });
    }

    /** The machine is gone from one moment to the next. */
    crash(): void {
        if (this.#process !== undefined) {
            this.#forget(this.#process);
        }
    }

    /** An orderly stop. A process that gets no time cannot be stopped but by force. */
    stop(): void {
        if (this.#process !== undefined) {
            if (!this.#isStalled) {
                this.#process.seat.tell({ type: "stop", keepsAddresses: false });
            }
            this.#forget(this.#process);
        }
    }

    /** From now on the process gets no time, until `resume`. */
    stall(): void {
        this.#isStalled = this.#process !== undefined;
    }

    /** It runs again, late by as long as it was held up. */
    resume(): void {
        if (this.#isStalled) {
            this.#isStalled = false;
            this.#turn();
            this.#hear();
        }
    }

    /** The carrier comes or goes. */
    setLink(isUp: boolean): void {
        if (this.#isLinkUp !== isUp) {
            this.#isLinkUp = isUp;
            this.#deliver({ type: "link", link: this.#currentLink() });
        }
    }

    /** Somebody deletes the virtual address behind our back, where it stands. */
    deleteAddress(): void {
        for (const [key, { address, prefixLength }] of [...this.#addresses]) {
            this.#addresses.delete(key);
            this.#deliver({ type: "address-removed", interfaceIndex: this.#make.link.index, address, prefixLength, isOurs: false });
        }
    }

    /** A frame reaches the machine. */
    receive(packet: OutgoingPacket): void {
        if (this.#isLinkUp) {
            this.#deliver({ type: "packet", packet: { ...packet, interfaceIndex: this.#make.link.index } });
        }
    }

    #newProcess(): Process {
        const { agenda } = this.#make;
        const speaker = new VrrpSpeaker();
        const loop = new Loop({
            clock: agenda,
            timer: { arm: (at) => this.#arm(at) },
            scheduler: { soon: (run) => agenda.at(agenda.now(), run) },
            stallThreshold: milliseconds(1),
            onStalled: (since, lateness) => this.#process?.seat.tell({ type: "stalled", since, lateness }),
            onFailure: ({ error }) => {
                throw error;
            },
        });
        const perform = (effect: SpeakerEffect) => this.#perform(effect);
        const seat = loop.attach({ name: "vrrp", machine: speaker, wake: WAKE, perform });
        const inbox = new Inbox((event) => seat.tell(event));
        loop.addSource(inbox);
        return { speaker, loop, seat, inbox };
    }

    /** Only the latest deadline counts, and only for the process that asked for it. */
    #arm(at: Instant | undefined): void {
        this.#armedFor = at;
        if (at !== undefined) {
            this.#make.agenda.at(at, () => {
                if (this.#armedFor === at) {
                    this.#turn();
                }
            });
        }
    }

    #currentLink(): Link {
        return { ...this.#make.link, isRunning: this.#isLinkUp };
    }

    #forget(process: Process): void {
        this.#note({ type: "stop" }, "initialize");
        process.seat.leave();
        this.#process = undefined;
        this.#addresses.clear();
        this.#armedFor = undefined;
        this.#isStalled = false;
    }

    #deliver(event: SpeakerEvent): void {
        this.#process?.inbox.put(event);
        this.#hear();
    }

    /** Without a source: the timer has fired. */
    #turn(ready?: Source): void {
        if (!this.#isStalled) {
            this.#process?.loop.turn(ready);
        }
    }

    /** As long as something can be read the real loop is called again. */
    #hear(): void {
        for (let inbox = this.#process?.inbox; inbox?.hasMore === true && !this.#isStalled; inbox = this.#process?.inbox) {
            this.#turn(inbox);
        }
    }

    #perform(effect: SpeakerEffect): void {
        switch (effect.type) {
            case "send-advertisement":
                if (this.#isLinkUp) {
                    this.#make.wire(effect.packet);
                }
                return;
            case "claim-addresses":
                this.#claim(effect.router, effect.addresses);
                return;
            case "release-addresses":
                this.#release(effect.addresses);
                return;
            case "report":
                if (effect.report.type === "state-changed") {
                    this.#note(effect.report.cause, effect.report.to);
                }
                return;
            case "announce":
            case "cancel-announcements":
            case "claim-firewall":
            case "release-firewall":
            case "sync-daemon":
                // Nobody keeps a neighbour table or connections in this world.
                return;
        }
    }

    #claim(router: string, addresses: readonly VirtualAddress[]): void {
        for (const address of addresses) {
            this.#addresses.set(addressKey(address), address);
        }
        const process = this.#process;
        this.#make.agenda.at(after(this.#make.agenda.now(), CLAIM_TIME), () => {
            if (process !== undefined && this.#process === process) {
                this.#deliver({ type: "addresses-claimed", router, addresses, isLast: true });
            }
        });
    }

    #release(addresses: readonly VirtualAddress[]): void {
        const interfaceIndex = this.#make.link.index;
        for (const wanted of addresses) {
            const { address, prefixLength } = wanted;
            if (this.#addresses.delete(addressKey(wanted))) {
                this.#process?.inbox.put({ type: "address-removed", interfaceIndex, address, prefixLength, isOurs: true });
            }
        }
    }

    #note(cause: TransitionCause, to: VrrpState): void {
        this.#transitions.push({ at: this.#make.agenda.now(), to, cause });
    }
}
