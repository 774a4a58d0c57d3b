/** Virtual routers that change state together. */
import { describe, expect, it } from "vitest";
import { type Instant, instant, milliseconds, seconds } from "../base/instant.ts";
import type { Advertisement } from "../packet/vrrp.ts";
import type { SpeakerEffect } from "./effects.ts";
import type { SpeakerEvent } from "./events.ts";
import type { VrrpReport } from "./reports.ts";
import type { SyncGroupSettings, VirtualRouterSettings } from "./settings.ts";
import type { VirtualRouterSnapshot } from "./snapshot.ts";
import { VrrpSpeaker } from "./speaker.ts";
import { advertisementFrom, ip, link, reports, routerSettings, virtualAddress } from "./test-bench.ts";

const NAMES = ["A", "B", "C"] as const;
type Name = (typeof NAMES)[number];
type Overrides = Partial<Record<Name, Partial<VirtualRouterSettings>>>;

const GROUP: SyncGroupSettings = { name: "G", members: NAMES };

/** Three routers, A on eth0, B on eth1, C on eth2, in one group; and a clock that goes as far as it is told. */
class GroupBench {
    readonly speaker = new VrrpSpeaker();
    readonly settings: readonly VirtualRouterSettings[];
    #now: Instant;

    constructor(overrides: Overrides = {}, now = instant(1_000_000)) {
        this.#now = now;
        this.settings = NAMES.map((name, index) =>
            routerSettings({
                name,
                vrid: 51 + index,
                interfaceName: `eth${index}`,
                addresses: [virtualAddress(`10.77.9.${index + 1}`, { interfaceName: `eth${index}` })],
                ...overrides[name],
            }),
        );
    }

    get now(): Instant {
        return this.#now;
    }

    tell(event: SpeakerEvent): readonly SpeakerEffect[] {
        return this.speaker.handle(event, this.#now).filter(({ type }) => type !== "configured");
    }

    configure(groups: readonly SyncGroupSettings[] = [GROUP], routers = this.settings): readonly SpeakerEffect[] {
        return this.tell({ type: "configure", routers, groups });
    }

    prepare(groups?: readonly SyncGroupSettings[]): this {
        this.configure(groups);
        for (const index of NAMES.keys()) {
            this.setLink(index, true);
            this.tell({ type: "address-added", interfaceIndex: index + 2, address: ip(`10.${77 + index}.0.1`), prefixLength: 16 });
        }
        return this;
    }

    start(groups?: readonly SyncGroupSettings[]): readonly SpeakerEffect[] {
        return this.prepare(groups).tell({ type: "start" });
    }

    setLink(index: number, isRunning: boolean): readonly SpeakerEffect[] {
        return this.tell({ type: "link", link: link({ index: index + 2, name: `eth${index}`, isRunning }) });
    }

    hear(name: Name, overrides: Partial<Advertisement> = {}): readonly SpeakerEffect[] {
        const index = NAMES.indexOf(name);
        const settings = this.settings[index] as VirtualRouterSettings;
        const packet = advertisementFrom(settings, `10.${77 + index}.0.2`, overrides);
        return this.tell({ type: "packet", packet: { ...packet, interfaceIndex: index + 2 } });
    }

    pass(span: number): this {
        this.#now = (this.#now + milliseconds(span)) as Instant;
        return this;
    }

    /** Wakes at the next deadline, and again for those who are due at the same time. */
    wake(): SpeakerEffect[] {
        const at = this.speaker.wakeAt ?? this.#now;
        this.#now = at;
        const effects: SpeakerEffect[] = [];
        while (this.speaker.wakeAt !== undefined && this.speaker.wakeAt <= at) {
            effects.push(...this.tell({ type: "wake" }));
        }
        return effects;
    }

    get states(): string {
        return this.speaker
            .snapshots()
            .map(({ state }) => state)
            .join(" ");
    }

    snapshot(name: Name): VirtualRouterSnapshot | undefined {
        return this.speaker.snapshot(name);
    }
}

function started(overrides: Overrides = {}): GroupBench {
    const bench = new GroupBench(overrides);
    bench.start();
    return bench;
}

function active(overrides: Overrides = {}): GroupBench {
    const bench = started(overrides);
    bench.wake();
    bench.wake();
    expect(bench.states).toBe("active active active");
    return bench;
}

/** `A→active`, `G⇒active`, `syncing G→active`, in order. */
function moves(effects: readonly SpeakerEffect[]): string[] {
    return reports(effects).flatMap((report: VrrpReport) => {
        switch (report.type) {
            case "state-changed":
                return [`${report.router}→${report.to}`];
            case "group-syncing":
                return [`syncing ${report.group}→${report.to}`];
            case "group-state-changed":
                return [`${report.group}⇒${report.to}`];
            default:
                return [];
        }
    });
}

function advertised(effects: readonly SpeakerEffect[]): string[] {
    return effects.flatMap((effect) => (effect.type === "send-advertisement" ? [`${effect.router} ${effect.packet.payload[2]}`] : []));
}

describe("a sync group that starts", () => {
    it("reports its members, then itself", () => {
        const bench = new GroupBench();
        expect(moves(bench.start())).toEqual(["A→backup", "B→backup", "C→backup", "syncing G→backup", "G⇒backup"]);
    });

    it("is at fault when one of its members is, and says of the others that it is not for a reason of their own", () => {
        const bench = new GroupBench().prepare();
        bench.setLink(1, false);
        const effects = bench.tell({ type: "start" });
        expect(moves(effects)).toEqual(["A→fault", "B→fault", "C→fault", "syncing G→fault", "G⇒fault"]);
        expect(bench.speaker.snapshots().map(({ faults }) => faults)).toEqual([["sync-group"], ["interface-down"], ["sync-group"]]);
        expect(bench.speaker.wakeAt).toBeUndefined();
    });

    it("is active at once when all own their addresses", () => {
        const owner = { priority: 255, wantsMaster: true };
        const bench = new GroupBench({ A: owner, B: owner, C: owner });
        expect(moves(bench.start())).toEqual(["A→active", "B→active", "C→active", "syncing G→active", "G⇒active"]);
    });

    it("waits with an owner among others, who does not begin as active", () => {
        const bench = started({ B: { priority: 255, wantsMaster: true } });
        expect(bench.states).toBe("backup backup backup");
        bench.wake();
        expect(bench.states).toBe("backup backup backup");
        bench.wake();
        expect(bench.states).toBe("active active active");
    });

    it("is quicker with `state MASTER`: one interval and the smallest Skew_Time", () => {
        const wish = { priority: 150, wantsMaster: true };
        const bench = started({ A: wish, B: wish, C: wish });
        expect((bench.speaker.wakeAt ?? 0) - bench.now).toBe(1_003_906);
        bench.wake();
        expect(bench.states).toBe("active active active");
    });

    it("waits in silence until what all its members track has spoken", () => {
        const script = (name: string) => ({ kind: "script", name, weight: 0, isReversed: false }) as const;
        const bench = new GroupBench({ A: { trackers: [script("x")] }, C: { trackers: [script("y")] } });
        expect(moves(bench.start())).toEqual([]);
        expect(bench.states).toBe("initialize initialize initialize");
        expect(moves(bench.tell({ type: "tracker", kind: "script", name: "x", status: { type: "up" } }))).toEqual([]);
        expect(moves(bench.tell({ type: "tracker", kind: "script", name: "y", status: { type: "up" } }))).toEqual([
            "C→backup",
            "syncing G→backup",
            "A→backup",
            "B→backup",
            "G⇒backup",
        ]);
    });

    it("is at fault when the last word is a bad one", () => {
        const trackers = [{ kind: "script", name: "x", weight: 0, isReversed: false }] as const;
        const bench = started({ B: { trackers } });
        bench.tell({ type: "tracker", kind: "script", name: "x", status: { type: "down" } });
        expect(bench.states).toBe("fault fault fault");
    });
});

describe("a sync group goes to active", () => {
    it("when the last member would: that one first, the others in order, then the group", () => {
        const bench = started({ A: { priority: 120 }, B: { priority: 90 }, C: { priority: 110 } });
        expect(moves(bench.wake())).toEqual([]);
        expect(bench.snapshot("A")).toMatchObject({ state: "backup", wantsActive: true });
        expect(moves(bench.wake())).toEqual([]);
        const effects = bench.wake();
        expect(moves(effects)).toEqual(["B→active", "syncing G→active", "A→active", "C→active", "G⇒active"]);
        expect(advertised(effects)).toEqual(["B 90", "A 120", "C 110"]);
        expect(reports(effects).find((report) => report.type === "state-changed" && report.router === "A")).toMatchObject({
            cause: { type: "sync-group", group: "G" },
        });
    });

    it("never while one member hears somebody whom it does not outrank", () => {
        const bench = started();
        for (let round = 0; round < 12; round++) {
            bench.pass(900);
            bench.hear("B", { priority: 100 });
            bench.tell({ type: "wake" });
        }
        expect(bench.states).toBe("backup backup backup");
        expect(bench.snapshot("A")?.wantsActive).toBe(true);
        expect(bench.snapshot("B")?.wantsActive).toBeUndefined();
    });

    it("a wish is given up when somebody is heard after all", () => {
        const bench = started({ A: { priority: 200 }, B: { priority: 200 } });
        bench.wake();
        bench.hear("A", { priority: 200 });
        bench.pass(400).tell({ type: "wake" });
        expect(bench.states).toBe("backup backup backup");
    });

    it("never with nopreempt while a lower one is active for one member", () => {
        const bench = started({ B: { preempt: false } });
        for (let round = 0; round < 12; round++) {
            bench.pass(900);
            bench.hear("B", { priority: 10 });
            bench.tell({ type: "wake" });
        }
        expect(bench.states).toBe("backup backup backup");
    });

    it("preempts when all members outrank whom they hear", () => {
        const bench = started();
        for (let round = 0; round < 5; round++) {
            bench.pass(900);
            for (const name of NAMES) {
                bench.hear(name, { priority: 10 });
            }
            bench.tell({ type: "wake" });
        }
        expect(bench.states).toBe("active active active");
    });
});

describe("a sync group that is active", () => {
    it("goes to backup with the first member that has to, without priority 0", () => {
        const bench = active();
        const effects = bench.hear("B", { priority: 200 });
        expect(moves(effects)).toEqual(["B→backup", "syncing G→backup", "A→backup", "C→backup", "G⇒backup"]);
        expect(advertised(effects)).toEqual([]);
        expect(effects.filter(({ type }) => type === "release-addresses")).toHaveLength(3);
        expect(reports(effects).at(-1)).toMatchObject({ type: "group-state-changed", cause: { type: "higher-priority", priority: 200 } });
    });

    it("goes to FAULT with the first member that does; each says that it leaves", () => {
        const bench = active();
        const effects = bench.setLink(2, false);
        expect(moves(effects)).toEqual(["C→fault", "syncing G→fault", "A→fault", "B→fault", "G⇒fault"]);
        expect(advertised(effects)).toEqual(["C 0", "A 0", "B 0"]);
        expect(bench.speaker.wakeAt).toBeUndefined();
    });

    it("leaves FAULT with the last member that does, all together with the whole timer", () => {
        const bench = active();
        bench.setLink(0, false);
        bench.setLink(2, false);
        expect(moves(bench.setLink(2, true))).toEqual([]);
        expect(bench.snapshot("C")?.faults).toEqual(["sync-group"]);
        const effects = bench.setLink(0, true);
        expect(moves(effects)).toEqual(["A→backup", "syncing G→backup", "B→backup", "C→backup", "G⇒backup"]);
        expect(reports(effects).filter(({ type }) => type === "fault-cleared")).toHaveLength(3);
        bench.wake();
        expect(bench.states).toBe("active active active");
    });

    it("is at fault when a member's interface is no more, and when a tracker of the group fails for all at once", () => {
        const trackers = [{ kind: "process", name: "nginx", weight: 0, isReversed: false }] as const;
        const bench = new GroupBench({ A: { trackers }, B: { trackers }, C: { trackers } }).prepare();
        bench.tell({ type: "tracker", kind: "process", name: "nginx", status: { type: "up" } });
        bench.tell({ type: "start" });
        bench.wake();
        const effects = bench.tell({ type: "tracker", kind: "process", name: "nginx", status: { type: "down" } });
        expect(moves(effects)).toEqual(["A→fault", "syncing G→fault", "B→fault", "C→fault", "G⇒fault"]);
        bench.tell({ type: "tracker", kind: "process", name: "nginx", status: { type: "up" } });
        expect(bench.states).toBe("backup backup backup");
        bench.tell({ type: "link-gone", interfaceIndex: 3 });
        expect(bench.states).toBe("fault fault fault");
    });

    it("comes back after Skew_Time when somebody takes down an address of one member", () => {
        const bench = active();
        const { address } = virtualAddress("10.77.9.2");
        const effects = bench.tell({ type: "address-removed", interfaceIndex: 3, address, prefixLength: 32, isOurs: false });
        expect(moves(effects)).toEqual(["B→backup", "syncing G→backup", "A→backup", "C→backup", "G⇒backup"]);
        expect((bench.speaker.wakeAt ?? 0) - bench.now).toBe(609_375);
        bench.wake();
        expect(bench.states).toBe("active active active");
    });

    it("announces the addresses of all members when one outranks another master, once in a while", () => {
        const bench = active();
        for (const settings of bench.settings) {
            bench.tell({ type: "addresses-claimed", router: settings.name, addresses: settings.addresses, isLast: true });
        }
        bench.pass(6_000).wake();
        const announced = (effects: readonly SpeakerEffect[]) =>
            effects.flatMap((effect) => (effect.type === "announce" ? [effect.router] : []));
        expect(announced(bench.hear("B", { priority: 10 }))).toEqual(["B", "A", "C"]);
        expect(announced(bench.hear("C", { priority: 10 }))).toEqual(["C"]);
    });

    it("stops with its members", () => {
        const bench = active();
        const effects = bench.tell({ type: "stop", keepsAddresses: false });
        expect(moves(effects)).toEqual(["A→initialize", "B→initialize", "C→initialize", "G⇒initialize"]);
        expect(advertised(effects)).toEqual(["A 0", "B 0", "C 0"]);
    });
});

it("a group of one works as its member does", () => {
    const bench = new GroupBench();
    bench.start([{ name: "G", members: ["B"] }]);
    expect(moves(bench.wake())).toEqual(["A→active", "B→active", "syncing G→active", "G⇒active", "C→active"]);
    expect(moves(bench.setLink(0, false))).toEqual(["A→fault"]);
    expect(moves(bench.setLink(1, false))).toEqual(["B→fault", "syncing G→fault", "G⇒fault"]);
});

describe("a reload", () => {
    it("that changes nothing reports nothing", () => {
        const bench = active();
        expect(bench.configure()).toEqual([]);
    });

    it("of one member moves none", () => {
        const bench = active();
        const [first, ...rest] = bench.settings;
        const effects = bench.configure([GROUP], [{ ...(first as VirtualRouterSettings), advertisementInterval: seconds(2) }, ...rest]);
        expect(moves(effects)).toEqual([]);
        bench.hear("C", { priority: 200 });
        expect(bench.states).toBe("backup backup backup");
    });

    it("that takes a member out of the group leaves it alone from then on", () => {
        const bench = active();
        bench.configure([{ name: "G", members: ["A", "B"] }]);
        bench.setLink(2, false);
        expect(bench.states).toBe("active active fault");
        bench.setLink(1, false);
        expect(bench.states).toBe("fault fault fault");
        expect(bench.snapshot("A")?.faults).toEqual(["sync-group"]);
    });

    it("that takes out the member at fault lets the others go", () => {
        const bench = active();
        bench.setLink(2, false);
        const effects = bench.configure([{ name: "G", members: ["A", "B"] }], bench.settings.slice(0, 2));
        expect(moves(effects)).toEqual(["C→initialize", "syncing G→backup", "A→backup", "B→backup", "G⇒backup"]);
    });

    it("that makes a group of running routers brings them to one state", () => {
        const bench = new GroupBench();
        bench.start([]);
        bench.pass(1_000).hear("B", { priority: 200 });
        bench.wake();
        expect(bench.states).toBe("active backup active");
        expect(moves(bench.configure())).toEqual(["syncing G→backup", "A→backup", "C→backup", "G⇒backup"]);
    });

    // Given a group at fault because of one member. When another one leaves it, or all do. Then who has no reason of his own takes part again.
    it.each([
        ["another member out of a group at fault", [{ name: "G", members: ["B", "C"] }], "backup fault fault"],
        ["a group at fault away", [], "backup backup fault"],
    ])("that takes %s lets those go who have no fault", (...[, groups, states]) => {
        const bench = active();
        bench.setLink(2, false);
        expect(bench.states).toBe("fault fault fault");
        bench.configure(groups);
        expect([bench.states, bench.snapshot("A")?.faults]).toEqual([states, []]);
    });

    // Given a group that waits for the first word of what one member tracks. When that one leaves the group, or all do. Then the others begin.
    it.each([
        ["out of the group", [{ name: "G", members: ["A", "B"] }]],
        ["and the group away", []],
    ])("that takes the member that waits %s lets the others begin", (...[, groups]) => {
        const bench = started({ C: { trackers: [{ kind: "script", name: "x", weight: 0, isReversed: false }] } });
        expect(bench.states).toBe("initialize initialize initialize");
        bench.configure(groups);
        expect(bench.states).toBe("backup backup initialize");
    });

    it("that takes the group away lets each go its own way", () => {
        const bench = active();
        expect(moves(bench.configure([]))).toEqual(["G⇒initialize"]);
        bench.setLink(0, false);
        expect(bench.states).toBe("fault active active");
    });
});

describe("a successor of a process that died", () => {
    function successorOf(bench: GroupBench): [GroupBench, readonly SpeakerEffect[]] {
        const successor = new GroupBench({}, bench.now).prepare();
        successor.tell({ type: "restore", snapshots: bench.speaker.snapshots() });
        return [successor, successor.tell({ type: "start" })];
    }

    it.each([
        ["active", (bench: GroupBench) => bench.wake()],
        ["backup", () => []],
    ] as const)("goes on as %s without a word", (state, until) => {
        const bench = started();
        until(bench);
        const [successor, effects] = successorOf(bench);
        expect(moves(effects)).toEqual([]);
        expect(successor.states).toBe(`${state} ${state} ${state}`);
        expect(moves(successor.setLink(1, false))).toEqual(["B→fault", "syncing G→fault", "A→fault", "C→fault", "G⇒fault"]);
    });

    it("remembers who wished to be active", () => {
        const bench = started({ A: { priority: 200 } });
        bench.wake();
        const [successor] = successorOf(bench);
        expect(successor.snapshot("A")?.wantsActive).toBe(true);
    });

    it("leaves FAULT when the reason went in between", () => {
        const bench = active();
        bench.setLink(1, false);
        const [successor, effects] = successorOf(bench);
        expect(successor.states).toBe("backup backup backup");
        expect(moves(effects)).toContain("G⇒backup");
    });
});

describe("a thousand members", () => {
    const COUNT = 1_000;
    const members = Array.from({ length: COUNT }, (_, index) => `R${index}`);

    function many(): GroupBench {
        const bench = new GroupBench();
        const trackers = [{ kind: "script", name: "x", weight: -10, isReversed: false }] as const;
        const routers = members.map((name, index) =>
            routerSettings({ name, vrid: (index % 250) + 1, interfaceName: `eth${Math.floor(index / 250)}`, trackers, addresses: [] }),
        );
        bench.configure([{ name: "G", members }], routers);
        for (const index of [0, 1, 2, 3]) {
            bench.setLink(index, true);
            bench.tell({ type: "address-added", interfaceIndex: index + 2, address: ip(`10.${77 + index}.0.1`), prefixLength: 16 });
        }
        bench.tell({ type: "start" });
        return bench;
    }

    it("move in as many steps as there are members", () => {
        const bench = many();
        for (let round = 0; round < 5; round++) {
            const up = bench.wake();
            expect(advertised(up)).toHaveLength(COUNT);
            const down = bench.setLink(0, false);
            expect(moves(down)).toHaveLength(COUNT + 2);
            // A word for each of the 250 whose own interface it is, and one for each of the others.
            expect(reports(down).filter(({ type }) => type === "fault-raised")).toHaveLength(COUNT + 249);
            expect(moves(bench.setLink(0, true))).toHaveLength(COUNT + 2);
        }
    });

    it("take news of what all of them track in one pass", () => {
        const bench = many();
        bench.wake();
        for (let round = 0; round < 10; round++) {
            const effects = bench.tell({ type: "tracker", kind: "script", name: "x", status: { type: round % 2 === 0 ? "down" : "up" } });
            expect(effects).toHaveLength(COUNT);
        }
    });
});
