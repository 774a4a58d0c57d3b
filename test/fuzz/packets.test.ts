import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advertisementFrom, routerSettings, SpeakerBench } from "../../src/core/vrrp/test-bench.ts";
import { withinBudget } from "./budget.ts";

/** What may happen to an advertisement on its way, and what the checksum and the length checks must see. */
const damage = fc.oneof(
    fc.record({ type: fc.constant("cut" as const), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({
        type: fc.constant("flip" as const),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
        bits: fc.integer({ min: 1, max: 0xfffe }),
    }),
);

type Damage = typeof damage extends fc.Arbitrary<infer Value> ? Value : never;

/** A cut anywhere, or one 16-bit word changed: one's complement sees every such change but 0x0000 for 0xffff. */
function spoil(payload: Uint8Array, how: Damage): Uint8Array {
    if (how.type === "cut") {
        return payload.slice(0, Math.min(payload.length - 1, Math.floor(how.part * payload.length)));
    }
    const spoiled = payload.slice();
    const word = 2 * Math.min(payload.length / 2 - 1, Math.floor((how.part * payload.length) / 2));
    spoiled[word] = (spoiled[word] ?? 0) ^ (how.bits >> 8);
    spoiled[word + 1] = (spoiled[word + 1] ?? 0) ^ (how.bits & 0xff);
    const [before, after] = [payload, spoiled].map((bytes) => ((bytes[word] ?? 0) << 8) | (bytes[word + 1] ?? 0));
    return (before === 0 && after === 0xffff) || (before === 0xffff && after === 0) ? payload.slice(0, 1) : spoiled;
}

describe("damaged advertisements are counted and change nothing", () => {
    const variants = [
        ["version 2", { version: 2 as const, family: 4 as const }],
        [
            "version 2 with a password",
            {
                version: 2 as const,
                family: 4 as const,
                authentication: { type: "pass" as const, password: Uint8Array.of(49, 49, 49, 49, 0, 0, 0, 0) },
            },
        ],
        ["version 3 over IPv4", { version: 3 as const, family: 4 as const }],
        ["version 3 over IPv6", { version: 3 as const, family: 6 as const }],
    ] as const;

    it.each(variants)("%s", (_name, overrides) => {
        const settings = routerSettings({ ...overrides, checksum: "standard" });
        const source = settings.family === 4 ? "10.77.0.9" : "fe80::9";
        fc.assert(
            fc.property(damage, fc.integer({ min: 0, max: 255 }), fc.boolean(), (how, priority, isActive) => {
                const bench = new SpeakerBench(settings);
                bench.start();
                if (isActive) {
                    bench.wake();
                }
                const whole = advertisementFrom(settings, source, { priority });
                const known = () => ({ ...bench.speaker.snapshot("VI_1"), wakeAt: bench.speaker.wakeAt, counters: undefined });
                const rejections = () => Object.values(bench.speaker.snapshot("VI_1")?.counters.rejections ?? {});
                const counted = () => rejections().reduce((total, count) => total + count, bench.speaker.strayPackets);
                const [before, refused] = [known(), counted()];
                expect(before.state).toBe(isActive ? "active" : "backup");
                bench.tell({ type: "packet", packet: { ...whole, payload: spoil(whole.payload, how) } });
                expect(counted()).toBe(refused + 1);
                expect(known()).toEqual(before);
            }),
            withinBudget(),
        );
    });
});
