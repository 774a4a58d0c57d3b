import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Instant, instant, microseconds, milliseconds, seconds } from "../base/instant.ts";
import type { SpeakerEffect } from "./effects.ts";
import type { SpeakerEvent } from "./events.ts";
import { VrrpSpeaker } from "./speaker.ts";
import { advertisementFrom, ip, link, routerSettings, SpeakerBench, virtualAddress } from "./test-bench.ts";

const ROUTERS = [
    routerSettings(),
    routerSettings({ name: "VI_2", vrid: 52, version: 3, priority: 255, addresses: [virtualAddress("10.77.9.10")] }),
    routerSettings({
        name: "VI_3",
        vrid: 53,
        version: 3,
        preemptDelay: seconds(2),
        addresses: [virtualAddress("10.77.9.11", { isTracked: false })],
    }),
];

const anyAdvertisement: fc.Arbitrary<SpeakerEvent> = fc
    .record({
        router: fc.constantFrom(...ROUTERS),
        priority: fc.integer({ min: 0, max: 255 }),
        source: fc.constantFrom("10.77.0.0", "10.77.0.1", "10.77.0.2"),
    })
    .map(({ router, priority, source }) => ({ type: "packet", packet: advertisementFrom(router, source, { priority }) }));

const anyEvent: fc.Arbitrary<SpeakerEvent> = fc.oneof(
    { weight: 6, arbitrary: fc.constant<SpeakerEvent>({ type: "wake" }) },
    { weight: 6, arbitrary: anyAdvertisement },
    fc.record({ isUp: fc.boolean(), isRunning: fc.boolean() }).map((state): SpeakerEvent => ({ type: "link", link: link(state) })),
    fc.constant<SpeakerEvent>({ type: "link-gone", interfaceIndex: 2 }),
    fc
        .constantFrom("10.77.0.1", "10.77.9.9", "10.77.9.11")
        .map((text): SpeakerEvent => ({ type: "address-removed", interfaceIndex: 2, address: ip(text), prefixLength: 32, isOurs: false })),
    fc.constant<SpeakerEvent>({ type: "address-added", interfaceIndex: 2, address: ip("10.77.0.1"), prefixLength: 16 }),
    fc.integer({ min: 0, max: 20_000 }).map((span): SpeakerEvent => ({ type: "stalled", since: instant(0), lateness: milliseconds(span) })),
    fc.subarray(ROUTERS).map((routers): SpeakerEvent => ({ type: "configure", routers })),
    fc
        .constantFrom(...ROUTERS)
        .map(({ name, addresses }): SpeakerEvent => ({ type: "addresses-claimed", router: name, addresses, isLast: true })),
);

const anyHistory = fc.array(fc.tuple(anyEvent, fc.integer({ min: 0, max: 4_000_000 })), { maxLength: 60 });

/** Runs a history as a loop does: whatever becomes due on the way is woken first. */
function play(
    history: readonly (readonly [SpeakerEvent, number])[],
    look: (effects: readonly SpeakerEffect[], speaker: VrrpSpeaker, now: Instant) => void,
): void {
    const speaker = new VrrpSpeaker();
    let now = instant(1_000_000);
    const tell = (event: SpeakerEvent) => look(speaker.handle(event, now), speaker, now);
    for (const event of BEGINNING) {
        tell(event);
    }
    for (const [event, span] of history) {
        const until = (now + span) as Instant;
        while (speaker.wakeAt !== undefined && speaker.wakeAt <= until) {
            now = speaker.wakeAt;
            tell({ type: "wake" });
        }
        now = until;
        tell(event);
        tell({ type: "wake" });
    }
}

const BEGINNING: readonly SpeakerEvent[] = [
    { type: "configure", routers: ROUTERS },
    { type: "link", link: link() },
    { type: "address-added", interfaceIndex: 2, address: ip("10.77.0.1"), prefixLength: 16 },
    { type: "start" },
];

describe("whatever happens", () => {
    it("after a wake the next one lies ahead", () => {
        fc.assert(
            fc.property(anyHistory, (history) => {
                play([...history, [{ type: "wake" }, 0]], (_, speaker, now) => {
                    const isAhead = speaker.wakeAt === undefined || speaker.wakeAt >= now;
                    expect(isAhead).toBe(true);
                });
            }),
        );
    });

    it("addresses are claimed by active routers only, and released when they stop being that", () => {
        fc.assert(
            fc.property(anyHistory, (history) => {
                const holding = new Set<string>();
                play(history, (effects, speaker) => {
                    for (const effect of effects) {
                        if (effect.type === "claim-addresses") {
                            holding.add(effect.router);
                        } else if (effect.type === "release-addresses") {
                            holding.delete(effect.router);
                        } else if (effect.type === "announce") {
                            expect(holding.has(effect.router)).toBe(true);
                        }
                    }
                    const active = speaker.snapshots().filter(({ state }) => state === "active");
                    expect([...holding].sort()).toEqual(active.map(({ name }) => name).sort());
                });
            }),
        );
    });

    it("becoming active and ceasing to be take turns", () => {
        fc.assert(
            fc.property(anyHistory, (history) => {
                play(history, (_, speaker) => {
                    for (const { state, counters } of speaker.snapshots()) {
                        expect(counters.becameActive - counters.releasedActive).toBe(state === "active" ? 1 : 0);
                    }
                });
            }),
        );
    });
});

describe("bytes that are no advertisement", () => {
    const good = advertisementFrom(routerSettings(), "10.77.0.2", { priority: 200 });

    it.each(["backup", "active"])("never change a router in %s, and never throw", (state) => {
        const bench = new SpeakerBench();
        bench.start();
        if (state === "active") {
            bench.wake();
        }
        const known = () => {
            const { counters: _, ...rest } = bench.speaker.snapshot("VI_1") ?? {};
            return rest;
        };
        const expected = known();
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(112, 51), (payload, protocol) => {
                bench.tell({ type: "packet", packet: { ...good, protocol, payload } });
                expect(known()).toEqual(expected);
            }),
        );
    });

    it("include every advertisement with one bit flipped, or cut anywhere", () => {
        const bench = new SpeakerBench();
        bench.start();
        const before = bench.speaker.wakeAt;
        for (let bit = 0; bit < good.payload.length * 8; bit++) {
            const payload = good.payload.slice();
            payload[bit >> 3] = (payload[bit >> 3] ?? 0) ^ (1 << (bit & 7));
            bench.pass(1);
            bench.tell({ type: "packet", packet: { ...good, payload } });
        }
        for (let length = 0; length < good.payload.length; length++) {
            bench.tell({ type: "packet", packet: { ...good, payload: good.payload.subarray(0, length) } });
        }
        expect([bench.state, bench.speaker.wakeAt]).toEqual(["backup", before]);
        const { rejections = {}, advertisementsReceived } = bench.speaker.snapshot("VI_1")?.counters ?? {};
        const rejected = Object.values(rejections).reduce((total, count) => total + count, 0);
        expect([rejected + bench.speaker.strayPackets, advertisementsReceived]).toEqual([good.payload.length * 9, 0]);
    });
});

describe("two speakers on one wire", () => {
    it("agree on one active router within a takeover, whatever their priorities and addresses", () => {
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 255 }), fc.integer({ min: 1, max: 255 }), fc.boolean(), (left, right, preempt) => {
                const speakers = [left, right].map((priority, index) => {
                    const speaker = new VrrpSpeaker();
                    const now = instant(0);
                    speaker.handle({ type: "configure", routers: [routerSettings({ priority, preempt })] }, now);
                    speaker.handle({ type: "link", link: link() }, now);
                    speaker.handle(
                        { type: "address-added", interfaceIndex: 2, address: ip(`10.77.0.${index + 1}`), prefixLength: 16 },
                        now,
                    );
                    return speaker;
                });
                converse(speakers, microseconds(10_000_000));
                const states = speakers.map((speaker) => speaker.snapshot("VI_1")?.state);
                expect([...states].sort()).toEqual(["active", "backup"]);
                if (left !== right) {
                    expect(states[left > right ? 0 : 1]).toBe("active");
                }
            }),
            { numRuns: 200 },
        );
    });
});

/** Lets speakers hear each other at once until so much time has passed. */
function converse(speakers: readonly VrrpSpeaker[], span: number): void {
    let now = instant(0);
    const carry = (from: VrrpSpeaker, effects: readonly SpeakerEffect[]): void => {
        for (const effect of effects) {
            for (const other of effect.type === "send-advertisement" ? speakers : []) {
                if (other !== from && effect.type === "send-advertisement") {
                    carry(other, other.handle({ type: "packet", packet: effect.packet }, now));
                }
            }
        }
    };
    for (const speaker of speakers) {
        carry(speaker, speaker.handle({ type: "start" }, now));
    }
    while (now < span) {
        now = instant(Math.min(...speakers.map((speaker) => speaker.wakeAt ?? Number.POSITIVE_INFINITY)));
        for (const speaker of speakers) {
            carry(speaker, speaker.handle({ type: "wake" }, now));
        }
    }
}
