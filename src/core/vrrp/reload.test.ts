/** New settings under running routers, and a new process in the place of an old one. */
import { describe, expect, it } from "vitest";
import { after, isDue, seconds } from "../base/instant.ts";
import type { SpeakerEffect } from "./effects.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import { VrrpSpeaker } from "./speaker.ts";
import {
    advertisedPriorities,
    advertisementFrom,
    ip,
    kinds,
    link,
    reports,
    routerSettings,
    SpeakerBench,
    virtualAddress,
} from "./test-bench.ts";

function started(overrides: Partial<VirtualRouterSettings> = {}): SpeakerBench {
    const bench = new SpeakerBench(overrides);
    bench.start();
    return bench;
}

function active(overrides: Partial<VirtualRouterSettings> = {}): SpeakerBench {
    const bench = started(overrides);
    bench.wake();
    bench.claimAll();
    bench.pass(400);
    return bench;
}

function reload(bench: SpeakerBench, ...routers: VirtualRouterSettings[]) {
    return bench.tell({ type: "configure", routers });
}

describe("a reload", () => {
    it("does not touch what did not change", () => {
        const bench = active();
        expect(reload(bench, routerSettings())).toEqual([]);
        expect([bench.state, bench.untilWake]).toEqual(["active", 600_000]);
    });

    it("gives a router another name without a change of state", () => {
        const bench = active();
        expect(reload(bench, routerSettings({ name: "VI_new" }))).toEqual([{ type: "renamed", names: [["VI_1", "VI_new"]] }]);
        expect(bench.speaker.snapshot("VI_new")).toMatchObject({ state: "active", counters: { becameActive: 1 } });
        expect(bench.speaker.snapshot("VI_1")).toBeUndefined();
        expect(bench.wake()[0]).toMatchObject({ router: "VI_new" });
    });

    // Given two active routers. When the second one is gone and the first one has its name. Then whatever is said of the second one comes before that.
    it("gives a router the name of one that goes", () => {
        const bench = active();
        const second = routerSettings({ name: "VI_2", vrid: 52, priority: 255, addresses: [virtualAddress("10.77.9.8")] });
        reload(bench, routerSettings(), second);
        const effects = reload(bench, routerSettings({ name: "VI_2" }));
        expect(kinds(effects)).toContain("release-addresses");
        expect(effects.at(-1)).toEqual({ type: "renamed", names: [["VI_1", "VI_2"]] });
        expect(bench.speaker.snapshot("VI_2")).toMatchObject({ vrid: 51, state: "active" });
    });

    it("exchanges the names of two routers in one step, and hears in the new ones what stands", () => {
        const bench = started();
        const [first, second] = [routerSettings(), routerSettings({ name: "VI_2", vrid: 52, addresses: [virtualAddress("10.77.9.8")] })];
        reload(bench, first, second);
        bench.wake();
        const effects = reload(bench, { ...first, name: "VI_2" }, { ...second, name: "VI_1" });
        expect(effects).toEqual([
            {
                type: "renamed",
                names: [
                    ["VI_1", "VI_2"],
                    ["VI_2", "VI_1"],
                ],
            },
        ]);
        const standing = { type: "addresses-claimed", router: "VI_2", addresses: first.addresses, isLast: true } as const;
        expect(bench.tell(standing)[0]).toMatchObject({ type: "announce", router: "VI_2" });
    });

    it("claims and releases only the difference of the addresses", () => {
        const [kept, gone, come] = [virtualAddress("10.77.9.1"), virtualAddress("10.77.9.2"), virtualAddress("10.77.9.3")];
        const bench = active({ addresses: [kept, gone] });
        expect(reload(bench, routerSettings({ addresses: [kept], excludedAddresses: [come] }))).toEqual([
            { type: "release-addresses", router: "VI_1", addresses: [gone] },
            { type: "claim-addresses", router: "VI_1", addresses: [come] },
        ]);
        const effects = bench.tell({ type: "addresses-claimed", router: "VI_1", addresses: [come], isLast: true });
        expect(effects[0]).toMatchObject({ type: "announce", addresses: [come], rounds: 5 });
    });

    it("takes an address down and puts it up when it is to look different", () => {
        const bench = active();
        const labelled = virtualAddress("10.77.9.9", { label: "eth0:1" });
        expect(reload(bench, routerSettings({ addresses: [labelled] }))).toEqual([
            { type: "release-addresses", router: "VI_1", addresses: [virtualAddress("10.77.9.9")] },
            { type: "claim-addresses", router: "VI_1", addresses: [labelled] },
        ]);
    });

    it("claims the rest again when a release interrupts a claim", () => {
        const [kept, gone] = [virtualAddress("10.77.9.1"), virtualAddress("10.77.9.2")];
        const bench = started({ addresses: [kept, gone] });
        bench.wake();
        expect(reload(bench, routerSettings({ addresses: [kept] }))).toEqual([
            { type: "release-addresses", router: "VI_1", addresses: [gone] },
            { type: "claim-addresses", router: "VI_1", addresses: [kept] },
        ]);
    });

    // Given two active routers. When an address moves between them, either way. Then it is given up first, and so never taken from its new owner.
    it.each([
        ["down", 0, 1],
        ["up", 1, 0],
    ])("moves an address %s the list of routers: who had it gives it up before the other claims it", (_way, from, to) => {
        const addresses = [virtualAddress("10.77.9.1"), virtualAddress("10.77.9.2")] as const;
        const moving = virtualAddress("10.77.9.3");
        const both = (owner: number) =>
            addresses.map((own, index) =>
                routerSettings({ name: `VI_${index}`, vrid: 51 + index, addresses: index === owner ? [own, moving] : [own] }),
            );
        const bench = new SpeakerBench();
        reload(bench, ...both(from));
        bench.tellOfLink();
        bench.tell({ type: "start" });
        bench.wake();
        for (const { name: router, addresses: claimed } of both(from)) {
            bench.tell({ type: "addresses-claimed", router, addresses: claimed, isLast: true });
        }
        expect(reload(bench, ...both(to))).toEqual([
            { type: "release-addresses", router: `VI_${from}`, addresses: [moving] },
            { type: "claim-addresses", router: `VI_${to}`, addresses: [moving] },
        ]);
    });

    it("leaves addresses alone in backup", () => {
        expect(reload(started(), routerSettings({ addresses: [virtualAddress("10.77.9.1")] }))).toEqual([]);
    });

    it("advertises a new priority with the next advertisement, and keeps the state", () => {
        const bench = active();
        expect(reports(reload(bench, routerSettings({ priority: 50 })))).toEqual([
            { type: "priority-changed", router: "VI_1", from: 100, to: 50, state: "active" },
        ]);
        expect([bench.state, bench.untilWake]).toEqual(["active", 600_000]);
        expect(advertisedPriorities(bench.wake())).toEqual([50]);
    });

    it("goes by a shorter interval at once", () => {
        const bench = active({ version: 3 });
        reload(bench, routerSettings({ version: 3, advertisementInterval: seconds(0.1) }));
        expect(bench.untilWake).toBe(100_000);
    });

    it("moves a backup's timer by what its length changed", () => {
        const bench = started();
        bench.pass(1000);
        reload(bench, routerSettings({ priority: 200 }));
        expect(bench.untilWake).toBe(2_609_375 - 390_625);
        reload(bench, routerSettings({ priority: 200, advertisementInterval: seconds(2) }));
        expect(bench.untilWake).toBe(2_609_375 - 390_625 + 3_000_000);
        bench.pass(4000);
        reload(bench, routerSettings({ priority: 200 }));
        expect(bench.untilWake).toBe(0);
    });

    it("keeps a learned interval in version 3", () => {
        const bench = started({ version: 3 });
        bench.hear("10.77.0.2", { priority: 200, interval: seconds(2) });
        reload(bench, routerSettings({ version: 3, preempt: false }));
        expect(bench.untilWake).toBe(7_218_750);
    });

    it("makes a new router listen first", () => {
        const bench = active();
        const effects = reload(bench, routerSettings(), routerSettings({ name: "VI_2", vrid: 52 }));
        expect(kinds(effects)).toEqual(["release-addresses", "report state-changed"]);
        expect(bench.speaker.snapshot("VI_2")).toMatchObject({ state: "backup", activeDownAt: after(bench.now, 3_609_375 as never) });
    });

    it("makes a router that is not wanted any more say priority 0 and release", () => {
        const bench = active();
        const effects = reload(bench);
        expect(advertisedPriorities(effects)).toEqual([0]);
        expect(kinds(effects)).toContain("release-addresses");
        expect(reports(effects)).toContainEqual(expect.objectContaining({ to: "initialize", cause: { type: "reconfigured" } }));
        expect([bench.speaker.wakeAt, bench.speaker.snapshots()]).toEqual([undefined, []]);
        expect(reports(bench.hear("10.77.0.2"))).toEqual([expect.objectContaining({ reason: "unknown-vrid" })]);
    });

    it.each([
        ["interface", { interfaceName: "eth1" }],
        ["VRID", { vrid: 52 }],
        ["destination", { destination: { type: "multicast" as const, group: ip("224.0.0.99") } }],
    ])("with another %s is an end and a beginning", (...[, change]) => {
        const effects = reload(active(), routerSettings(change));
        expect(advertisedPriorities(effects)).toEqual([0]);
        expect(reports(effects).filter(({ type }) => type === "state-changed")).toHaveLength(2);
    });

    it("lets names decide between routers that are alike for the network", () => {
        const peers = [{ address: ip("10.77.0.2"), minTtl: 0, maxTtl: 255 }];
        const alike = (name: string, priority: number) =>
            routerSettings({ name, priority, destination: { type: "unicast", ttl: 255, peers } });
        const bench = started();
        reload(bench, alike("A", 10), alike("B", 20));
        expect(reload(bench, alike("B", 20), alike("A", 10))).toEqual([]);
    });

    it("can put a router into FAULT and out of it", () => {
        const bench = started();
        bench.tell({ type: "link", link: link({ isUp: false }) });
        expect(bench.state).toBe("fault");
        reload(bench, routerSettings({ tracksInterface: false }));
        expect(bench.state).toBe("backup");
        reload(bench, routerSettings());
        expect(bench.state).toBe("fault");
    });

    it("before the start is only another wish", () => {
        const bench = new SpeakerBench();
        reload(bench, routerSettings());
        expect(kinds(reload(bench, routerSettings({ priority: 7 }), routerSettings({ name: "VI_2", vrid: 52 })))).toEqual([
            "report priority-changed",
        ]);
        expect(bench.speaker.wakeAt).toBeUndefined();
    });
});

describe("a successor", () => {
    function succeed(bench: SpeakerBench, deadFor: number): SpeakerBench {
        const snapshots = bench.speaker.snapshots();
        bench.pass(deadFor);
        const successor = new SpeakerBench({}, bench.now);
        successor.settings = bench.settings;
        successor.tell({ type: "configure", routers: [bench.settings] });
        successor.tell({ type: "restore", snapshots });
        successor.tellOfLink();
        return successor;
    }

    it("of an active router is active: claims what stands, reports nothing, advertises in time", () => {
        const successor = succeed(active(), 60);
        expect(kinds(successor.tell({ type: "start" }))).toEqual(["claim-addresses"]);
        expect([successor.state, successor.untilWake]).toEqual(["active", 540_000]);
        expect(successor.speaker.snapshot("VI_1")?.counters).toMatchObject({ becameActive: 1, advertisementsSent: 1 });
        expect(kinds(successor.claimAll())).toEqual(["announce", "report announcing"]);
    });

    it("that takes over while its predecessor works announces nothing anew, and keeps to what was planned", () => {
        const bench = active();
        bench.claimAll();
        const planned = bench.speaker.snapshotsForSuccessor()[0]?.announcements;
        expect(planned?.secondBurstAt).toBe(9_609_375);
        const successor = new SpeakerBench({}, bench.now);
        successor.settings = bench.settings;
        successor.tell({ type: "configure", routers: [bench.settings] });
        successor.tell({ type: "restore", snapshots: bench.speaker.snapshotsForSuccessor() });
        successor.tellOfLink();
        expect(kinds(successor.tell({ type: "start" }))).toEqual(["claim-addresses"]);
        expect(successor.speaker.snapshotsForSuccessor()[0]?.announcements).toEqual(planned);
        expect(kinds(successor.claimAll())).toEqual([]);
        expect(successor.speaker.snapshotsForSuccessor()[0]?.announcements).toEqual(planned);
    });

    it("that takes over before all was announced announces it", () => {
        const successor = succeed(active(), 0);
        successor.tell({ type: "start" });
        expect(successor.speaker.snapshotsForSuccessor()[0]?.announcements).toBeUndefined();
    });

    it("advertises at once what was due meanwhile", () => {
        const successor = succeed(active(), 700);
        successor.tell({ type: "start" });
        expect(advertisedPriorities(successor.tell({ type: "wake" }))).toEqual([100]);
    });

    it("of a backup goes on waiting, but hears at least one more interval out", () => {
        const bench = started();
        bench.pass(1000);
        const early = succeed(bench, 60);
        early.tell({ type: "start" });
        expect([early.state, early.untilWake]).toEqual(["backup", 2_549_375]);
        const late = succeed(bench, 2_600);
        late.tell({ type: "start" });
        expect([late.state, late.untilWake]).toEqual(["backup", 1_609_375]);
    });

    it("finds the interface gone: gives up what its predecessor held", () => {
        const bench = active();
        const snapshots = bench.speaker.snapshots();
        const successor = new SpeakerBench({}, bench.now);
        successor.tell({ type: "configure", routers: [bench.settings] });
        successor.tell({ type: "restore", snapshots });
        const effects = successor.tell({ type: "start" });
        expect(kinds(effects)).toEqual([
            "claim-addresses",
            "report fault-raised",
            "cancel-announcements",
            "release-addresses",
            "report state-changed",
            "report addresses-removed",
        ]);
    });

    it("of a router in FAULT leaves it when the reason is gone", () => {
        const bench = active();
        bench.tell({ type: "link", link: link({ isUp: false }) });
        const successor = succeed(bench, 10);
        expect(kinds(successor.tell({ type: "start" }))).toEqual(["release-addresses", "report fault-cleared", "report state-changed"]);
        expect([successor.state, successor.untilWake]).toEqual(["backup", 3_609_375]);
    });

    it("begins anew where the predecessor had not begun, or was another one", () => {
        const stopped = active();
        stopped.tell({ type: "stop", keepsAddresses: false });
        expect(reports(succeed(stopped, 10).tell({ type: "start" }))).toEqual([expect.objectContaining({ cause: { type: "startup" } })]);
        const other = active();
        other.settings = { ...other.settings, vrid: 52 };
        expect(reports(succeed(other, 10).tell({ type: "start" }))).toEqual([expect.objectContaining({ cause: { type: "startup" } })]);
    });

    it("takes a state up once: a router that goes and comes back begins anew", () => {
        const successor = succeed(active(), 10);
        successor.tell({ type: "start" });
        reload(successor);
        expect(reports(reload(successor, routerSettings()))).toEqual([expect.objectContaining({ cause: { type: "startup" } })]);
    });

    it("gets a snapshot that survives JSON but for byte arrays and tells everything", () => {
        const bench = active();
        expect(bench.speaker.snapshot("VI_1")).toEqual({
            name: "VI_1",
            vrid: 51,
            family: 4,
            version: 2,
            interfaceName: "eth0",
            state: "active",
            faults: [],
            basePriority: 100,
            effectivePriority: 100,
            activeAdvertisementInterval: 1_000_000,
            activeAddress: ip("10.77.0.1"),
            activePriority: 100,
            advertiseAt: bench.now + 600_000,
            lastTransition: { at: bench.now - 400_000, cause: { type: "active-down-timer", silence: 3_609_375 } },
            counters: {
                advertisementsReceived: 0,
                advertisementsSent: 1,
                becameActive: 1,
                releasedActive: 0,
                priorityZeroReceived: 0,
                priorityZeroSent: 0,
                addressListErrors: 0,
                foreignRemovals: 0,
                unsignedAccepted: 0,
                rejections: {},
            },
        });
    });
});

describe("a thousand routers", () => {
    const many = Array.from({ length: 1000 }, (_, index) =>
        routerSettings({
            name: `VI_${index}`,
            vrid: (index % 250) + 1,
            interfaceName: `eth${Math.floor(index / 250)}`,
            addresses: [virtualAddress(`10.77.${100 + Math.floor(index / 250)}.${index % 250}`)],
        }),
    );

    function speakerOfMany(): [VrrpSpeaker, SpeakerBench] {
        const bench = new SpeakerBench();
        const speaker = new VrrpSpeaker();
        speaker.handle({ type: "configure", routers: many }, bench.now);
        for (let index = 0; index < 4; index++) {
            speaker.handle({ type: "link", link: link({ index: index + 2, name: `eth${index}` }) }, bench.now);
            speaker.handle(
                { type: "address-added", interfaceIndex: index + 2, address: ip(`10.77.${index}.1`), prefixLength: 16 },
                bench.now,
            );
        }
        return [speaker, bench];
    }

    it("take over in shares of what one system call sends, each in its turn", () => {
        const [speaker, bench] = speakerOfMany();
        speaker.handle({ type: "start" }, bench.now);
        bench.pass(3610);
        const shares: string[][] = [];
        while (isDue(speaker.wakeAt, bench.now)) {
            const effects = speaker.handle({ type: "wake" }, bench.now);
            shares.push(effects.flatMap((effect) => (effect.type === "send-advertisement" ? [effect.router] : [])));
        }
        expect(shares.map(({ length }) => length)).toEqual([...Array.from({ length: 15 }, () => 64), 40]);
        expect(new Set(shares.flat()).size).toBe(1000);
        expect(speaker.wakeAt).toBe(after(bench.now, seconds(1)));
        // In the same order for ever: the time between two advertisements of one of them is the same for all.
        bench.pass(1000);
        const next = Array.from({ length: 16 }, () => speaker.handle({ type: "wake" }, bench.now)).flat();
        expect(next.flatMap((effect) => (effect.type === "send-advertisement" ? [effect.router] : []))).toEqual(shares.flat());
    });

    it("fail together with their link, and only those", () => {
        const [speaker, bench] = speakerOfMany();
        speaker.handle({ type: "start" }, bench.now);
        speaker.handle({ type: "link", link: link({ index: 3, name: "eth1", isRunning: false }) }, bench.now);
        const inFault = speaker.snapshots().filter(({ state }) => state === "fault");
        expect([inFault.length, new Set(inFault.map(({ interfaceName }) => interfaceName))]).toEqual([250, new Set(["eth1"])]);
    });

    it("take on new settings a few at a time, and whoever is due does not wait for the last one", () => {
        const [speaker, bench] = speakerOfMany();
        speaker.handle({ type: "start" }, bench.now);
        const watched = many.at(-1)?.name;
        bench.pass(3_000);
        const wanted = many.map((settings) => (settings.name === watched ? settings : { ...settings, priority: 90 }));
        expect(kinds(speaker.handle({ type: "configure", routers: wanted }, bench.now))).not.toContain("configured");
        const configured = () => speaker.snapshots().filter(({ effectivePriority }) => effectivePriority === 90).length;
        expect(configured()).toBe(16);
        bench.pass(610);
        const before = configured();
        const effects: string[] = [];
        while (isDue(speaker.wakeAt, bench.now)) {
            const told = speaker.handle({ type: "wake" }, bench.now);
            if (told.some((effect) => effect.type === "send-advertisement" && effect.router === watched)) {
                expect(configured() - before).toBeLessThanOrEqual(16 * 16);
            }
            effects.push(...kinds(told));
        }
        expect([configured(), effects.filter((kind) => kind === "configured")]).toEqual([999, ["configured"]]);
    });

    it("finish one reload before the next, and before they stop", () => {
        const [speaker, bench] = speakerOfMany();
        speaker.handle({ type: "start" }, bench.now);
        const wanted = many.map((settings) => ({ ...settings, priority: 90 }));
        speaker.handle({ type: "configure", routers: wanted }, bench.now);
        const effects = speaker.handle({ type: "configure", routers: many.slice(0, 500) }, bench.now);
        expect(kinds(effects).filter((kind) => kind === "configured")).toHaveLength(1);
        const ending = speaker.handle({ type: "stop", keepsAddresses: false }, bench.now);
        expect(kinds(ending).filter((kind) => kind === "configured")).toHaveLength(1);
        expect(speaker.snapshots().map(({ state }) => state)).toEqual(Array.from({ length: 500 }, () => "initialize"));
    });

    it("claim nothing at the end of a reload for whoever has given way during it", () => {
        const [speaker, bench] = speakerOfMany();
        speaker.handle({ type: "start" }, bench.now);
        bench.pass(3_610);
        while (isDue(speaker.wakeAt, bench.now)) {
            speaker.handle({ type: "wake" }, bench.now);
        }
        const [first, ...others] = many as [VirtualRouterSettings, ...VirtualRouterSettings[]];
        const more = (settings: VirtualRouterSettings) => ({
            ...settings,
            excludedAddresses: [virtualAddress(`10.78.0.${settings.vrid}`)],
        });
        speaker.handle({ type: "configure", routers: [more(first), ...others.slice(0, 98).map(more), ...others.slice(98)] }, bench.now);
        const stronger = advertisementFrom({ ...first, priority: 254 }, "10.77.0.2", { priority: 254 });
        expect(kinds(speaker.handle({ type: "packet", packet: stronger }, bench.now))).toContain("release-addresses");
        const effects: SpeakerEffect[] = [];
        while (isDue(speaker.wakeAt, bench.now)) {
            effects.push(...speaker.handle({ type: "wake" }, bench.now));
        }
        const claims = effects.flatMap((effect) => (effect.type === "claim-addresses" ? [effect.router] : []));
        expect(claims).toEqual(others.slice(0, 98).map(({ name }) => name));
    });

    it("move an address between two of them that take on new settings at different times", () => {
        const [speaker, bench] = speakerOfMany();
        speaker.handle({ type: "start" }, bench.now);
        bench.pass(3_610);
        while (isDue(speaker.wakeAt, bench.now)) {
            speaker.handle({ type: "wake" }, bench.now);
        }
        const [moved, other] = [virtualAddress("10.77.100.200"), virtualAddress("10.78.0.1")];
        expect(many[200]?.addresses).toEqual([moved]);
        const wanted = many.map((settings, index) => {
            if (index === 200) {
                return { ...settings, addresses: [other] };
            }
            return index === 0 ? { ...settings, excludedAddresses: [moved] } : { ...settings, priority: 99 };
        });
        const effects = [...speaker.handle({ type: "configure", routers: wanted }, bench.now)];
        while (isDue(speaker.wakeAt, bench.now)) {
            effects.push(...speaker.handle({ type: "wake" }, bench.now));
        }
        const orders = effects.filter(({ type }) => type === "claim-addresses" || type === "release-addresses");
        expect(orders).toEqual([
            { type: "release-addresses", router: "VI_200", addresses: [moved] },
            { type: "claim-addresses", router: "VI_0", addresses: [moved] },
            { type: "claim-addresses", router: "VI_200", addresses: [other] },
        ]);
    });
});
