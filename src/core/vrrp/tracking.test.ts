/** What scripts, files, processes, BFD sessions and other interfaces do to one virtual router. */
import { describe, expect, it } from "vitest";
import type { TrackerKind, TrackerStatus } from "../track/tracker-status.ts";
import type { TrackerUse } from "../track/tracker-use.ts";
import type { SpeakerEffect } from "./effects.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import { advertisedPriorities, ip, kinds, link, reports, routerSettings, SpeakerBench } from "./test-bench.ts";

function use(name: string, weight = 0, overrides: Partial<TrackerUse> = {}): TrackerUse {
    return { kind: "script", name, weight, isReversed: false, ...overrides };
}

function tell(
    bench: SpeakerBench,
    name: string,
    status: TrackerStatus | "up" | "down",
    kind: TrackerKind = "script",
): readonly SpeakerEffect[] {
    return bench.tell({ type: "tracker", kind, name, status: typeof status === "string" ? { type: status } : status });
}

/** A router that tracks these; all that is given is up before it starts. */
function started(
    trackers: readonly TrackerUse[],
    overrides: Partial<VirtualRouterSettings> = {},
    known: readonly string[] = [],
): SpeakerBench {
    const bench = new SpeakerBench({ trackers, ...overrides });
    for (const name of known) {
        tell(bench, name, "up");
    }
    bench.start();
    return bench;
}

const priorityOf = (bench: SpeakerBench): number | undefined => bench.speaker.snapshot("VI_1")?.effectivePriority;

describe("a tracker without weight", () => {
    it("makes a master that it fails on resign, and name the tracker", () => {
        const bench = started([use("chk")], {}, ["chk"]);
        bench.wake();
        const effects = tell(bench, "chk", "down");
        expect(kinds(effects)).toEqual([
            "report fault-raised",
            "send-advertisement",
            "report priority-zero-sent",
            "cancel-announcements",
            "release-addresses",
            "report state-changed",
            "report addresses-removed",
        ]);
        expect(advertisedPriorities(effects)).toEqual([0]);
        expect(reports(effects)[0]).toEqual({ type: "fault-raised", router: "VI_1", reason: "tracker", detail: "script chk" });
        expect(bench.speaker.snapshot("VI_1")).toMatchObject({ state: "fault", faults: ["tracker"] });
        expect(bench.speaker.wakeAt).toBeUndefined();
    });

    it("lets go when it is good again: to backup, with the whole timer", () => {
        const bench = started([use("chk")], {}, ["chk"]);
        tell(bench, "chk", "down");
        expect(reports(tell(bench, "chk", "up"))).toMatchObject([
            { type: "fault-cleared", reason: "tracker" },
            { type: "state-changed", from: "fault", to: "backup", cause: { type: "fault-cleared" } },
        ]);
        expect(bench.untilWake).toBe(3_609_375);
    });

    it("keeps a fault as long as any of several fails, beside reasons of other kinds", () => {
        const bench = started([use("one"), use("two")], {}, ["one", "two"]);
        tell(bench, "one", "down");
        expect(tell(bench, "two", "down")).toEqual([]);
        bench.tell({ type: "link", link: link({ isRunning: false }) });
        tell(bench, "one", "up");
        expect(bench.speaker.snapshot("VI_1")?.faults).toEqual(["interface-down", "tracker"]);
        tell(bench, "two", "up");
        expect(bench.state).toBe("fault");
        bench.tell({ type: "link", link: link() });
        expect(bench.state).toBe("backup");
    });

    it("makes an owner fail too", () => {
        const bench = started([use("chk")], { priority: 255, wantsMaster: true }, ["chk"]);
        expect(bench.state).toBe("active");
        tell(bench, "chk", "down");
        expect(bench.state).toBe("fault");
    });

    it.each<[TrackerKind, TrackerStatus, TrackerStatus]>([
        ["script", { type: "down" }, { type: "up" }],
        ["process", { type: "down" }, { type: "up" }],
        ["bfd", { type: "down" }, { type: "up" }],
        ["file", { type: "value", value: 1 }, { type: "value", value: 0 }],
    ])("of the kind %s works alike", (kind, bad, good) => {
        const bench = started([use("it", 0, { kind })]);
        tell(bench, "it", good, kind);
        expect(bench.state).toBe("backup");
        tell(bench, "it", bad, kind);
        expect(bench.state).toBe("fault");
        tell(bench, "it", good, kind);
        expect(bench.state).toBe("backup");
    });

    it("reversed fails while the thing is up", () => {
        const bench = started([use("chk", 0, { isReversed: true })]);
        tell(bench, "chk", "down");
        expect(bench.state).toBe("backup");
        tell(bench, "chk", "up");
        expect(bench.state).toBe("fault");
    });
});

it("a router that needs static addresses does not wait for a word of them, and is at fault while one is missing", () => {
    const bench = started([use("TG", 0, { kind: "static" })]);
    expect(bench.state).toBe("backup");
    tell(bench, "TG", "down", "static");
    expect(bench.state).toBe("fault");
    tell(bench, "TG", "up", "static");
    expect(bench.state).toBe("backup");
});

describe("before the first word of a tracker without weight", () => {
    it("a router waits in silence, its addresses taken down, and begins with the first good word", () => {
        const bench = new SpeakerBench({ trackers: [use("chk")] });
        expect(kinds(bench.start())).toEqual(["release-addresses"]);
        expect(bench.state).toBe("initialize");
        expect(bench.speaker.wakeAt).toBeUndefined();
        expect(bench.hear("10.77.0.2")).toEqual([]);
        bench.pass(5_000);
        expect(reports(tell(bench, "chk", "up"))).toMatchObject([
            { type: "state-changed", from: "initialize", to: "backup", cause: { type: "startup" } },
        ]);
        expect(bench.untilWake).toBe(3_609_375);
    });

    it("a bad first word is a fault from the start", () => {
        const bench = started([use("chk")]);
        expect(reports(tell(bench, "chk", "down"))).toMatchObject([
            { type: "fault-raised", reason: "tracker" },
            { type: "state-changed", from: "initialize", to: "fault", cause: { type: "startup" } },
        ]);
    });

    it("an owner becomes active as soon as all have spoken", () => {
        const bench = started([use("one"), use("two")], { priority: 255, wantsMaster: true });
        expect(tell(bench, "one", "up")).toEqual([]);
        expect(kinds(tell(bench, "two", "up"))).toContain("send-advertisement");
        expect(bench.state).toBe("active");
    });

    it("a start-up delay goes on counting", () => {
        const bench = started([use("chk")], { startupDelay: 5_000_000 as never });
        bench.pass(2_000);
        tell(bench, "chk", "up");
        expect(bench.untilWake).toBe(3_000_000 + 3_609_375);
    });

    it("a weight makes nobody wait", () => {
        expect(started([use("chk", 20)]).state).toBe("backup");
    });

    it("a router that runs already goes on: a reload that adds a tracker takes nothing down", () => {
        const bench = started([]);
        bench.wake();
        const effects = bench.tell({ type: "configure", routers: [{ ...bench.settings, trackers: [use("new")] }] });
        expect(effects).toEqual([]);
        expect(bench.state).toBe("active");
        tell(bench, "new", "down");
        expect(bench.state).toBe("fault");
    });

    it("a reload that takes the tracker away ends the waiting", () => {
        const bench = started([use("chk")]);
        bench.tell({ type: "configure", routers: [routerSettings()] });
        expect(bench.state).toBe("backup");
    });

    it("a router that is stopped stays stopped", () => {
        const bench = started([use("chk")]);
        bench.tell({ type: "stop", keepsAddresses: false });
        tell(bench, "chk", "up");
        expect(bench.state).toBe("initialize");
    });
});

describe("a tracker with weight", () => {
    it("changes what a master advertises with its next advertisement, and not the state", () => {
        const bench = started([use("chk", -30)], {}, ["chk"]);
        bench.wake();
        const effects = tell(bench, "chk", "down");
        expect(effects).toEqual([
            { type: "report", report: { type: "priority-changed", router: "VI_1", from: 100, to: 70, state: "active" } },
        ]);
        expect(advertisedPriorities(bench.wake())).toEqual([70]);
        expect(bench.speaker.snapshot("VI_1")).toMatchObject({ state: "active", basePriority: 100, effectivePriority: 70 });
    });

    it("makes a master give way to one that it outranked before", () => {
        const bench = started([use("chk", -30)], {}, ["chk"]);
        bench.wake();
        bench.hear("10.77.0.2", { priority: 90 });
        expect(bench.state).toBe("active");
        tell(bench, "chk", "down");
        bench.hear("10.77.0.2", { priority: 90 });
        expect(bench.state).toBe("backup");
    });

    it("makes a backup preempt a master that is lower now, or let it be when that is not so any more", () => {
        const bench = started([use("chk", 30)]);
        const restarts = () => bench.untilWake;
        bench.pass(1_000);
        bench.hear("10.77.0.2", { priority: 110 });
        expect(restarts()).toBe(3_609_375);
        tell(bench, "chk", "up");
        bench.pass(1_000);
        expect(reports(bench.hear("10.77.0.2", { priority: 110 }))).toMatchObject([{ type: "lower-priority-discarded", own: 130 }]);
        tell(bench, "chk", "down");
        bench.hear("10.77.0.2", { priority: 110 });
        expect(restarts()).toBe(3_609_375);
    });

    it("moves a backup's running timer by the difference of the Skew_Times", () => {
        const bench = started([use("chk", 100)]);
        bench.pass(1_000);
        tell(bench, "chk", "up");
        // 3 s + 56/256 s, of which one second has passed.
        expect(bench.untilWake).toBe(2_000_000 + 218_750);
        tell(bench, "chk", "down");
        expect(bench.untilWake).toBe(2_609_375);
    });

    it("never moves a timer into the past", () => {
        const bench = started([use("chk", 154)]);
        bench.pass(3_500);
        tell(bench, "chk", "up");
        expect(bench.untilWake).toBe(0);
    });

    it("is added up with others, and only the sum is kept within 1 and 254", () => {
        const bench = started([use("plus", 200), use("minus", -50)], {}, ["plus", "minus"]);
        expect(priorityOf(bench)).toBe(254);
        expect(tell(bench, "minus", "down")).toHaveLength(1);
        expect(priorityOf(bench)).toBe(250);
        tell(bench, "plus", "down");
        expect(priorityOf(bench)).toBe(50);
    });

    it("does not touch an owner", () => {
        const bench = started([use("chk", -100)], { priority: 255, wantsMaster: true });
        expect(tell(bench, "chk", "down")).toEqual([]);
        expect(priorityOf(bench)).toBe(255);
    });

    it("in a file that says -254 is a fault, and counts for nothing meanwhile", () => {
        const bench = started([use("f", 1, { kind: "file" })]);
        tell(bench, "f", { type: "value", value: 40 }, "file");
        expect(priorityOf(bench)).toBe(140);
        tell(bench, "f", { type: "value", value: -254 }, "file");
        expect(bench.speaker.snapshot("VI_1")).toMatchObject({ state: "fault", effectivePriority: 100 });
        tell(bench, "f", { type: "value", value: -20 }, "file");
        expect(bench.speaker.snapshot("VI_1")).toMatchObject({ state: "backup", effectivePriority: 80 });
    });

    it("has its new weight with a reload at once", () => {
        const bench = started([use("chk", -30)], {}, ["chk"]);
        bench.wake();
        tell(bench, "chk", "down");
        const wanted = { ...bench.settings, trackers: [use("chk", -50)] };
        expect(reports(bench.tell({ type: "configure", routers: [wanted] }))).toEqual([
            { type: "priority-changed", router: "VI_1", from: 70, to: 50, state: "active" },
        ]);
        bench.tell({ type: "configure", routers: [routerSettings()] });
        expect(priorityOf(bench)).toBe(100);
    });
});

describe("a tracked interface", () => {
    const eth1 = (isRunning: boolean) => ({ type: "link", link: link({ index: 3, name: "eth1", isRunning }) }) as const;

    it("makes a fault while it has no carrier, is set down or is not there", () => {
        const bench = started([use("eth1", 0, { kind: "interface" })]);
        expect(bench.state).toBe("fault");
        bench.tell(eth1(true));
        expect(bench.state).toBe("backup");
        bench.tell(eth1(false));
        expect(bench.state).toBe("fault");
        bench.tell(eth1(true));
        bench.tell({ type: "link-gone", interfaceIndex: 3 });
        expect(bench.speaker.snapshot("VI_1")).toMatchObject({ state: "fault", faults: ["tracker"] });
    });

    it("that gets another name is not there any more", () => {
        const bench = started([use("eth1", 0, { kind: "interface" })]);
        bench.tell(eth1(true));
        bench.tell({ type: "link", link: link({ index: 3, name: "wan" }) });
        expect(bench.state).toBe("fault");
        bench.tell({ type: "link", link: link({ index: 3, name: "eth1" }) });
        expect(bench.state).toBe("backup");
    });

    it("with a weight moves the priority", () => {
        const bench = started([use("eth1", -20, { kind: "interface" }), use("eth2", 5, { kind: "interface" })]);
        expect(priorityOf(bench)).toBe(80);
        bench.tell(eth1(true));
        expect(priorityOf(bench)).toBe(100);
        bench.tell({ type: "link", link: link({ index: 4, name: "eth2" }) });
        expect(priorityOf(bench)).toBe(105);
    });

    it("may be the own one, where that is not tracked by itself", () => {
        const bench = started([use("eth0", -20, { kind: "interface" })], { tracksInterface: false });
        expect(priorityOf(bench)).toBe(100);
        bench.tell({ type: "link", link: link({ isRunning: false }) });
        expect(bench.speaker.snapshot("VI_1")).toMatchObject({ state: "backup", effectivePriority: 80 });
    });
});

describe("a successor of a process that died", () => {
    function successorOf(bench: SpeakerBench, prepare: (successor: SpeakerBench) => void = () => undefined): SpeakerBench {
        const successor = new SpeakerBench(bench.settings, bench.now);
        const snapshots = JSON.parse(JSON.stringify(bench.speaker.snapshots())) as ReturnType<typeof bench.speaker.snapshots>;
        successor.tell({ type: "configure", routers: [bench.settings] });
        successor.tellOfLink();
        successor.tell({ type: "restore", snapshots });
        prepare(successor);
        successor.tell({ type: "start" });
        return successor;
    }

    it("goes on with the priority that trackers had made, before they have spoken again", () => {
        const bench = started([use("chk", -30), use("f", 1, { kind: "file" })]);
        bench.wake();
        tell(bench, "chk", "down");
        tell(bench, "f", { type: "value", value: 7 }, "file");
        const successor = successorOf(bench);
        expect(successor.speaker.snapshot("VI_1")).toMatchObject({ state: "active", effectivePriority: 77 });
        expect(tell(successor, "chk", "down")).toEqual([]);
    });

    it("stays in FAULT as long as the tracker fails", () => {
        const bench = started([use("chk")]);
        tell(bench, "chk", "down");
        const successor = successorOf(bench);
        expect(successor.state).toBe("fault");
        tell(successor, "chk", "up");
        expect(successor.state).toBe("backup");
    });

    it("trusts what it has been told itself", () => {
        const bench = started([use("chk", -30)], {}, ["chk"]);
        bench.wake();
        tell(bench, "chk", "down");
        const successor = successorOf(bench, (one) => tell(one, "chk", "up"));
        expect(priorityOf(successor)).toBe(100);
    });

    it("waits on where its predecessor waited", () => {
        const successor = successorOf(started([use("chk")]));
        expect(successor.state).toBe("initialize");
        tell(successor, "chk", "up");
        expect(successor.state).toBe("backup");
    });
});

it("news of a tracker cost as much as there are routers that use it", () => {
    const bench = new SpeakerBench();
    const routers = Array.from({ length: 2_000 }, (_, index) =>
        routerSettings({
            name: `R${index}`,
            vrid: (index % 255) + 1,
            interfaceName: `eth${index >> 7}`,
            trackers: [use(`s${index}`, -10)],
        }),
    );
    bench.tell({ type: "configure", routers });
    bench.tell({ type: "address-added", interfaceIndex: 2, address: ip("10.77.0.1"), prefixLength: 16 });
    bench.tell({ type: "start" });
    for (let round = 0; round < 20; round++) {
        for (const { name } of routers) {
            tell(bench, `s${name.slice(1)}`, round % 2 === 0 ? "down" : "up");
        }
    }
    // 40 000 events: looking through all routers for each would take longer than a test may.
    expect(bench.speaker.snapshot("R7")?.effectivePriority).toBe(100);
});
