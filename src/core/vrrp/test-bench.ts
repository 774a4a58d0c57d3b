import type { VirtualAddress } from "../address/virtual-address.ts";
import { type Instant, instant, milliseconds, NO_TIME, seconds } from "../base/instant.ts";
import { type IpAddress, parseIp } from "../base/ip.ts";
import { type Advertisement, encodeVrrp, VRRP_GROUP_IPV4, VRRP_GROUP_IPV6 } from "../packet/vrrp.ts";
import type { SpeakerEffect } from "./effects.ts";
import type { Link, ReceivedPacket, SpeakerEvent } from "./events.ts";
import type { VrrpReport } from "./reports.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import { VrrpSpeaker } from "./speaker.ts";

/** An address out of its text; the text must be one. */
export function ip(text: string): IpAddress {
    const address = parseIp(text);
    if (address === undefined) {
        throw new RangeError(`no address: ${text}`);
    }
    return address;
}

/** A virtual address on eth0. */
export function virtualAddress(text: string, overrides: Partial<VirtualAddress> = {}): VirtualAddress {
    const address = ip(text);
    const prefixLength = address.family === 4 ? 32 : 128;
    return { address, prefixLength, interfaceName: "eth0", scope: 0, flags: 0, isTracked: true, ...overrides };
}

/** A `vrrp_instance VI_1` with Keepalived's defaults: version 2, VRID 51, priority 100, one address. */
export function routerSettings(overrides: Partial<VirtualRouterSettings> = {}): VirtualRouterSettings {
    return {
        name: "VI_1",
        vrid: 51,
        version: 2,
        family: 4,
        interfaceName: "eth0",
        priority: 100,
        wantsMaster: false,
        advertisementInterval: seconds(1),
        downTimerAdverts: 3,
        preempt: true,
        preemptDelay: NO_TIME,
        accept: true,
        startupDelay: NO_TIME,
        authentication: { type: "none" },
        checksum: "auto",
        destination: { type: "multicast", group: overrides.family === 6 ? VRRP_GROUP_IPV6 : VRRP_GROUP_IPV4 },
        tracksSourceAddress: false,
        tracksInterface: true,
        addresses: [virtualAddress(overrides.family === 6 ? "fe80::5e:99" : "10.77.9.9")],
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
        ...overrides,
    };
}

/** eth0, up and running. */
export function link(overrides: Partial<Link> = {}): Link {
    return {
        index: 2,
        name: "eth0",
        isUp: true,
        isRunning: true,
        isMulticast: true,
        isLoopback: false,
        isNoArp: false,
        mtu: 1500,
        ...overrides,
    };
}

/** What a peer says that has the same settings but for what is given. */
export function advertisementFrom(settings: VirtualRouterSettings, source: string, overrides: Partial<Advertisement> = {}): ReceivedPacket {
    const advertisement: Advertisement = {
        version: settings.version,
        family: settings.family,
        vrid: settings.vrid,
        priority: 100,
        interval: settings.advertisementInterval,
        addresses: settings.addresses.map((address) => address.address),
        ...(settings.authentication.type === "pass" && { password: settings.authentication.password }),
        ...overrides,
    };
    const destination = settings.destination.type === "multicast" ? settings.destination.group : ip("10.77.0.1");
    const ends = { source: ip(source), destination };
    const hasPseudoHeader = advertisement.version === 3 || settings.family === 6;
    return {
        interfaceIndex: 2,
        family: settings.family,
        protocol: 112,
        ttl: 255,
        payload: encodeVrrp(advertisement, hasPseudoHeader ? ends : undefined),
        ...ends,
    };
}

/** A speaker on a machine with eth0 (10.77.0.1, fe80::1), and a clock that goes as far as it is told. */
export class SpeakerBench {
    readonly speaker = new VrrpSpeaker();
    /** What it was configured with last. */
    settings: VirtualRouterSettings;
    #now: Instant;

    constructor(overrides: Partial<VirtualRouterSettings> = {}, start: Instant = instant(1_000_000)) {
        this.settings = routerSettings(overrides);
        this.#now = start;
    }

    /** The time. */
    get now(): Instant {
        return this.#now;
    }

    /** Configures, tells of eth0 and its addresses, and starts. */
    start(): readonly SpeakerEffect[] {
        this.tell({ type: "configure", routers: [this.settings] });
        this.tellOfLink();
        return this.tell({ type: "start" });
    }

    /** Tells of eth0 and its addresses. */
    tellOfLink(): void {
        this.tell({ type: "link", link: link() });
        this.tell({ type: "address-added", interfaceIndex: 2, address: ip("10.77.0.1"), prefixLength: 16 });
        this.tell({ type: "address-added", interfaceIndex: 2, address: ip("fe80::1"), prefixLength: 64 });
    }

    /** One event, now. The effects, but for the word that a configuration has been taken on, which ends each of them here. */
    tell(event: SpeakerEvent): readonly SpeakerEffect[] {
        return this.speaker.handle(event, this.#now).filter(({ type }) => type !== "configured");
    }

    /** A peer's advertisement, now. */
    hear(source: string, overrides: Partial<Advertisement> = {}): readonly SpeakerEffect[] {
        return this.tell({ type: "packet", packet: advertisementFrom(this.settings, source, overrides) });
    }

    /** All addresses were put up at once, as ordered. */
    claimAll(): readonly SpeakerEffect[] {
        const addresses = [...this.settings.addresses, ...this.settings.excludedAddresses];
        return this.tell({ type: "addresses-claimed", router: this.settings.name, addresses, isLast: true });
    }

    /** Lets so many milliseconds pass without waking anybody. */
    pass(span: number): void {
        this.#now = (this.#now + milliseconds(span)) as Instant;
    }

    /** Goes to the next deadline and wakes; the effects. */
    wake(): readonly SpeakerEffect[] {
        this.#now = this.speaker.wakeAt ?? this.#now;
        return this.tell({ type: "wake" });
    }

    /** How many microseconds there are from now to the next deadline. */
    get untilWake(): number | undefined {
        return this.speaker.wakeAt === undefined ? undefined : this.speaker.wakeAt - this.#now;
    }

    /** The state of the router, as its snapshot tells it. */
    get state(): string | undefined {
        return this.speaker.snapshot(this.settings.name)?.state;
    }
}

/** The types of effects, in order; a report by what it reports. */
export function kinds(effects: readonly SpeakerEffect[]): string[] {
    return effects.map((effect) => (effect.type === "report" ? `report ${effect.report.type}` : effect.type));
}

/** The reports among effects. */
export function reports(effects: readonly SpeakerEffect[]): VrrpReport[] {
    return effects.flatMap((effect) => (effect.type === "report" ? [effect.report] : []));
}

/** The priorities of the advertisements among effects. */
export function advertisedPriorities(effects: readonly SpeakerEffect[]): (number | undefined)[] {
    return effects.flatMap((effect) => (effect.type === "send-advertisement" ? [effect.packet.payload[2]] : []));
}
