import type { VirtualAddress } from "../core/address/virtual-address.ts";
import { after, centiseconds, type Duration, type Instant, instant, NO_TIME, seconds, sum, times } from "../core/base/instant.ts";
import { ipFromBytes } from "../core/base/ip.ts";
import type { VirtualRouterSettings } from "../core/vrrp/settings.ts";
import { Agenda } from "./agenda.ts";
import { CALM, NetworkSwitch } from "./network-switch.ts";
import { SeededRandom } from "./random.ts";
import type { Fault, RouterPlan, Scenario } from "./scenario.ts";
import { SimRouter } from "./sim-router.ts";

/** A segment with routers on it, living through a scenario. */
export class World {
    readonly scenario: Scenario;
    readonly agenda = new Agenda();
    readonly routers: readonly SimRouter[];
    readonly network: NetworkSwitch;

    constructor(scenario: Scenario) {
        this.scenario = scenario;
        this.network = new NetworkSwitch(this.agenda, new SeededRandom(scenario.seed ^ 0x5eed));
        this.routers = scenario.routers.map((plan, index) => this.#plug(plan, index));
        for (const [index, plan] of scenario.routers.entries()) {
            this.#schedule(plan.startAt, () => this.routers[index]?.start());
        }
        for (const fault of scenario.faults) {
            this.#schedule(fault.at, () => this.#begin(fault));
            this.#schedule(fault.until, () => this.#end(fault));
        }
        this.#schedule(scenario.quietFrom, () => this.#calmDown());
    }

    /** When the last fault is over. */
    get quietFrom(): Instant {
        return instant(this.scenario.quietFrom);
    }

    /** How long an election may take at most once all is quiet: every wait that the protocol and the settings know, and some reserve. */
    get settlingTime(): Duration {
        const { interval, routers } = this.scenario;
        const longestDelay = Math.max(...routers.map((plan) => plan.preemptDelay)) as Duration;
        const lastStart = Math.max(...routers.map((plan) => plan.startAt)) as Duration;
        return sum(times(interval, 10), longestDelay, lastStart, skewOfLowest(this.scenario));
    }

    /** Lets time pass up to this point. */
    runUntil(end: Instant): void {
        this.agenda.runUntil(end);
    }

    #plug(plan: RouterPlan, index: number): SimRouter {
        const ownAddress = ipFromBytes(ownAddressBytes(this.scenario.family, index));
        const router: SimRouter = new SimRouter({
            agenda: this.agenda,
            wire: (packet) => this.network.send(index, packet),
            settings: settingsOf(this.scenario, plan),
            ownAddress,
            link: {
                index: 2,
                name: "eth0",
                isUp: true,
                isRunning: true,
                isMulticast: true,
                isLoopback: false,
                isNoArp: false,
                mtu: 1500,
                mac: Uint8Array.of(2, 0, 0, 0, 0, index + 1),
            },
        });
        this.network.plug((packet) => router.receive(packet));
        return router;
    }

    #schedule(at: Duration, action: () => void): void {
        this.agenda.at(after(instant(0), at), action);
    }

    #begin(fault: Fault): void {
        switch (fault.type) {
            case "crash":
                this.routers[fault.router]?.crash();
                return;
            case "stop":
                this.routers[fault.router]?.stop();
                return;
            case "stall":
                this.routers[fault.router]?.stall();
                return;
            case "link-down":
                this.routers[fault.router]?.setLink(false);
                return;
            case "partition":
                this.network.partition(fault.parts);
                return;
            case "storm":
                this.network.weather = { ...CALM, loss: fault.loss, maxDelay: Math.max(fault.maxDelay, CALM.maxDelay) as Duration };
                return;
            case "address-deleted":
                for (const router of this.routers) {
                    router.deleteAddress();
                }
        }
    }

    #end(fault: Fault): void {
        switch (fault.type) {
            case "crash":
            case "stop":
                this.routers[fault.router]?.start();
                return;
            case "stall":
                this.routers[fault.router]?.resume();
                return;
            case "link-down":
                this.routers[fault.router]?.setLink(true);
                return;
            case "partition":
                this.network.partition(this.routers.map(() => 0));
                return;
            case "storm":
                this.network.weather = CALM;
                return;
            case "address-deleted":
                // It was the matter of a moment.
                return;
        }
    }

    /** Overlapping faults may have ended in any order; now every one of them is over. */
    #calmDown(): void {
        this.network.weather = CALM;
        this.network.partition(this.scenario.finalParts);
        for (const router of this.routers) {
            router.start();
            router.resume();
            router.setLink(true);
        }
    }
}

function skewOfLowest({ interval, version }: Scenario): Duration {
    return version === 2 ? seconds(1) : interval;
}

function ownAddressBytes(family: 4 | 6, index: number): Uint8Array {
    return family === 4 ? Uint8Array.of(192, 0, 2, index + 1) : Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, index + 1);
}

function virtualAddress(family: 4 | 6): VirtualAddress {
    const bytes = family === 4 ? Uint8Array.of(192, 0, 2, 100) : Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00);
    return {
        address: ipFromBytes(bytes),
        prefixLength: family === 4 ? 32 : 128,
        interfaceName: "eth0",
        scope: 0,
        flags: 0,
        isTracked: true,
    };
}

function settingsOf(scenario: Scenario, plan: RouterPlan): VirtualRouterSettings {
    const { family, version, interval } = scenario;
    const group = family === 4 ? Uint8Array.of(224, 0, 0, 18) : Uint8Array.of(0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12);
    return {
        name: "VI_1",
        vrid: plan.vrid,
        version,
        family,
        interfaceName: "eth0",
        priority: plan.priority,
        wantsMaster: plan.priority === 255,
        advertisementInterval: interval,
        downTimerAdverts: 3,
        preempt: plan.preempt,
        preemptDelay: plan.preemptDelay,
        accept: true,
        startupDelay: NO_TIME,
        authentication: { type: "none" },
        checksum: "standard",
        destination: { type: "multicast", group: ipFromBytes(group) },
        tracksSourceAddress: false,
        tracksInterface: true,
        addresses: [virtualAddress(family)],
        excludedAddresses: [],
        announcements: {
            masterRepeat: 5,
            masterDelay: centiseconds(500),
            refresh: NO_TIME,
            refreshRepeat: 1,
            lowerPriorityRepeat: 5,
            lowerPriorityDelay: centiseconds(500),
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
