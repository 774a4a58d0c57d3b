import { beforeEach, describe, expect, it } from "vitest";
import { instant, milliseconds, NO_TIME, seconds } from "../base/instant.ts";
import { BFD_STATES, type BfdState } from "../packet/bfd.ts";
import { BfdBench, sessionSettings } from "./test-bench.ts";

let bench: BfdBench;

beforeEach(() => {
    bench = new BfdBench();
});

/** Brings the session into a state. */
function into(state: BfdState): void {
    bench.configure(sessionSettings({ isAdminDown: state === "admin-down" }));
    if (state === "init") {
        bench.hear({ state: "down", yourDiscriminator: 0 });
    } else if (state === "up") {
        bench.comeUp();
    }
    expect(bench.snapshot().state).toBe(state);
}

describe("RFC 5880 §6.8.6: every state, whatever the neighbour's", () => {
    const NEXT: Readonly<Record<BfdState, readonly BfdState[]>> = {
        "admin-down": ["admin-down", "admin-down", "admin-down", "admin-down"],
        down: ["down", "init", "up", "down"],
        init: ["down", "init", "up", "up"],
        up: ["down", "down", "up", "up"],
    };
    const cases = BFD_STATES.flatMap((state) => BFD_STATES.map((heard, index) => [state, heard, NEXT[state][index] as BfdState] as const));

    it.each(cases)("%s hears %s: %s", (state, heard, next) => {
        into(state);
        bench.hear({ state: heard });
        expect(bench.snapshot().state).toBe(next);
        if (state === "up" && next === "down") {
            expect(bench.snapshot().localDiagnostic).toBe(3);
        }
        // A change of state is told at once, and nothing else is sent.
        expect(bench.sent.map((packet) => packet.state)).toEqual(
            next === state && state !== "down" && state !== "admin-down" ? [] : [next],
        );
    });
});

describe("coming up", () => {
    it("speaks at once, then once a second, less jitter", () => {
        bench.configure(sessionSettings());
        expect(bench.sent).toMatchObject([
            {
                state: "down",
                diagnostic: 0,
                detectMult: 5,
                yourDiscriminator: 0,
                desiredMinTxInterval: seconds(1),
                requiredMinRxInterval: milliseconds(10),
            },
        ]);
        expect(bench.wakesIn).toBe(1_000_000);
        bench.wake();
        // RFC 5880 §6.8.1: no echoes, and no demand mode.
        expect(bench.sent).toMatchObject([{ state: "down", poll: false, requiredMinEchoRxInterval: 0, demand: false }]);
    });

    it("answers each step at once, and asks for the new rates to be confirmed", () => {
        bench.configure(sessionSettings());
        bench.hear({ state: "down", yourDiscriminator: 0 });
        expect(bench.sent).toMatchObject([{ state: "init", yourDiscriminator: 0xabcd, poll: false }]);
        bench.hear({ state: "init" });
        expect(bench.sent).toMatchObject([{ state: "up", poll: true, desiredMinTxInterval: milliseconds(10) }]);
        expect(bench.told).toEqual(["b1 up"]);
        expect(bench.reports.map(({ type }) => type)).toEqual(["state-changed", "poll-started"]);
        bench.wake();
        expect(bench.sent).toMatchObject([{ state: "up", poll: true }]);
        bench.hear({ state: "up", final: true });
        bench.run(milliseconds(20));
        expect(bench.sent).toMatchObject([{ state: "up", poll: false }]);
    });

    it("a passive session says nothing before it was spoken to", () => {
        bench.configure(sessionSettings({ isPassive: true }));
        expect(bench.sent).toEqual([]);
        expect(bench.wakesIn).toBeUndefined();
        bench.hear({ state: "down", yourDiscriminator: 0 });
        expect(bench.sent).toMatchObject([{ state: "init" }]);
        bench.comeUp();
        bench.run(milliseconds(100));
        // The neighbour fell silent: after that the session must be silent too.
        expect(bench.told).toEqual(["b1 down"]);
        expect(bench.wakesIn === undefined || bench.run(seconds(10)).every(({ type }) => type !== "send")).toBe(true);
    });

    it("never says more than once a second when not up, whatever min_tx is", () => {
        bench.configure(sessionSettings({ minTx: milliseconds(2_000) }));
        expect(bench.sent).toMatchObject([{ desiredMinTxInterval: seconds(2) }]);
        expect(bench.wakesIn).toBe(2_000_000);
    });

    it("idle_tx sets the pace of a session that is not up", () => {
        bench.configure(sessionSettings({ idleTx: seconds(3) }));
        expect(bench.sent).toMatchObject([{ desiredMinTxInterval: seconds(3) }]);
        expect(bench.wakesIn).toBe(3_000_000);
    });
});

describe("the path dies", () => {
    it("is detected to the microsecond after the neighbour's multiplier times the agreed interval, and told at once", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        bench.run(milliseconds(59.999));
        expect(bench.told).toEqual([]);
        expect(bench.snapshot().state).toBe("up");
        bench.run(milliseconds(0.001));
        expect(bench.told).toEqual(["b1 down"]);
        expect(bench.sent).toMatchObject([{ state: "down", diagnostic: 1, yourDiscriminator: 0, desiredMinTxInterval: seconds(1) }]);
        expect(bench.snapshot()).toMatchObject({ remote: { discriminator: 0, minRx: 1 }, counters: { wentUp: 1, wentDown: 1 } });
    });

    it("counts from when the kernel had the last packet, not from when it was read", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        const arrivedAt = bench.now;
        bench.pass(milliseconds(50));
        bench.hear({ state: "up" }, { arrivedAt });
        expect(bench.speaker.wakeAt).toBeLessThanOrEqual(arrivedAt + 60_000);
        bench.run(milliseconds(10));
        expect(bench.snapshot().state).toBe("down");
    });

    it("counts from no earlier than the packet before: a time of day that was set forward makes a packet look old that is not", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        const before = bench.now;
        bench.pass(milliseconds(20));
        bench.hear({ state: "up" }, { arrivedAt: instant(bench.now - seconds(3_600)) });
        expect(bench.speaker.wakeAt).toBe(before + 60_000);
        expect(bench.snapshot().heardAt).toBe(before);
    });

    it.each([
        ["ours, if it is the longer", { minRx: milliseconds(50) }, {}, 150_000],
        ["theirs, if it is the longer", { minRx: milliseconds(10) }, { desiredMinTxInterval: milliseconds(70) }, 210_000],
        [
            "times their multiplier, not ours",
            { minRx: milliseconds(10), multiplier: 2 },
            { detectMult: 9, desiredMinTxInterval: milliseconds(10) },
            90_000,
        ],
    ])("the interval is %s", (_what, settings, packet, expected) => {
        bench.configure(sessionSettings(settings));
        bench.comeUp(packet);
        expect(bench.snapshot().detectionTime).toBe(expected);
    });

    it("a neighbour that was forgotten is found again by its address", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        bench.run(milliseconds(60));
        bench.hear({ state: "down", yourDiscriminator: 0, myDiscriminator: 0x1111 });
        expect(bench.snapshot()).toMatchObject({ state: "init", remote: { discriminator: 0x1111 } });
    });

    it("in init: down, without news to anybody", () => {
        bench.configure(sessionSettings());
        bench.hear({ state: "down", yourDiscriminator: 0 });
        bench.run(seconds(1));
        expect(bench.snapshot()).toMatchObject({ state: "down", localDiagnostic: 1 });
        expect(bench.told).toEqual([]);
    });
});

describe("administrators", () => {
    it("a neighbour that is taken down on purpose is no news of the path", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        bench.hear({ state: "admin-down" });
        expect(bench.snapshot()).toMatchObject({ state: "down", localDiagnostic: 3 });
        expect(bench.told).toEqual([]);
    });

    it("a session that is held down says so, takes nothing, and comes up again when it is let go", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        bench.configure(sessionSettings({ isAdminDown: true }));
        expect(bench.sent).toMatchObject([{ state: "admin-down", diagnostic: 7 }]);
        expect(bench.told).toEqual([]);
        bench.run(seconds(5));
        expect(bench.sent.length).toBeGreaterThanOrEqual(4);
        bench.hear({ state: "up", poll: true });
        expect(bench.sent.filter(({ final }) => final)).toEqual([]);
        bench.configure(sessionSettings());
        expect(bench.sent).toMatchObject([{ state: "down", diagnostic: 0 }]);
    });
});

describe("the neighbour's wishes", () => {
    it("a poll is answered at once, whatever the time, and the pace stays", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        bench.pass(milliseconds(1));
        bench.hear({ state: "up", poll: true });
        expect(bench.sent).toMatchObject([{ final: true, poll: false }]);
        expect(bench.effects).toHaveLength(1);
    });

    it("a poll is answered at once by a session that sends by itself, and the pace stays", () => {
        bench.configure(sessionSettings());
        bench.hear({ state: "down", yourDiscriminator: 0 });
        bench.hear({ state: "up" });
        const due = bench.speaker.wakeAt;
        bench.pass(milliseconds(1));
        bench.hear({ state: "up", poll: true });
        expect(bench.sent).toMatchObject([{ final: true, poll: false }]);
        expect(bench.speaker.wakeAt).toBe(due);
    });

    it("slower: the pace follows at once", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        bench.hear({ state: "up", requiredMinRxInterval: milliseconds(55), detectMult: 200 });
        expect(bench.snapshot().transmitInterval).toBe(55_000);
        expect(bench.repeated()?.longest).toBe(55_000);
    });

    it("nothing at all: no packets but answers", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        bench.hear({ state: "up", requiredMinRxInterval: NO_TIME, detectMult: 200 });
        bench.run(seconds(1));
        expect(bench.sent).toEqual([]);
        bench.hear({ state: "up", requiredMinRxInterval: NO_TIME, detectMult: 200, poll: true });
        expect(bench.sent).toMatchObject([{ final: true }]);
    });

    it("demand mode: silence while both are up", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        bench.hear({ state: "up", demand: true, detectMult: 200 });
        bench.run(seconds(1));
        expect(bench.sent).toEqual([]);
        bench.hear({ state: "up", detectMult: 200 });
        bench.run(milliseconds(100));
        expect(bench.sent.length).toBeGreaterThan(3);
    });
});

describe("RFC 5880 §6.8.3: rates change while the session is up", () => {
    const SLOW = { minTx: milliseconds(50), minRx: milliseconds(50) } as const;

    it("slower sending waits until it is confirmed, and the wish is told at once", () => {
        bench.configure(sessionSettings());
        bench.comeUp({ requiredMinRxInterval: milliseconds(10) });
        bench.configure(sessionSettings({ minTx: milliseconds(50) }));
        expect(bench.sent).toMatchObject([{ poll: true, desiredMinTxInterval: milliseconds(50) }]);
        expect(bench.snapshot().transmitInterval).toBe(10_000);
        bench.hear({ state: "up", final: true, requiredMinRxInterval: milliseconds(10) });
        expect(bench.snapshot().transmitInterval).toBe(50_000);
    });

    it("faster detection waits until it is confirmed", () => {
        bench.configure(sessionSettings(SLOW));
        bench.comeUp({ desiredMinTxInterval: milliseconds(10) });
        expect(bench.snapshot().detectionTime).toBe(150_000);
        bench.configure(sessionSettings({ minTx: milliseconds(50), minRx: milliseconds(10) }));
        bench.hear({ state: "up", desiredMinTxInterval: milliseconds(10) });
        expect(bench.snapshot().detectionTime).toBe(150_000);
        bench.hear({ state: "up", desiredMinTxInterval: milliseconds(10), final: true });
        expect(bench.snapshot().detectionTime).toBe(30_000);
    });

    it("faster sending and slower detection hold at once", () => {
        bench.configure(sessionSettings(SLOW));
        bench.comeUp({ requiredMinRxInterval: milliseconds(10), desiredMinTxInterval: milliseconds(10) });
        bench.configure(sessionSettings({ minTx: milliseconds(20), minRx: milliseconds(90) }));
        expect(bench.snapshot()).toMatchObject({ transmitInterval: 20_000, detectionTime: 270_000 });
    });

    it("detection is not shortened to a rate that the neighbour's own poll has not settled yet", () => {
        bench.configure(sessionSettings());
        bench.hear({ state: "down", yourDiscriminator: 0, desiredMinTxInterval: seconds(1) });
        bench.hear({ state: "init", desiredMinTxInterval: seconds(1) });
        bench.hear({ state: "up", poll: true, desiredMinTxInterval: milliseconds(10) });
        expect(bench.snapshot()).toMatchObject({ state: "up", detectionTime: 3_000_000 });
        bench.hear({ state: "up", desiredMinTxInterval: milliseconds(10) });
        expect(bench.snapshot().detectionTime).toBe(30_000);
    });

    it("nor to one that the packet names which brings the session up", () => {
        bench.configure(sessionSettings());
        bench.hear({ state: "down", yourDiscriminator: 0, desiredMinTxInterval: seconds(1) });
        bench.hear({ state: "up", poll: true, desiredMinTxInterval: milliseconds(10) });
        expect(bench.snapshot()).toMatchObject({ state: "up", detectionTime: seconds(3) });
        bench.hear({ state: "up", desiredMinTxInterval: milliseconds(10) });
        expect(bench.snapshot().detectionTime).toBe(milliseconds(30));
    });

    it("what changes during a poll sequence is the matter of another one", () => {
        bench.configure(sessionSettings());
        bench.comeUp({ requiredMinRxInterval: milliseconds(1) });
        bench.configure(sessionSettings({ minTx: milliseconds(50) }));
        bench.configure(sessionSettings({ minTx: milliseconds(70) }));
        bench.hear({ state: "up", final: true, requiredMinRxInterval: milliseconds(1) });
        expect(bench.snapshot()).toMatchObject({ isPolling: true, transmitInterval: 50_000 });
        bench.hear({ state: "up", final: true, requiredMinRxInterval: milliseconds(1) });
        expect(bench.snapshot()).toMatchObject({ isPolling: false, transmitInterval: 70_000 });
    });

    it("a poll sequence ends with the session", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        bench.configure(sessionSettings({ minTx: milliseconds(50) }));
        bench.hear({ state: "down" });
        expect(bench.sent).toMatchObject([{ poll: false, desiredMinTxInterval: seconds(1) }]);
    });

    it("multiplier, ttl and passive change nothing of the state", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        bench.configure(sessionSettings({ multiplier: 9, ttl: 200, lowestTtl: 100, isPassive: true }));
        expect(bench.snapshot().state).toBe("up");
        expect(bench.sent).toMatchObject([{ detectMult: 9, poll: false }]);
        expect(bench.endpoints).toMatchObject([{ ttl: 200 }]);
        bench.hear({ state: "up" }, { ttl: 100 });
        expect(bench.snapshot().counters.rejections).toEqual({});
    });
});
