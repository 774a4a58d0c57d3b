/** Behaviours of Keepalived that are easy to get wrong, each through the whole speaker. */
import { describe, expect, it } from "vitest";
import { centiseconds, milliseconds, seconds } from "../base/instant.ts";
import { encodeVrrp } from "../packet/vrrp.ts";
import type { ReceivedPacket } from "./events.ts";
import { advertisedPriorities, advertisementFrom, ip, kinds, link, reports, SpeakerBench, virtualAddress } from "./test-bench.ts";

const LINK = link();

function active(overrides: ConstructorParameters<typeof SpeakerBench>[0] = {}): SpeakerBench {
    const bench = new SpeakerBench(overrides);
    bench.start();
    bench.wake();
    bench.claimAll();
    expect(bench.state).toBe("active");
    return bench;
}

function backup(overrides: ConstructorParameters<typeof SpeakerBench>[0] = {}): SpeakerBench {
    const bench = new SpeakerBench(overrides);
    bench.start();
    expect(bench.state).toBe("backup");
    return bench;
}

describe("leaving the active state", () => {
    it("says nothing to a higher priority, which is active already", () => {
        expect(advertisedPriorities(active().hear("10.77.0.2", { priority: 200 }))).toEqual([]);
    });

    it("says one last word with higher_prio_send_advert", () => {
        const bench = active({ higherPrioritySendAdvert: true });
        expect(advertisedPriorities(bench.hear("10.77.0.2", { priority: 200 }))).toEqual([100]);
        expect(bench.state).toBe("backup");
    });

    it("says priority 0 when a fault takes it, once", () => {
        const bench = active();
        const effects = bench.tell({ type: "link", link: { ...LINK, isRunning: false } });
        expect(advertisedPriorities(effects)).toEqual([0]);
        expect(reports(effects)).toContainEqual(
            expect.objectContaining({ type: "state-changed", to: "fault", cause: { type: "fault", reason: "interface-down" } }),
        );
    });

    it("leaves the addresses behind when told so", () => {
        const effects = active().tell({ type: "stop", keepsAddresses: true });
        expect(kinds(effects)).toEqual(["send-advertisement", "report priority-zero-sent", "cancel-announcements", "report state-changed"]);
    });
});

describe("advertisements in backup", () => {
    it("leave the timer running when they are discarded", () => {
        const bench = backup();
        bench.pass(3000);
        bench.hear("10.77.0.2", { priority: 50 });
        expect(bench.untilWake).toBe(609_375);
    });

    it("leave the timer running when they fail a check", () => {
        const bench = backup();
        bench.pass(3000);
        bench.hear("10.77.0.2", { priority: 200, interval: seconds(7) });
        expect(bench.untilWake).toBe(609_375);
        expect(bench.speaker.snapshot("VI_1")?.counters).toMatchObject({
            advertisementsReceived: 0,
            rejections: { "interval-mismatch": 1 },
        });
    });

    it("restart it whatever their priority with nopreempt", () => {
        const bench = backup({ preempt: false });
        bench.pass(3000);
        expect(bench.hear("10.77.0.2", { priority: 1 })).toEqual([]);
        expect(bench.untilWake).toBe(3_609_375);
    });

    it("restart it until preempt_delay is over, counted from the first lower one", () => {
        const bench = backup({ preemptDelay: milliseconds(2500) });
        const outcomes: (number | undefined)[] = [];
        for (let second = 0; second < 5; second++) {
            bench.hear("10.77.0.2", { priority: 50 });
            outcomes.push(bench.untilWake);
            bench.pass(1000);
        }
        expect(outcomes).toEqual([3_609_375, 3_609_375, 3_609_375, 2_609_375, 1_609_375]);
    });

    it.each([100, 200])("of priority %i disarm preempt_delay", (priority) => {
        const bench = backup({ preemptDelay: milliseconds(1500) });
        bench.hear("10.77.0.2", { priority: 50 });
        expect(bench.speaker.snapshot("VI_1")?.preemptAt).toBe(bench.now + 1_500_000);
        bench.pass(1000);
        bench.hear("10.77.0.3", { priority });
        expect(bench.speaker.snapshot("VI_1")?.preemptAt).toBeUndefined();
        bench.pass(1000);
        bench.hear("10.77.0.2", { priority: 50 });
        expect(bench.untilWake).toBe(3_609_375);
    });

    it("of priority 0 leave Skew_Time, with nopreempt too", () => {
        const bench = backup({ preempt: false });
        bench.hear("10.77.0.2", { priority: 0 });
        expect(bench.untilWake).toBe(609_375);
        expect(bench.speaker.snapshot("VI_1")?.counters.priorityZeroReceived).toBe(1);
    });

    it("that come again byte for byte count each time, and are judged anew by new settings", () => {
        const bench = backup();
        const packet = advertisementFrom(bench.settings, "10.77.0.2", { priority: 200 });
        const counters = () => bench.speaker.snapshot("VI_1")?.counters;
        for (let time = 0; time < 3; time++) {
            bench.pass(1_000);
            bench.tell({ type: "packet", packet: { ...packet } });
            expect(bench.untilWake).toBe(3_609_375);
        }
        expect(counters()?.advertisementsReceived).toBe(3);
        bench.tell({ type: "packet", packet: { ...packet, ttl: 254 } });
        expect(counters()).toMatchObject({ advertisementsReceived: 3, rejections: { ttl: 1 } });
        bench.tell({ type: "configure", routers: [{ ...bench.settings, advertisementInterval: seconds(2) }] });
        bench.tell({ type: "packet", packet });
        expect(counters()).toMatchObject({ advertisementsReceived: 3, rejections: { "interval-mismatch": 1 } });
    });

    it("that come again byte for byte are wrong each time", () => {
        const bench = backup({ version: 3, addresses: [virtualAddress("10.77.9.9"), virtualAddress("10.77.9.8")] });
        const packet = advertisementFrom(bench.settings, "10.77.0.2", { addresses: [ip("10.77.9.9")] });
        bench.tell({ type: "packet", packet });
        bench.tell({ type: "packet", packet });
        expect(bench.speaker.snapshot("VI_1")?.counters.addressListErrors).toBe(2);
    });

    it("are thrown away during vrrp_startup_delay, and the timer starts after it", () => {
        const bench = backup({ startupDelay: seconds(10) });
        bench.pass(9_999);
        bench.hear("10.77.0.2", { priority: 200 });
        expect(bench.untilWake).toBe(3_610_375);
        expect(bench.speaker.snapshot("VI_1")?.counters.advertisementsReceived).toBe(0);
        bench.pass(1);
        bench.hear("10.77.0.2", { priority: 200 });
        expect(bench.untilWake).toBe(3_609_375);
    });

    // Given a router whose interface is down at the start. When it comes up during the delay. Then the timer starts after the delay all the same.
    it("are thrown away during vrrp_startup_delay after a fault, too, and so no silence counts", () => {
        const bench = new SpeakerBench({ startupDelay: seconds(10) });
        bench.tell({ type: "configure", routers: [bench.settings] });
        bench.tellOfLink();
        bench.tell({ type: "link", link: link({ isRunning: false }) });
        bench.tell({ type: "start" });
        bench.pass(4_000);
        bench.tell({ type: "link", link: link() });
        expect([bench.state, bench.untilWake]).toEqual(["backup", 9_609_375]);
        bench.pass(5_999);
        bench.hear("10.77.0.2", { priority: 50 });
        expect(bench.speaker.snapshot("VI_1")?.counters.advertisementsReceived).toBe(0);
    });

    it("keep an owner waiting for vrrp_startup_delay only", () => {
        const bench = backup({ startupDelay: seconds(10), priority: 255 });
        expect(bench.untilWake).toBe(10_000_000);
        expect(advertisedPriorities(bench.wake())).toEqual([255]);
    });
});

describe("version 3", () => {
    it("waits for the interval of the Active Router, says so once, and goes by its own when active", () => {
        const bench = backup({ version: 3 });
        const effects = bench.hear("10.77.0.2", { priority: 200, interval: centiseconds(10) });
        expect(reports(effects)).toEqual([
            { type: "interval-differs", router: "VI_1", from: ip("10.77.0.2"), own: seconds(1), theirs: centiseconds(10) },
        ]);
        expect(bench.untilWake).toBe(360_937);
        expect(bench.hear("10.77.0.2", { priority: 200, interval: centiseconds(10) })).toEqual([]);
        bench.wake();
        expect(bench.untilWake).toBe(1_000_000);
        expect(bench.speaker.snapshot("VI_1")?.activeAdvertisementInterval).toBe(seconds(1));
    });

    it("takes the interval of whom it yields to", () => {
        const bench = active({ version: 3 });
        bench.hear("10.77.0.2", { priority: 200, interval: centiseconds(10) });
        expect(bench.untilWake).toBe(360_937);
    });
});

describe("a virtual address that somebody removes", () => {
    const removed = { type: "address-removed", interfaceIndex: 2, address: ip("10.77.9.9"), prefixLength: 32 } as const;

    it("costs a moment in backup, and is counted", () => {
        const bench = active();
        const effects = bench.tell({ ...removed, isOurs: false });
        expect(reports(effects)[0]).toMatchObject({ to: "backup", cause: { type: "address-removed", address: ip("10.77.9.9") } });
        expect(advertisedPriorities(effects)).toEqual([]);
        expect(bench.untilWake).toBe(609_375);
        expect(kinds(bench.wake()).slice(0, 2)).toEqual(["send-advertisement", "claim-addresses"]);
        expect(bench.speaker.snapshot("VI_1")?.counters.foreignRemovals).toBe(1);
    });

    it("is put up again and announced when it is not tracked", () => {
        const address = virtualAddress("10.77.9.9", { isTracked: false });
        const bench = active({ addresses: [address] });
        expect(bench.tell({ ...removed, isOurs: false })).toEqual([{ type: "claim-addresses", router: "VI_1", addresses: [address] }]);
        expect(kinds(bench.claimAll())).toEqual(["announce", "report announcing"]);
        expect(bench.speaker.snapshot("VI_1")?.counters.foreignRemovals).toBe(1);
    });

    it("is nothing to us when we gave the order, or when it is another one", () => {
        const bench = active();
        expect(bench.tell({ ...removed, isOurs: true })).toEqual([]);
        expect(bench.tell({ ...removed, isOurs: false, prefixLength: 24 })).toEqual([]);
        expect(bench.tell({ ...removed, isOurs: false, address: ip("10.77.9.8") })).toEqual([]);
        expect(bench.tell({ ...removed, isOurs: false, interfaceIndex: 7 })).toEqual([]);
    });
});

describe("a lower priority heard while active", () => {
    it("is not answered with lower_prio_no_advert, but announced against", () => {
        const bench = active({ lowerPriorityNoAdvert: true });
        bench.pass(500);
        const effects = bench.hear("10.77.0.2", { priority: 50 });
        expect(kinds(effects)).toEqual(["report lower-priority-seen", "announce", "report announcing"]);
        expect(reports(effects)[0]).toMatchObject({ forcesElection: false, priority: 50, own: 100 });
        expect(bench.untilWake).toBe(500_000);
    });

    it("is announced against once more after garp_lower_prio_delay", () => {
        const bench = active();
        bench.pass(500);
        bench.hear("10.77.0.2", { priority: 50 });
        const announced: number[] = [];
        const heard = bench.now;
        for (let turn = 0; turn < 10; turn++) {
            if (kinds(bench.wake()).includes("announce")) {
                announced.push(bench.now - heard);
            }
        }
        // The second burst of becoming active, half a second earlier, and the one of this occasion.
        expect(announced).toEqual([4_500_000, 5_000_000]);
    });

    it("is not announced against in strict mode, where garp_lower_prio_repeat is 0", () => {
        const bench = active();
        bench.settings = { ...bench.settings, announcements: { ...bench.settings.announcements, lowerPriorityRepeat: 0 } };
        bench.tell({ type: "configure", routers: [bench.settings] });
        expect(kinds(bench.hear("10.77.0.2", { priority: 50 }))).toEqual(["report lower-priority-seen", "send-advertisement"]);
    });
});

describe("only what stands is announced", () => {
    it("not an address that was taken away and is not back yet", () => {
        const [stays, goes] = [virtualAddress("10.77.9.8"), virtualAddress("10.77.9.9", { isTracked: false })];
        const bench = active({ addresses: [stays, goes] });
        bench.tell({ type: "address-removed", interfaceIndex: 2, address: goes.address, prefixLength: 32, isOurs: false });
        expect(bench.hear("10.77.0.2", { priority: 50 })).toContainEqual({
            type: "announce",
            router: "VI_1",
            addresses: [stays],
            rounds: 5,
        });
    });

    it("not what stood in an earlier active life", () => {
        const bench = active();
        bench.hear("10.77.0.2", { priority: 200 });
        bench.wake();
        expect(kinds(bench.hear("10.77.0.2", { priority: 50 }))).toEqual(["report lower-priority-seen", "send-advertisement"]);
    });
});

describe("two owners", () => {
    it("settle it by the address: the lower one gives way", () => {
        const bench = new SpeakerBench({ priority: 255 });
        bench.start();
        bench.hear("10.77.0.2", { priority: 255 });
        expect(bench.state).toBe("backup");
        expect(bench.untilWake).toBe(3_003_906);
    });

    it("do not fight for ever: the higher one steps down to 254 after two advertisements and a wait", () => {
        const bench = new SpeakerBench({ priority: 255 });
        bench.start();
        const seen: string[] = [];
        while (bench.state === "active" && seen.length < 10) {
            bench.pass(999);
            seen.push(...kinds(bench.hear("10.77.0.0", { priority: 255 })).filter((kind) => kind !== "send-advertisement"));
        }
        expect(seen.filter((kind) => kind === "report lower-priority-seen").length).toBeGreaterThanOrEqual(3);
        expect(seen).toContain("report owner-conflict");
        expect(bench.speaker.snapshot("VI_1")).toMatchObject({ state: "backup", basePriority: 255, effectivePriority: 254 });
        expect(bench.untilWake).toBe(3_003_906);
    });

    it("leave 255 to the one that comes back when the other is gone", () => {
        const bench = new SpeakerBench({ priority: 255 });
        bench.start();
        for (let second = 0; second < 5 && bench.state === "active"; second++) {
            bench.pass(999);
            bench.hear("10.77.0.0", { priority: 255 });
        }
        bench.hear("10.77.0.0", { priority: 255 });
        expect(bench.speaker.snapshot("VI_1")?.effectivePriority).toBe(254);
        bench.hear("10.77.0.3", { priority: 254 });
        expect(bench.speaker.snapshot("VI_1")?.effectivePriority).toBe(255);
        expect(advertisedPriorities(bench.wake())).toEqual([255]);
    });

    it("take up the conflict from its beginning after they were away", () => {
        const bench = new SpeakerBench({ priority: 255 });
        bench.start();
        bench.hear("10.77.0.0", { priority: 255 });
        bench.wake();
        bench.tell({ type: "address-removed", interfaceIndex: 2, address: ip("10.77.9.9"), prefixLength: 32, isOurs: false });
        bench.wake();
        bench.pass(1250);
        expect(kinds(bench.hear("10.77.0.0", { priority: 255 }))[0]).toBe("report lower-priority-seen");
    });

    it("are 255 again when they take over after the other", () => {
        const bench = new SpeakerBench({ priority: 255 });
        bench.start();
        for (let second = 0; second < 5 && bench.state === "active"; second++) {
            bench.pass(999);
            bench.hear("10.77.0.0", { priority: 255 });
        }
        expect([bench.state, bench.speaker.snapshot("VI_1")?.effectivePriority]).toEqual(["backup", 254]);
        expect(advertisedPriorities(bench.wake())).toEqual([255]);
    });

    it("are not heard at all with owner_ignore_adverts", () => {
        const bench = new SpeakerBench({ priority: 255, ownerIgnoresAdverts: true });
        bench.start();
        bench.hear("10.77.0.2", { priority: 255 });
        expect(bench.state).toBe("active");
    });
});

describe("the address list of a peer", () => {
    const other = { priority: 200, addresses: [ip("10.77.9.8")] };

    it("is compared, counted and told once, and the advertisement is used all the same", () => {
        const bench = backup();
        bench.pass(1000);
        expect(kinds(bench.hear("10.77.0.2", other))).toEqual(["report address-list-differs"]);
        expect(bench.hear("10.77.0.2", other)).toEqual([]);
        expect(bench.untilWake).toBe(3_609_375);
        expect(bench.speaker.snapshot("VI_1")?.counters).toMatchObject({ advertisementsReceived: 2, addressListErrors: 2 });
    });

    it("is compared for the first advertisement of an Active Router only with skip_check_adv_addr", () => {
        const bench = backup({ checksAddressesOnce: true });
        for (const source of ["10.77.0.2", "10.77.0.2", "10.77.0.3"]) {
            bench.hear(source, other);
        }
        expect(bench.speaker.snapshot("VI_1")?.counters.addressListErrors).toBe(2);
    });
});

describe("check_unicast_src", () => {
    it("drops what a stranger says, after it was counted as received", () => {
        const peers = [{ address: ip("10.77.0.2"), minTtl: 64, maxTtl: 255 }];
        const bench = backup({ checksUnicastSource: true, destination: { type: "unicast", ttl: 255, peers } });
        bench.pass(1000);
        expect(reports(bench.hear("10.77.0.3", { priority: 200 }))).toEqual([expect.objectContaining({ reason: "unknown-peer" })]);
        expect(bench.untilWake).toBe(2_609_375);
        expect(bench.speaker.snapshot("VI_1")?.counters).toMatchObject({ advertisementsReceived: 1, rejections: { "unknown-peer": 1 } });
    });
});

describe("complaints", () => {
    const otherVersion = { version: 3 as const, priority: 200 };

    it("come once of each kind, and again after another Active Router was heard", () => {
        const bench = backup();
        expect(kinds(bench.hear("10.77.0.2", otherVersion))).toEqual(["report advertisement-rejected"]);
        expect(bench.hear("10.77.0.2", otherVersion)).toEqual([]);
        bench.hear("10.77.0.3", { priority: 200 });
        expect(kinds(bench.hear("10.77.0.2", otherVersion))).toEqual(["report advertisement-rejected"]);
        expect(bench.speaker.snapshot("VI_1")?.counters.rejections).toEqual({ version: 3 });
    });

    it("come again after the state changed", () => {
        const bench = backup();
        bench.hear("10.77.0.2", otherVersion);
        bench.wake();
        expect(reports(bench.hear("10.77.0.2", otherVersion))).toEqual([
            {
                type: "advertisement-rejected",
                router: "VI_1",
                vrid: 51,
                source: ip("10.77.0.2"),
                reason: "version",
                detail: "wrong version. Received 3 and expect 2",
            },
        ]);
    });
});

describe("claims", () => {
    it("of thousands of addresses announce each as soon as it stands, the excluded ones too", () => {
        const excluded = Array.from({ length: 3 }, (_, index) => virtualAddress(`10.77.10.${index}`));
        const bench = new SpeakerBench({ excludedAddresses: excluded });
        bench.start();
        const listed = bench.settings.addresses;
        expect(bench.wake()[1]).toMatchObject({ type: "claim-addresses", addresses: [...listed, ...excluded] });
        const first = bench.tell({ type: "addresses-claimed", router: "VI_1", addresses: listed, isLast: false });
        expect(first[0]).toMatchObject({ type: "announce", addresses: listed, rounds: 1 });
        const last = bench.tell({ type: "addresses-claimed", router: "VI_1", addresses: excluded, isLast: true });
        expect(last.filter((effect) => effect.type === "announce")).toEqual([
            { type: "announce", router: "VI_1", addresses: excluded, rounds: 1 },
            { type: "announce", router: "VI_1", addresses: [...listed, ...excluded], rounds: 4 },
        ]);
    });

    it("that the kernel refuses are told", () => {
        const bench = active();
        const effects = bench.tell({ type: "claim-failed", router: "VI_1", address: virtualAddress("10.77.9.9"), code: "EACCES" });
        expect(reports(effects)).toEqual([{ type: "address-refused", router: "VI_1", address: ip("10.77.9.9"), code: "EACCES" }]);
    });

    it("of nobody concern nobody", () => {
        expect(active().tell({ type: "addresses-claimed", router: "VI_9", addresses: [], isLast: true })).toEqual([]);
    });
});

describe("one encoded advertisement", () => {
    it("is sent again and again", () => {
        const bench = active();
        const [first] = bench.wake();
        const [second] = bench.wake();
        expect(first).toBe(second);
        expect(bench.speaker.snapshot("VI_1")?.counters.advertisementsSent).toBe(3);
    });

    it("goes to each unicast peer with its own checksum, in the old form when an old peer was heard", () => {
        const peers = ["10.77.0.2", "10.77.0.3"].map((address) => ({ address: ip(address), minTtl: 0, maxTtl: 255 }));
        const bench = active({ version: 3, destination: { type: "unicast", ttl: 64, peers } });
        const sent = () => bench.wake().flatMap((effect) => (effect.type === "send-advertisement" ? [effect.packet] : []));
        const packets = sent();
        expect(packets.map(({ destination, ttl }) => [destination, ttl])).toEqual(peers.map(({ address }) => [address, 64]));
        const checksums = packets.map(({ payload }) => ((payload[6] ?? 0) << 8) | (payload[7] ?? 0));
        expect((checksums[0] ?? 0) - (checksums[1] ?? 0)).toBe(1);
        bench.tell({ type: "packet", packet: oldAdvertisement(bench) });
        const old = sent().map(({ payload }) => [payload[6], payload[7]]);
        expect(old[0]).toEqual(old[1]);
    });
});

function oldAdvertisement(bench: SpeakerBench): ReceivedPacket {
    const { settings } = bench;
    const packet = advertisementFrom(settings, "10.77.0.2");
    const says = {
        version: 3 as const,
        family: 4 as const,
        vrid: settings.vrid,
        priority: 1,
        interval: settings.advertisementInterval,
        addresses: settings.addresses.map(({ address }) => address),
    };
    return { ...packet, payload: encodeVrrp(says, { source: packet.source, destination: ip("224.0.0.18") }) };
}
