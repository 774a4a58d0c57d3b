import { beforeEach, describe, expect, it } from "vitest";
import { milliseconds, NO_TIME, seconds } from "../base/instant.ts";
import { decodeBfd } from "../packet/bfd.ts";
import type { BfdAuthenticationType } from "../packet/bfd-authentication.ts";
import type { BfdEffect } from "./effects.ts";
import { BfdBench, ip, sessionSettings } from "./test-bench.ts";

let bench: BfdBench;

beforeEach(() => {
    bench = new BfdBench();
    bench.configure(sessionSettings());
});

/** What of the last event's effects is to be done on the wire. */
const orders = () => bench.effects.map(({ type }) => type).filter((type) => !["report", "tell", "keep"].includes(type));

/** What is repeated for the session, decoded. */
function said() {
    const decoded = decodeBfd(bench.repeated()?.payload ?? new Uint8Array(0));
    return decoded.ok ? decoded.value : undefined;
}

describe("what the world repeats", () => {
    it("the packet of a session that is up and has been answered; it wakes for that no more", () => {
        bench.comeUp();
        expect(orders()).toEqual(["pace", "vouch"]);
        expect(said()).toMatchObject({ state: "up", poll: false, final: false, yourDiscriminator: 0xabcd, desiredMinTxInterval: 10_000 });
        // The end of the neighbour's Detection Time is all that is left.
        expect(bench.wakesIn).toBe(60_000);
    });

    it("nothing before the session is up, nor while a poll sequence runs (RFC 5880 §6.5)", () => {
        bench.hear({ state: "down", yourDiscriminator: 0 });
        expect(orders()).toEqual(["send"]);
        bench.hear({ state: "up" });
        expect(bench.snapshot()).toMatchObject({ state: "up", isPolling: true });
        expect(orders()).toEqual(["send"]);
        bench.hear({ state: "up", final: true });
        expect(orders()).toEqual(["pace", "vouch"]);
    });

    it("each interval is drawn from 75 to 100 % of the agreed one (RFC 5880 §6.8.7), counted from the last packet", () => {
        bench.comeUp();
        expect(bench.repeated()).toMatchObject({ since: bench.now, shortest: 15_000, longest: 20_000 });
    });

    it("and from 75 to 90 % with a multiplier of 1", () => {
        bench.configure(sessionSettings({ multiplier: 1 }));
        bench.comeUp();
        expect(bench.repeated()).toMatchObject({ shortest: 15_000, longest: 18_000 });
    });

    it("what is heard again and again changes nothing", () => {
        bench.comeUp();
        bench.pass(milliseconds(5));
        expect(bench.hear({ state: "up" })).toEqual([]);
        expect(bench.configure(sessionSettings()).map(({ type }) => type)).toEqual(["attend"]);
    });

    it("each time the same with a key that counts news only; never with one that counts packets (RFC 5880 §6.7.3, §6.7.4)", () => {
        const isRepeated = (type: BfdAuthenticationType) => {
            bench = new BfdBench();
            const other = new BfdBench();
            const authentication = { type, keyId: 1, key: Uint8Array.of(1) };
            other.configure(sessionSettings({ authentication, neighbor: ip("10.9.0.1") }));
            converse(other, bench, bench.configure(sessionSettings({ authentication })));
            expect(bench.snapshot()).toMatchObject({ state: "up", isPolling: false });
            return bench.repeated() !== undefined;
        };
        expect(["simple", "md5", "sha1"].map((type) => isRepeated(type as BfdAuthenticationType))).toEqual([true, true, true]);
        expect(["meticulous-md5", "meticulous-sha1"].map((type) => isRepeated(type as BfdAuthenticationType))).toEqual([false, false]);
    });
});

/** Lets both ends hear and answer each other until neither has more to say. */
function converse(hearer: BfdBench, speaker: BfdBench, effects: readonly BfdEffect[]): void {
    const [source, destination] = speaker === bench ? [ip("10.9.0.1"), ip("10.9.0.2")] : [ip("10.9.0.2"), ip("10.9.0.1")];
    const answers = effects.flatMap((effect) =>
        effect.type === "send" ? hearer.hear({}, { payload: effect.payload, source, destination }) : [],
    );
    if (answers.length > 0) {
        converse(speaker, hearer, answers);
    }
}

describe("what ends it", () => {
    beforeEach(() => {
        bench.comeUp();
    });

    it("the neighbour's silence: nothing old comes behind the news", () => {
        bench.wake();
        expect(orders()).toEqual(["unpace", "send"]);
        expect(bench.sent).toMatchObject([{ state: "down", diagnostic: 1 }]);
        expect(bench.wakesIn).toBe(60_000);
    });

    it("the neighbour's word", () => {
        bench.hear({ state: "down" });
        expect(orders()).toEqual(["unpace", "send"]);
        bench.run(seconds(5));
        expect(bench.sent.every(({ state }) => state !== "up")).toBe(true);
    });

    it("an administrator's", () => {
        bench.configure(sessionSettings({ isAdminDown: true }));
        expect(orders()).toEqual(["attend", "unpace", "send"]);
    });

    it("other rates of ours: a poll sequence, and then the new packet (RFC 5880 §6.8.3)", () => {
        bench.configure(sessionSettings({ minTx: milliseconds(50) }));
        expect(orders()).toEqual(["attend", "unpace", "send"]);
        expect(bench.sent).toMatchObject([{ poll: true, desiredMinTxInterval: 50_000 }]);
        bench.hear({ state: "up", final: true });
        expect(orders()).toEqual(["pace", "vouch"]);
        expect(bench.repeated()?.longest).toBe(50_000);
        expect(said()).toMatchObject({ desiredMinTxInterval: 50_000 });
    });

    it("other rates of the neighbour's: the same packet at another pace", () => {
        bench.hear({ state: "up", requiredMinRxInterval: milliseconds(40), detectMult: 9 });
        expect(orders()).toEqual(["pace"]);
        expect(bench.repeated()?.longest).toBe(40_000);
    });

    it("another discriminator of the neighbour's: that is told at once", () => {
        bench.hear({ state: "up", myDiscriminator: 0x77 });
        expect(orders()).toEqual(["unpace", "send", "pace"]);
        expect(said()?.yourDiscriminator).toBe(0x77);
    });

    it("another discriminator in a poll: the answer tells it, and what is repeated from then on", () => {
        bench.hear({ state: "up", myDiscriminator: 0x77, poll: true });
        expect(orders()).toEqual(["unpace", "send", "pace"]);
        expect(bench.sent).toMatchObject([{ yourDiscriminator: 0x77, final: true }]);
        expect(said()?.yourDiscriminator).toBe(0x77);
    });

    it("the neighbour's word in a poll: nothing old comes behind the answer", () => {
        bench.hear({ state: "down", poll: true });
        expect(orders()).toEqual(["unpace", "send"]);
        expect(bench.sent).toMatchObject([{ state: "down", final: true }]);
        bench.run(seconds(5));
        expect(bench.sent.length).toBeGreaterThanOrEqual(4);
        expect(bench.sent.every(({ state }) => state !== "up")).toBe(true);
    });

    it("a neighbour that wants no packets (RFC 5880 §6.8.7), or is in demand mode (§6.6); and it begins again with their end", () => {
        for (const wish of [{ requiredMinRxInterval: NO_TIME }, { demand: true }]) {
            bench.hear({ state: "up", detectMult: 200, ...wish });
            expect(orders()).toEqual(["unpace"]);
            bench.hear({ state: "up", detectMult: 200 });
            bench.wake();
            expect(orders()).toEqual(["send", "pace", "vouch"]);
        }
    });

    it("another key: the bytes are others", () => {
        const before = bench.repeated()?.payload;
        bench.configure(sessionSettings({ authentication: { type: "simple", keyId: 1, key: Uint8Array.of(1) } }));
        expect(orders()).toEqual(["attend", "pace"]);
        expect(bench.repeated()?.payload).not.toEqual(before);
    });

    it("a key that counts each packet: the session sends by itself, at once", () => {
        bench.configure(sessionSettings({ authentication: { type: "meticulous-sha1", keyId: 1, key: Uint8Array.of(1) } }));
        expect(orders()).toEqual(["attend", "unpace"]);
        bench.wake();
        expect(orders()).toEqual(["send"]);
    });

    it("a reload that knows it no more: its endpoint is gone, and nobody vouches", () => {
        bench.configure();
        expect(orders()).toEqual(["attend"]);
        expect(bench.wakesIn).toBeUndefined();
    });

    it("a world that cannot do it: the session sends by itself, at once and from then on", () => {
        bench.tell({ type: "pacing-refused", session: bench.snapshot().localDiscriminator });
        expect(orders()).toEqual(["unpace"]);
        bench.wake();
        expect(orders()).toEqual(["send"]);
        expect(bench.wakesIn).toBe(20_000);
        bench.tell({ type: "pacing-refused", session: 77 });
        expect(bench.effects).toEqual([]);
    });
});

describe("the dead man's limit", () => {
    it("is moved on each quarter of a second, to a second from then, for all sessions at once", () => {
        bench.configure(sessionSettings(), sessionSettings({ name: "b2", neighbor: ip("10.9.0.3") }));
        bench.comeUp({ detectMult: 200 });
        const vouched: number[] = [];
        for (let round = 0; round < 8; round++) {
            const effects = bench.wake();
            vouched.push(...effects.flatMap((effect) => (effect.type === "vouch" ? [effect.until - bench.now] : [])));
        }
        expect(vouched.length).toBeGreaterThanOrEqual(4);
        expect(new Set(vouched)).toEqual(new Set([1_000_000]));
    });

    it("whatever event comes by serves for it", () => {
        bench.comeUp({ detectMult: 200 });
        bench.pass(milliseconds(249));
        expect(bench.hear({ state: "up", detectMult: 200 })).toEqual([]);
        bench.pass(milliseconds(1));
        expect(bench.hear({ state: "up", detectMult: 200 })).toMatchObject([{ type: "vouch" }]);
        expect(bench.wakesIn).toBe(250_000);
    });

    it("a speaker that is not woken any more is silent when it is over", () => {
        bench.comeUp({ detectMult: 200 });
        const until = bench.effects.find(({ type }) => type === "vouch");
        expect(until).toMatchObject({ until: bench.now + 1_000_000 });
        bench.pass(seconds(2));
        expect(bench.speaker.wakeAt).toBeLessThan(bench.now);
    });

    it("is no urgent deadline, and comes before one", () => {
        bench.comeUp({ detectMult: 200 });
        expect(bench.speaker.isDetectionNext).toBe(false);
        expect(bench.speaker.nextToBeTold).toEqual([]);
        bench.hear({ state: "up", detectMult: 3 });
        expect(bench.speaker.isDetectionNext).toBe(true);
        expect(bench.speaker.nextToBeTold).toEqual(["vrrp", "checkers"]);
    });
});

it("a successor goes on: it speaks at once, and the world repeats that", () => {
    bench.comeUp();
    const next = new BfdBench();
    next.tell({ type: "restore", snapshots: bench.speaker.snapshots() });
    next.configure(sessionSettings());
    expect(next.effects.map(({ type }) => type)).toEqual(["attend", "send", "pace", "vouch"]);
});
