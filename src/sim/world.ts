import { after, type Duration, type Instant, instant, seconds, sum, times } from "../core/base/instant.ts";
import { Agenda } from "./agenda.ts";
import { CALM, NetworkSwitch, type Weather } from "./network-switch.ts";
import { SeededRandom } from "./random.ts";
import { interfaceNameOf, ownAddress, settingsOf } from "./router-settings.ts";
import type { Fault, RouterPlan, Scenario } from "./scenario.ts";
import { SimRouter } from "./sim-router.ts";

/** A segment with routers on it, living through a scenario. */
export class World {
    readonly scenario: Scenario;
    readonly agenda = new Agenda();
    readonly routers: readonly SimRouter[];
    /** One switch a segment. */
    readonly networks: readonly NetworkSwitch[];

    constructor(scenario: Scenario) {
        this.scenario = scenario;
        this.networks = Array.from(
            { length: scenario.segments },
            (_, segment) => new NetworkSwitch(this.agenda, new SeededRandom(scenario.seed ^ (0x5eed + segment))),
        );
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
        // In a sync group each member may have to wait until another one's timer has fired.
        return sum(times(interval, 10 * this.scenario.segments), longestDelay, lastStart, skewOfLowest(this.scenario));
    }

    /** Lets time pass up to this point. */
    runUntil(end: Instant): void {
        this.agenda.runUntil(end);
    }

    #plug(plan: RouterPlan, index: number): SimRouter {
        const router = new SimRouter({
            agenda: this.agenda,
            firstResultAfter: times(this.scenario.interval, 0.5),
            standpoints: this.networks.map((network, segment) => ({
                wire: (packet) => network.send(index, packet),
                settings: settingsOf(this.scenario, plan, segment),
                ownAddress: ownAddress(this.scenario.family, segment, index),
                link: {
                    index: segment + 2,
                    name: interfaceNameOf(segment),
                    isUp: true,
                    isRunning: true,
                    isMulticast: true,
                    isLoopback: false,
                    isNoArp: false,
                    mtu: 1500,
                    mac: Uint8Array.of(2, 0, 0, 0, segment, index + 1),
                },
            })),
        });
        for (const [segment, network] of this.networks.entries()) {
            network.plug((packet) => router.receive(segment, packet));
        }
        return router;
    }

    #partition(parts: readonly number[]): void {
        for (const network of this.networks) {
            network.partition(parts);
        }
    }

    #setWeather(weather: Weather): void {
        for (const network of this.networks) {
            network.weather = weather;
        }
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
            case "hand-over":
                this.routers[fault.router]?.die();
                return;
            case "reload":
                this.routers[fault.router]?.reload(fault.priority);
                return;
            case "stall":
                this.routers[fault.router]?.stall();
                return;
            case "link-down":
                this.routers[fault.router]?.setLink(fault.segment, false);
                return;
            case "tracker-down":
                this.routers[fault.router]?.setTracker(false);
                return;
            case "partition":
                this.#partition(fault.parts);
                return;
            case "storm":
                this.#setWeather({ ...CALM, loss: fault.loss, maxDelay: Math.max(fault.maxDelay, CALM.maxDelay) as Duration });
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
            case "hand-over":
            case "stop":
                this.routers[fault.router]?.start();
                return;
            case "reload":
                this.routers[fault.router]?.reload(undefined);
                return;
            case "stall":
                this.routers[fault.router]?.resume();
                return;
            case "link-down":
                this.routers[fault.router]?.setLink(fault.segment, true);
                return;
            case "tracker-down":
                this.routers[fault.router]?.setTracker(true);
                return;
            case "partition":
                this.#partition(this.routers.map(() => 0));
                return;
            case "storm":
                this.#setWeather(CALM);
                return;
            case "address-deleted":
                // It was the matter of a moment.
                return;
        }
    }

    /** Overlapping faults may have ended in any order; now every one of them is over. */
    #calmDown(): void {
        this.#setWeather(CALM);
        const { finalParts, cutSegment } = this.scenario;
        for (const [segment, network] of this.networks.entries()) {
            network.partition(cutSegment === undefined || cutSegment === segment ? finalParts : finalParts.map(() => 0));
        }
        for (const router of this.routers) {
            router.start();
            router.reload(undefined);
            router.resume();
            router.setTracker(true);
            for (const segment of this.networks.keys()) {
                router.setLink(segment, true);
            }
        }
    }
}

function skewOfLowest({ interval, version }: Scenario): Duration {
    return version === 2 ? seconds(1) : interval;
}
