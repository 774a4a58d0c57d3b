import type { VirtualAddress } from "../core/address/virtual-address.ts";
import { after, centiseconds, type Instant, instant, NO_TIME, seconds } from "../core/base/instant.ts";
import { type Family, type IpAddress, ipFromBytes } from "../core/base/ip.ts";
import { vrrpLogLines } from "../core/report/log-lines.ts";
import type { SpeakerEffect } from "../core/vrrp/effects.ts";
import type { Link, SpeakerEvent } from "../core/vrrp/events.ts";
import type { VirtualRouterSettings } from "../core/vrrp/settings.ts";
import { VrrpSpeaker } from "../core/vrrp/speaker.ts";
import { Loop, type Seat } from "../host/loop.ts";
import type { Clock } from "../host/world.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import { check } from "../io/native/sys.ts";
import { KernelAddresses } from "../io/netlink/kernel-addresses.ts";
import { OwnRemovals } from "../io/netlink/own-removals.ts";
import { Announcer } from "../io/packet/announcer.ts";
import { PacketReader } from "../io/packet/packet-reader.ts";
import { PacketWriter } from "../io/packet/packet-writer.ts";
import { VrrpChannel } from "../io/packet/vrrp-channel.ts";

const ROUNDS = 20;

const WAKE: SpeakerEvent = { type: "wake" };

/** What the routers of the rehearsal track. */
const PATH = { kind: "bfd", name: "rehearsal" } as const;

/** No kernel has an interface of this index: every order about it is refused, after all of our own code has run. */
const NOWHERE: Link = {
    index: 0x7fff_fff0,
    name: "nowhere",
    isUp: true,
    isRunning: true,
    isMulticast: true,
    isLoopback: false,
    isNoArp: false,
    mtu: 1500,
    mac: Uint8Array.of(2, 0, 0, 0, 0, 1),
};

/**
 * Plays takeovers that nobody sees, so that a real one finds its code compiled and at hand: without this it would take several milliseconds from
 * the deadline to the advertisement and the address, afterwards a fraction of one. It is the real loop and the real ports, with a clock that is set
 * by hand; the orders go to the real kernel, about an interface that does not exist, and the advertisements to a socket of which nobody reads the
 * other end.
 */
export class Rehearsal {
    #now: Instant = instant(0);
    readonly #system: NativeAddon;
    readonly #farEnd: number;
    readonly #understudy: Seat<SpeakerEvent>;
    #isBrief = false;
    readonly #loop: Loop;
    readonly #channel: VrrpChannel;
    readonly #addresses: KernelAddresses;
    readonly #announcer: Announcer;

    /** Plays a number of takeovers at once, the first of which are slow. @throws Error when the kernel gives no sockets */
    constructor(system: NativeAddon) {
        const ends = new Int32Array(2);
        check(system, system.socketpair(system.constants.AF_UNIX, system.constants.SOCK_DGRAM, 0, ends), "socketpair");
        const [nearEnd = -1, farEnd = -1] = ends;
        this.#system = system;
        this.#farEnd = farEnd;
        const clock: Clock = { now: () => this.#now };
        const linkByName = () => NOWHERE;
        const nothing = () => {};
        this.#loop = new Loop({
            clock,
            timer: { arm: nothing },
            scheduler: { soon: (run) => run() },
            stallThreshold: seconds(1_000),
            onStalled: nothing,
            onFailure: nothing,
        });
        const reader = new PacketReader(system, clock);
        const writer = new PacketWriter(system);
        const purpose = { interfaceIndex: NOWHERE.index, interfaceName: NOWHERE.name, family: 4 as const };
        this.#channel = new VrrpChannel(
            { system, reader, writer, onPacket: nothing, onReady: nothing, onTrouble: nothing },
            purpose,
            nearEnd,
            undefined,
        );
        this.#addresses = new KernelAddresses({
            system,
            bulk: this.#loop.bulk,
            ownRemovals: new OwnRemovals(),
            linkNamed: linkByName,
            stands: () => true,
            onStanding: nothing,
            onNews: nothing,
            onReleaseRefused: nothing,
        });
        this.#announcer = new Announcer({
            system,
            clock,
            bulk: this.#loop.bulk,
            linkByName,
            isRouter: () => false,
            pacingOf: () => undefined,
        });
        this.#loop.addSource(this.#channel);
        this.#loop.addOutlet({ flush: () => this.#channel.flush() });
        for (let round = 0; round < ROUNDS; round++) {
            this.play();
        }
        this.#understudy = this.#cast([routerOf(4)]);
    }

    /** The last steps before a takeover's advertisement once more, and no others: takes less than a millisecond. */
    warmUp(): void {
        this.#isBrief = true;
        this.#pass();
        this.#understudy.tell({ type: "stop", keepsAddresses: true });
        this.#understudy.tell({ type: "start" });
        this.#isBrief = false;
    }

    /** The steps from the news that a tracked path is dead to the last advertisement, and no others: takes less than a millisecond. */
    warmUpFault(): void {
        this.#isBrief = true;
        this.#pass();
        this.#fail(this.#understudy);
        this.#isBrief = false;
    }

    /** A start as backup, the takeover, what the kernel would answer, an advertisement, a fault, the end: with one router of each family. */
    play(): void {
        const routers = [routerOf(4), routerOf(6)];
        const seat = this.#cast(routers);
        this.#pass();
        for (const { name, addresses } of routers) {
            seat.tell({ type: "addresses-claimed", router: name, addresses, isLast: true });
        }
        this.#pass();
        this.#fail(seat);
        seat.tell({ type: "stop", keepsAddresses: false });
        seat.leave();
    }

    close(): void {
        this.#announcer.close();
        this.#addresses.close();
        this.#channel.close();
        this.#system.close(this.#farEnd);
    }

    /** A speaker that has started as backup. */
    #cast(routers: readonly VirtualRouterSettings[]): Seat<SpeakerEvent> {
        const perform = (effect: SpeakerEffect) => this.#perform(effect);
        const seat = this.#loop.attach({ name: "rehearsal", machine: new VrrpSpeaker(), wake: WAKE, perform });
        seat.tell({ type: "configure", routers });
        seat.tell({ type: "link", link: NOWHERE });
        for (const { address, prefixLength } of [ownAddress(4), ownAddress(6)]) {
            seat.tell({ type: "address-added", interfaceIndex: NOWHERE.index, address, prefixLength });
        }
        seat.tell({ type: "tracker", ...PATH, status: { type: "up" } });
        seat.tell({ type: "start" });
        return seat;
    }

    /** What is tracked is lost, and there again. */
    #fail(seat: Seat<SpeakerEvent>): void {
        seat.tell({ type: "tracker", ...PATH, status: { type: "down" } });
        seat.tell({ type: "tracker", ...PATH, status: { type: "up" } });
    }

    /** Ten seconds later the timer fires. */
    #pass(): void {
        this.#now = after(this.#now, seconds(10));
        this.#loop.turn();
    }

    #perform(effect: SpeakerEffect): void {
        if (effect.type === "send-advertisement") {
            this.#channel.send(effect.packet);
        } else if (!this.#isBrief) {
            this.#performSlowly(effect);
        }
    }

    #performSlowly(effect: Exclude<SpeakerEffect, { readonly type: "send-advertisement" }>): void {
        switch (effect.type) {
            case "claim-addresses":
                this.#addresses.claim(effect.router, effect.addresses);
                return;
            case "release-addresses":
                this.#addresses.release(effect.router, effect.addresses);
                return;
            case "announce":
                this.#announcer.announce(effect.router, effect.addresses, effect.rounds);
                return;
            case "cancel-announcements":
                this.#announcer.cancel(effect.router);
                return;
            case "claim-firewall":
            case "release-firewall":
            case "sync-daemon":
                // Not worth a rehearsal: the router in it has none of these.
                return;
            case "report":
                vrrpLogLines(effect.report, true);
                return;
        }
    }
}

function ip4(last: number): IpAddress {
    return ipFromBytes(Uint8Array.of(192, 0, 2, last));
}

function ip6(last: number): IpAddress {
    return ipFromBytes(Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last));
}

function ownAddress(family: Family): { readonly address: IpAddress; readonly prefixLength: number } {
    return family === 4 ? { address: ip4(1), prefixLength: 24 } : { address: ip6(1), prefixLength: 64 };
}

function virtualAddress(family: Family): VirtualAddress {
    const address = family === 4 ? ip4(100) : ip6(100);
    return { address, prefixLength: family === 4 ? 32 : 128, interfaceName: NOWHERE.name, scope: 0, flags: 0, isTracked: true };
}

function routerOf(family: Family): VirtualRouterSettings {
    const group6 = Uint8Array.of(0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12);
    return {
        name: `rehearsal ${family}`,
        vrid: 1,
        version: 3,
        family,
        interfaceName: NOWHERE.name,
        priority: 100,
        wantsMaster: false,
        advertisementInterval: centiseconds(100),
        downTimerAdverts: 3,
        preempt: true,
        preemptDelay: NO_TIME,
        accept: true,
        startupDelay: NO_TIME,
        authentication: { type: "none" },
        checksum: "standard",
        destination: { type: "multicast", group: ipFromBytes(family === 4 ? Uint8Array.of(224, 0, 0, 18) : group6) },
        tracksSourceAddress: false,
        tracksInterface: true,
        trackers: [{ ...PATH, weight: 0, isReversed: false }],
        addresses: [virtualAddress(family)],
        excludedAddresses: [],
        announcements: {
            masterRepeat: 5,
            masterDelay: seconds(5),
            refresh: NO_TIME,
            refreshRepeat: 1,
            lowerPriorityRepeat: 5,
            lowerPriorityDelay: seconds(5),
        },
        lowerPriorityNoAdvert: false,
        higherPrioritySendAdvert: false,
        ownerIgnoresAdverts: false,
        checksAddressesOnce: false,
        checksUnicastSource: false,
        faultWithoutPeers: false,
        strict: false,
    };
}
