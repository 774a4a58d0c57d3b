import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { instant, milliseconds, seconds } from "../base/instant.ts";
import { BFD_STATES } from "../packet/bfd.ts";
import type { BfdAuthenticationType } from "../packet/bfd-authentication.ts";
import type { BfdEffect } from "./effects.ts";
import type { ReceivedDatagram } from "./events.ts";
import type { BfdSessionSnapshot } from "./snapshot.ts";
import { BfdBench, ip, sessionSettings } from "./test-bench.ts";

let bench: BfdBench;

beforeEach(() => {
    bench = new BfdBench();
});

const OTHER = sessionSettings({ name: "b2", neighbor: ip("10.9.0.3") });

describe("which packets are taken", () => {
    const rejections = () => bench.snapshot().counters.rejections;

    beforeEach(() => {
        bench.configure(sessionSettings());
        bench.comeUp();
    });

    it.each([
        ["ttl", {}, { ttl: 254 }],
        ["source", {}, { source: ip("10.9.0.9") }],
        ["source", {}, { isMultihop: true }],
    ] as const)("%s: counted for the session, told once, without effect", (reason, packet, datagram) => {
        const before = { ...bench.snapshot(), counters: undefined };
        bench.hear({ state: "down", ...packet }, datagram);
        expect(bench.reports).toMatchObject([{ type: "packet-rejected", session: "b1", reason }]);
        bench.hear({ state: "down", ...packet }, datagram);
        expect(bench.effects).toEqual([]);
        expect(rejections()).toEqual({ [reason]: 2 });
        expect({ ...bench.snapshot(), counters: undefined }).toEqual(before);
    });

    it("no session has that discriminator, or that neighbour; or it is no packet at all", () => {
        bench.hear({ state: "down", yourDiscriminator: 77 });
        bench.hear({ state: "down", yourDiscriminator: 0 }, { source: ip("10.9.0.9") });
        bench.hear({ state: "down" }, { payload: new Uint8Array(23) });
        expect(bench.reports).toMatchObject([{ session: undefined, reason: "too-short" }]);
        expect(bench.speaker.strayPackets).toBe(3);
        expect(bench.snapshot().state).toBe("up");
    });

    it("any bytes from anywhere leave a deadline that is not earlier than it may be", () => {
        fc.assert(
            fc.property(fc.uint8Array({ minLength: 20, maxLength: 60 }), (payload) => {
                bench.hear({}, { payload });
                expect(bench.speaker.wakeAt).toBeGreaterThanOrEqual(bench.now - 10_000);
            }),
        );
    });

    it("max_hops lets a neighbour be further away", () => {
        bench.configure(sessionSettings({ lowestTtl: 250 }));
        bench.hear({ state: "down" }, { ttl: 249 });
        expect(bench.snapshot().state).toBe("up");
        bench.hear({ state: "down" }, { ttl: 250 });
        expect(bench.snapshot().state).toBe("down");
    });
});

describe("several sessions", () => {
    it("with one neighbour are told apart by our address, by the interface and by the kind of path", () => {
        const sessions = [
            sessionSettings({ name: "one", source: ip("10.9.0.1") }),
            sessionSettings({ name: "two", source: ip("10.9.0.11") }),
            sessionSettings({ name: "far", isMultihop: true }),
            sessionSettings({ name: "there", neighbor: ip("fe80::2"), interfaceName: "eth1" }),
            sessionSettings({ name: "here", neighbor: ip("fe80::2"), interfaceName: "eth0" }),
        ];
        bench.configure(...sessions);
        const stranger = new BfdBench();
        const [hello] = stranger.configure(sessionSettings()).flatMap((effect) => (effect.type === "send" ? [effect.payload] : []));
        const from = (datagram: Partial<ReceivedDatagram>) => {
            const usual = { interfaceName: undefined, source: ip("10.9.0.2"), destination: ip("10.9.0.1"), ttl: 255, isMultihop: false };
            const packet = { ...usual, arrivedAt: bench.now, payload: hello ?? new Uint8Array(0), ...datagram };
            bench.tell({ type: "packet", packet });
            return bench.reports.map(({ session }) => session);
        };
        expect(from({})).toEqual(["one"]);
        expect(from({ destination: ip("10.9.0.11") })).toEqual(["two"]);
        expect(from({ isMultihop: true })).toEqual(["far"]);
        expect(from({ source: ip("fe80::2"), interfaceName: "eth0" })).toEqual(["here"]);
        expect(from({ source: ip("fe80::2"), interfaceName: "eth1" })).toEqual(["there"]);
    });

    it("have discriminators and source ports of their own, by chance; ports from 49152 on", () => {
        bench = new BfdBench([0.5, 0.5, 0.5, 0.5, 0.9]);
        bench.configure(sessionSettings(), OTHER);
        const [first, second] = [bench.snapshot("b1"), bench.snapshot("b2")];
        expect(first.localDiscriminator).toBe(0x8000_0000);
        expect(second.localDiscriminator).not.toBe(first.localDiscriminator);
        expect(first.sourcePort).toBe(57_344);
        expect(second.sourcePort).not.toBe(first.sourcePort);
        expect(new BfdBench([0.999_999_999_9]).configure(sessionSettings())).toMatchObject([
            { endpoints: [{ sourcePort: 65_535 }] },
            {},
            {},
        ]);
    });

    it("a source port that is taken is changed", () => {
        bench.configure(sessionSettings());
        const before = bench.endpoints?.[0];
        bench.tell({ type: "port-taken", session: before?.session ?? 0 });
        expect(bench.endpoints).toEqual([{ ...before, sourcePort: (before?.sourcePort ?? 0) + 1 }]);
    });
});

describe("a reload", () => {
    it("leaves alone what it does not change, ends what is gone and begins what is new", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        const before = bench.snapshot();
        bench.pass(milliseconds(1));
        bench.configure(OTHER, sessionSettings());
        expect(bench.snapshot()).toEqual(before);
        expect(bench.sent).toMatchObject([{ state: "down" }]);
        bench.configure(OTHER);
        expect(bench.endpoints?.map(({ name }) => name)).toEqual(["b2"]);
        expect(bench.speaker.snapshots().map(({ name }) => name)).toEqual(["b2"]);
        expect(bench.sent).toEqual([]);
        expect(bench.run(milliseconds(500))).toEqual([]);
    });

    it("another name is no other session", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        bench.configure(sessionSettings({ name: "renamed" }));
        expect(bench.snapshot("renamed").state).toBe("up");
        expect(bench.sent).toEqual([]);
        // Nobody knows it by that name.
        expect(bench.told).toEqual(["renamed up"]);
        bench.run(milliseconds(60));
        expect(bench.told).toEqual(["renamed down"]);
    });

    it("another neighbour is", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        bench.configure(sessionSettings({ neighbor: ip("10.9.0.9") }));
        expect(bench.snapshot().state).toBe("down");
    });
});

describe("who is told", () => {
    it("a consumer that has just come hears of all", () => {
        bench.configure(sessionSettings(), OTHER);
        bench.comeUp();
        bench.tell({ type: "consumer-ready", consumer: "vrrp" });
        expect(bench.effects).toEqual([
            { type: "tell", name: "b1", isUp: true, consumers: ["vrrp"] },
            { type: "tell", name: "b2", isUp: false, consumers: ["vrrp"] },
        ]);
        bench.run(seconds(1));
        bench.tell({ type: "consumer-ready", consumer: "vrrp" });
        expect(bench.told).toEqual(["b1 down", "b2 down"]);
    });

    it("of a session that begins, all hear that it is down: it may never come up", () => {
        bench.configure(sessionSettings());
        expect(bench.effects).toContainEqual({ type: "tell", name: "b1", isUp: false, consumers: ["vrrp", "checkers"] });
        expect(bench.configure(sessionSettings(), OTHER)).toContainEqual(expect.objectContaining({ type: "tell", name: "b2" }));
        expect(bench.told).toEqual(["b2 down"]);
    });

    it("of a session that has another neighbour's name, that it is not up as that one was", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        bench.configure(sessionSettings({ neighbor: ip("10.9.0.9") }));
        expect(bench.told).toEqual(["b1 down"]);
    });

    it("who follows a session from a reload on hears how it stands, and who knew it does not hear it again", () => {
        bench.configure(sessionSettings({ consumers: ["checkers"] }));
        bench.comeUp();
        bench.configure(sessionSettings());
        expect(bench.effects).toContainEqual({ type: "tell", name: "b1", isUp: true, consumers: ["vrrp"] });
        bench.configure(sessionSettings());
        expect(bench.told).toEqual([]);
    });

    it("only those whom the session names", () => {
        bench.configure(sessionSettings({ consumers: ["checkers"] }));
        bench.hear({ state: "down", yourDiscriminator: 0 });
        bench.hear({ state: "up" });
        expect(bench.effects).toContainEqual({ type: "tell", name: "b1", isUp: true, consumers: ["checkers"] });
        bench.tell({ type: "consumer-ready", consumer: "vrrp" });
        expect(bench.effects).toEqual([]);
    });
});

describe("a successor of a process that died", () => {
    function successor(snapshots: readonly BfdSessionSnapshot[]): BfdBench {
        const next = new BfdBench([0.7, 0]);
        next.pass(seconds(2));
        next.tell({ type: "restore", snapshots });
        return next;
    }

    it("goes on with state, discriminators and port, speaks at once and gives the neighbour a whole Detection Time", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        const before = bench.snapshot();
        const next = successor(bench.speaker.snapshots());
        next.configure(sessionSettings());
        expect(next.sent).toMatchObject([
            { state: "up", myDiscriminator: before.localDiscriminator, yourDiscriminator: 0xabcd, poll: false },
        ]);
        const { sentSequence, counters } = before;
        expect(next.snapshot()).toMatchObject({
            ...before,
            sentSequence: sentSequence + 10,
            counters: { ...counters, sent: counters.sent + 1 },
        });
        expect(next.endpoints).toMatchObject([{ sourcePort: before.sourcePort }]);
        expect(next.reports).toEqual([]);
        next.run(milliseconds(59.999));
        expect(next.snapshot().state).toBe("up");
        next.run(milliseconds(0.001));
        expect(next.told).toEqual(["b1 down"]);
    });

    it("is kept what it has to know: what the neighbour asks for now, and how far a key that counts each packet has counted", () => {
        const kept = (effects: readonly BfdEffect[]) => effects.filter(({ type }) => type === "keep").length;
        bench.configure(sessionSettings());
        bench.comeUp();
        expect(kept(bench.hear({ state: "up" }))).toBe(0);
        expect(kept(bench.hear({ state: "up", desiredMinTxInterval: milliseconds(300) }))).toBe(1);
        expect(kept(bench.hear({ state: "up", desiredMinTxInterval: milliseconds(300) }))).toBe(0);
        bench.configure(sessionSettings({ multiplier: 4, authentication: { type: "meticulous-md5", keyId: 1, key: Uint8Array.of(1) } }));
        expect(kept(bench.run(milliseconds(20 * 40)))).toBe(10);
    });

    it("hands its discriminators to nobody else", () => {
        bench.configure(sessionSettings());
        bench.comeUp();
        const next = new BfdBench([0]);
        next.tell({ type: "restore", snapshots: bench.speaker.snapshots() });
        next.configure(OTHER, sessionSettings());
        expect(next.snapshot("b2").localDiscriminator).not.toBe(next.snapshot("b1").localDiscriminator);
        expect(next.snapshot("b2").sourcePort).not.toBe(next.snapshot("b1").sourcePort);
    });

    it("with other settings: they are taken on as by a reload", () => {
        bench.configure(sessionSettings());
        bench.comeUp({ requiredMinRxInterval: milliseconds(1) });
        const next = successor(bench.speaker.snapshots());
        next.configure(sessionSettings({ minTx: milliseconds(50) }));
        expect(next.sent).toMatchObject([{ poll: true, desiredMinTxInterval: milliseconds(50) }]);
        expect(next.snapshot().transmitInterval).toBe(10_000);
    });
});

describe("authentication (RFC 5880 §6.7)", () => {
    const with_ = (type: BfdAuthenticationType, key = 5) =>
        sessionSettings({ authentication: { type, keyId: 1, key: Uint8Array.of(key, 6, 7) } });
    const types = ["simple", "md5", "meticulous-md5", "sha1", "meticulous-sha1"] as const;

    /** Two ends of one key each; what the first sends is heard by the second. */
    function heard(left: ReturnType<typeof with_>, right: ReturnType<typeof with_>): BfdBench {
        const sender = new BfdBench();
        sender.configure(left);
        bench.configure(right);
        bench.hear({}, { payload: payloadOf(sender) });
        return sender;
    }

    function payloadOf(sender: BfdBench): Uint8Array {
        const payload = sender.effects.flatMap((effect) => (effect.type === "send" ? [effect.payload] : [])).at(-1);
        return payload ?? new Uint8Array(0);
    }

    it.each(types)("%s: whoever knows the key is heard", (type) => {
        heard(with_(type), with_(type));
        expect(bench.snapshot()).toMatchObject({ state: "init", counters: { rejections: {} } });
    });

    it.each(types)("%s: another key, another type or none is not", (type) => {
        for (const other of [with_(type, 9), with_(type === "sha1" ? "md5" : "sha1"), sessionSettings()]) {
            bench = new BfdBench();
            heard(other, with_(type));
            expect(bench.snapshot()).toMatchObject({ state: "down", counters: { rejections: { authentication: 1 } } });
            bench = new BfdBench();
            heard(with_(type), other);
            expect(bench.snapshot()).toMatchObject({ state: "down", counters: { rejections: { authentication: 1 } } });
        }
    });

    it.each(["md5", "meticulous-md5"] as const)("%s: a packet that was sent before is an old one", (type) => {
        const sender = heard(with_(type), with_(type));
        const old = payloadOf(sender);
        sender.wake();
        const before = bench.snapshot().counters.received;
        bench.hear({}, { payload: payloadOf(sender) });
        expect(bench.snapshot().counters.received).toBe(before + 1);
        bench.hear({}, { payload: old });
        // Only a meticulous number grows with each packet: an equal one may come again otherwise.
        expect(bench.snapshot().counters.rejections).toEqual(type === "md5" ? {} : { authentication: 1 });
    });

    it("a neighbour that was silent for two Detection Times may count anew", () => {
        const sender = heard(with_("meticulous-sha1"), with_("meticulous-sha1"));
        const old = payloadOf(sender);
        bench.run(seconds(5));
        bench.hear({}, { payload: old });
        expect(bench.snapshot().counters.rejections).toEqual({ authentication: 1 });
        bench.run(seconds(5));
        bench.hear({}, { payload: old });
        expect(bench.snapshot().counters.rejections).toEqual({ authentication: 1 });
    });
});

it("jitter takes 0 to 25 % of each interval, and 10 to 25 % with a multiplier of 1", () => {
    fc.assert(
        fc.property(fc.double({ min: 0, max: 0.999_999, noNaN: true }), fc.constantFrom(1, 2, 5), (chance, multiplier) => {
            const one = new BfdBench([chance]);
            one.configure(sessionSettings({ multiplier }));
            expect(one.wakesIn).toBeGreaterThanOrEqual(750_000);
            expect(one.wakesIn).toBeLessThanOrEqual(multiplier === 1 ? 900_000 : 1_000_000);
        }),
    );
});

it("whatever is heard, and whenever: a session is told up and down in turns, and never wakes without end", () => {
    const step = fc.record({
        state: fc.constantFrom(...BFD_STATES),
        poll: fc.boolean(),
        minTx: fc.constantFrom(0, 1_000, 10_000, 1_000_000),
        minRx: fc.constantFrom(0, 1, 10_000, 1_000_000),
        wait: fc.integer({ min: 0, max: 100_000 }),
    });
    fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
            const one = new BfdBench([0.3]);
            one.configure(sessionSettings());
            const told: string[] = [];
            for (const { state, poll, minTx, minRx, wait } of steps) {
                one.hear({ state, poll, desiredMinTxInterval: instant(minTx) as never, requiredMinRxInterval: instant(minRx) as never });
                told.push(...one.told);
                const effects = one.run(milliseconds(wait / 1_000));
                expect(effects.length).toBeLessThan(100);
                told.push(...one.told);
                expect(one.speaker.wakeAt ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(one.now);
            }
            const twice = told.filter((news, index) => news === "b1 down" && told[index - 1] === "b1 down");
            expect(twice).toEqual([]);
        }),
    );
});
