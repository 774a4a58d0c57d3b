import type { VirtualAddress } from "../core/address/virtual-address.ts";
import { after, centiseconds, type Instant, instant, NO_TIME, seconds } from "../core/base/instant.ts";
import { type Family, type IpAddress, ipFromBytes } from "../core/base/ip.ts";
import { vrrpLogLines } from "../core/report/log-lines.ts";
import type { SpeakerEffect } from "../core/vrrp/effects.ts";
import type { Link, SpeakerEvent } from "../core/vrrp/events.ts";
import type { VirtualRouterSettings } from "../core/vrrp/settings.ts";
import { VrrpSpeaker } from "../core/vrrp/speaker.ts";
import type { BulkLane, Clock } from "../host/world.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import { KernelAddresses } from "../io/netlink/kernel-addresses.ts";
import { OwnRemovals } from "../io/netlink/own-removals.ts";
import { Announcer } from "../io/packet/announcer.ts";

const ROUNDS = 20;
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
 * Plays takeovers that nobody sees, so that the first real one finds its code compiled: without this it would take several milliseconds from
 * the advertisement to the address, afterwards a fraction of one. The orders go to the real kernel, about an interface that does not exist.
 */
export function rehearseTakeover(system: NativeAddon, clock: Clock): void {
    const bulk: BulkLane = {
        add: (work) => {
            while (work.step() === true) {}
        },
    };
    const linkByName = () => NOWHERE;
    const addresses = new KernelAddresses({
        system,
        bulk,
        ownRemovals: new OwnRemovals(),
        linkNamed: linkByName,
        stands: () => true,
        onNews: () => {},
        onReleaseRefused: () => {},
    });
    const announcer = new Announcer({ system, clock, bulk, linkByName, isRouter: () => false, pacingOf: () => undefined });
    try {
        for (let round = 0; round < ROUNDS; round++) {
            takeOverOnce((effect) => perform(effect, addresses, announcer));
        }
    } finally {
        announcer.close();
        addresses.close();
    }
}

function perform(effect: SpeakerEffect, addresses: KernelAddresses, announcer: Announcer): void {
    switch (effect.type) {
        case "claim-addresses":
            addresses.claim(effect.router, effect.addresses);
            return;
        case "release-addresses":
            addresses.release(effect.router, effect.addresses);
            return;
        case "announce":
            announcer.announce(effect.router, effect.addresses, effect.rounds);
            return;
        case "cancel-announcements":
            announcer.cancel(effect.router);
            return;
        case "report":
            vrrpLogLines(effect.report, true);
            return;
        case "send-advertisement":
            // There is no socket for nowhere.
            return;
    }
}

/** A start as backup, the takeover, what the kernel would answer, an advertisement, the end: with one router of each family. */
function takeOverOnce(carryOut: (effect: SpeakerEffect) => void): void {
    const speaker = new VrrpSpeaker();
    const routers = [routerOf(4), routerOf(6)];
    let now: Instant = instant(0);
    const tell = (event: SpeakerEvent) => {
        for (const effect of speaker.handle(event, now)) {
            carryOut(effect);
        }
    };
    tell({ type: "configure", routers });
    tell({ type: "link", link: NOWHERE });
    for (const { address, prefixLength } of [ownAddress(4), ownAddress(6)]) {
        tell({ type: "address-added", interfaceIndex: NOWHERE.index, address, prefixLength });
    }
    tell({ type: "start" });
    now = after(now, seconds(10));
    tell({ type: "wake" });
    for (const { name, addresses } of routers) {
        tell({ type: "addresses-claimed", router: name, addresses, isLast: true });
    }
    now = after(now, seconds(10));
    tell({ type: "wake" });
    tell({ type: "stop", keepsAddresses: false });
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
