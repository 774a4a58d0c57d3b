import { addressKey, type VirtualAddress } from "../core/address/virtual-address.ts";
import { after, type Instant, microseconds, milliseconds } from "../core/base/instant.ts";
import type { OutgoingPacket, SpeakerEffect } from "../core/vrrp/effects.ts";
import type { Link, SpeakerEvent } from "../core/vrrp/events.ts";
import type { TransitionCause, VrrpState } from "../core/vrrp/reports.ts";
import type { VirtualRouterSnapshot } from "../core/vrrp/snapshot.ts";
import { VrrpSpeaker } from "../core/vrrp/speaker.ts";
import { Loop, type Seat } from "../host/loop.ts";
import type { Source } from "../host/world.ts";
import { Inbox } from "./inbox.ts";
import { type RouterMake, type Standpoint, TRACKED_SCRIPT } from "./router-make.ts";

/** The priority of a router to whom the addresses belong. */
const OWNER = 255;

/** How long this world's kernel takes to put an address up. */
const CLAIM_TIME = microseconds(200);

const WAKE: SpeakerEvent = { type: "wake" };

/** What a router went through, for invariants and for people. */
export interface Transition {
    readonly at: Instant;
    /** Which of its virtual routers. */
    readonly router: string;
    readonly to: VrrpState;
    readonly cause: TransitionCause;
}

/** A process that runs: what of it is gone when it dies. */
interface Process {
    readonly speaker: VrrpSpeaker;
    readonly loop: Loop;
    readonly seat: Seat<SpeakerEvent>;
    readonly inbox: Inbox;
}

/** One machine with a vrrp process on it: the loop and the speaker that the daemon runs, a link, and a kernel that holds addresses. */
export class SimRouter {
    readonly #make: RouterMake;
    readonly #transitions: Transition[] = [];
    readonly #addresses = new Map<string, VirtualAddress>();
    #process: Process | undefined;
    #isStalled = false;
    readonly #deadLinks = new Set<number>();
    #isTrackerUp = true;
    /** What a process knew that died alone. */
    #lastWords: readonly VirtualRouterSnapshot[] = [];
    /** What the configuration says now, where it is not what it said first. */
    #priority: number | undefined;
    #armedFor: Instant | undefined;

    constructor(make: RouterMake) {
        this.#make = make;
    }

    /** Every change of state since the world began, restarts included. */
    get transitions(): readonly Transition[] {
        return this.#transitions;
    }

    /** Whether it could serve: alive, and its links have a carrier. */
    get isAble(): boolean {
        return this.#process !== undefined && this.#deadLinks.size === 0;
    }

    /** The state of its virtual router on a segment; initialize when no process runs. */
    stateOn(segment: number): VrrpState {
        return this.#process?.speaker.snapshots()[segment]?.state ?? "initialize";
    }

    /** Whether the kernel of this machine holds the virtual address of a segment. */
    holdsAddressOn(segment: number): boolean {
        const address = this.#make.standpoints[segment]?.settings.addresses[0];
        return address !== undefined && this.#addresses.has(addressKey(address));
    }

    /** The process starts on a machine without any of our addresses. */
    start(): void {
        if (this.#process !== undefined) {
            return;
        }
        const process = this.#newProcess();
        this.#process = process;
        const { standpoints, agenda, firstResultAfter } = this.#make;
        process.seat.tell(this.#configuration);
        process.seat.tell({ type: "restore", snapshots: this.#lastWords });
        this.#lastWords = [];
        for (const [segment, { link, ownAddress }] of standpoints.entries()) {
            process.seat.tell({ type: "link", link: this.#currentLink(segment) });
            process.seat.tell({ type: "address-added", interfaceIndex: link.index, address: ownAddress, prefixLength: 24 });
        }
        for (const { address, prefixLength, interfaceName } of this.#addresses.values()) {
            process.seat.tell({ type: "address-added", interfaceIndex: this.#indexOf(interfaceName), address, prefixLength });
        }
        process.seat.tell({ type: "start" });
        agenda.at(after(agenda.now(), firstResultAfter), () => {
            if (this.#process === process) {
                this.#tellTracker();
            }
        });
    }

    /** The machine is gone from one moment to the next. */
    crash(): void {
        if (this.#process !== undefined) {
            this.#forget(this.#process);
        }
        this.#addresses.clear();
        this.#lastWords = [];
    }

    /** The process is gone, and what it knew is kept; the machine's kernel holds what it held. */
    die(): void {
        if (this.#process !== undefined) {
            this.#lastWords = this.#process.speaker.snapshots();
            this.#forget(this.#process);
        }
    }

    /** The configuration is read again. @param priority another one; undefined for what it was at first */
    reload(priority: number | undefined): void {
        this.#priority = priority;
        this.#deliver(this.#configuration);
    }

    /** An orderly stop. A process that gets no time cannot be stopped but by force. */
    stop(): void {
        if (this.#process !== undefined) {
            if (!this.#isStalled) {
                this.#process.seat.tell({ type: "stop", keepsAddresses: false });
            }
            this.#forget(this.#process);
            this.#addresses.clear();
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

    /** The carrier of a segment comes or goes. */
    setLink(segment: number, isUp: boolean): void {
        if (this.#deadLinks.has(segment) === isUp) {
            this.#deadLinks[isUp ? "delete" : "add"](segment);
            this.#deliver({ type: "link", link: this.#currentLink(segment) });
        }
    }

    /** The tracked script succeeds or fails from now on. */
    setTracker(isUp: boolean): void {
        this.#isTrackerUp = isUp;
        this.#tellTracker();
    }

    /** Somebody deletes the virtual addresses behind our back, where they stand. */
    deleteAddress(): void {
        for (const [key, { address, prefixLength, interfaceName }] of [...this.#addresses]) {
            this.#addresses.delete(key);
            const interfaceIndex = this.#indexOf(interfaceName);
            this.#deliver({ type: "address-removed", interfaceIndex, address, prefixLength, isOurs: false });
        }
    }

    /** A frame reaches the machine from a segment. */
    receive(segment: number, packet: OutgoingPacket): void {
        const link = this.#make.standpoints[segment]?.link;
        if (link !== undefined && !this.#deadLinks.has(segment)) {
            this.#deliver({ type: "packet", packet: { ...packet, interfaceIndex: link.index } });
        }
    }

    get #configuration(): SpeakerEvent {
        const routers = this.#make.standpoints.map(({ settings }) =>
            this.#priority === undefined || settings.priority === OWNER ? settings : { ...settings, priority: this.#priority },
        );
        const members = routers.map(({ name }) => name);
        return { type: "configure", routers, groups: members.length > 1 ? [{ name: "VG_1", members }] : [] };
    }

    #tellTracker(): void {
        this.#deliver({ type: "tracker", kind: "script", name: TRACKED_SCRIPT, status: { type: this.#isTrackerUp ? "up" : "down" } });
    }

    #indexOf(interfaceName: string): number {
        return this.#make.standpoints.find(({ link }) => link.name === interfaceName)?.link.index ?? 0;
    }

    #newProcess(): Process {
        const { agenda } = this.#make;
        const speaker = new VrrpSpeaker();
        const loop = new Loop({
            clock: agenda,
            timer: { arm: (at) => this.#arm(at) },
            scheduler: { soon: (run) => agenda.at(agenda.now(), run) },
            stallThreshold: milliseconds(1),
            onStalled: ({ since, lateness }) => this.#process?.seat.tell({ type: "stalled", since, lateness }),
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

    #currentLink(segment: number): Link {
        const { link } = this.#make.standpoints[segment] as Standpoint;
        return { ...link, isRunning: !this.#deadLinks.has(segment) };
    }

    #forget(process: Process): void {
        for (const { settings } of this.#make.standpoints) {
            this.#note(settings.name, { type: "stop" }, "initialize");
        }
        process.seat.leave();
        this.#process = undefined;
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
                this.#send(effect.packet);
                return;
            case "claim-addresses":
                this.#claim(effect.router, effect.addresses);
                return;
            case "release-addresses":
                this.#release(effect.addresses);
                return;
            case "report":
                if (effect.report.type === "state-changed") {
                    this.#note(effect.report.router, effect.report.cause, effect.report.to);
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
        for (const wanted of addresses) {
            const { address, prefixLength, interfaceName } = wanted;
            const interfaceIndex = this.#indexOf(interfaceName);
            if (this.#addresses.delete(addressKey(wanted))) {
                this.#process?.inbox.put({ type: "address-removed", interfaceIndex, address, prefixLength, isOurs: true });
            }
        }
    }

    #send(packet: OutgoingPacket): void {
        const segment = this.#make.standpoints.findIndex(({ link }) => link.index === packet.interfaceIndex);
        if (!this.#deadLinks.has(segment)) {
            this.#make.standpoints[segment]?.wire(packet);
        }
    }

    #note(router: string, cause: TransitionCause, to: VrrpState): void {
        this.#transitions.push({ at: this.#make.agenda.now(), router, to, cause });
    }
}
