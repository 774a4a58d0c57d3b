import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Duration, instant, seconds } from "../../src/core/base/instant.ts";
import { encodeIpv4 } from "../../src/core/packet/ipv4.ts";
import type { OutgoingPacket } from "../../src/core/vrrp/effects.ts";
import type { ReceivedPacket } from "../../src/core/vrrp/events.ts";
import type { Authentication, VirtualRouterSettings } from "../../src/core/vrrp/settings.ts";
import { VrrpSpeaker } from "../../src/core/vrrp/speaker.ts";
import { ip, link, routerSettings } from "../../src/core/vrrp/test-bench.ts";
import { NodeDigests } from "../../src/io/crypto/node-digests.ts";
import { withinBudget } from "./budget.ts";

const HEADER: Authentication = { type: "header", password: new TextEncoder().encode("s3cret\0\0") };
const SIGNED: Authentication = {
    type: "hmac",
    keys: [{ id: 1, material: { type: "bytes", bytes: new Uint8Array(32).fill(7) } }],
    ...{ activeKey: 1, checksTime: true, window: seconds(5), mode: "enforce" },
};
const VARIANTS: readonly (readonly [string, Partial<VirtualRouterSettings>])[] = [
    ["an authentication header", { version: 2, authentication: HEADER }],
    ["a signature, version 2", { version: 2, authentication: SIGNED }],
    ["a signature, version 3 over IPv4", { version: 3, authentication: SIGNED }],
    ["a signature, version 3 over IPv6", { version: 3, family: 6, authentication: SIGNED }],
];

/** A speaker with one router at this address, told the time of day. */
function speakerAt(settings: VirtualRouterSettings, address: string): VrrpSpeaker {
    const speaker = new VrrpSpeaker(new NodeDigests());
    const events: Parameters<VrrpSpeaker["handle"]>[0][] = [
        { type: "time-of-day", offset: seconds(1_763_600_000) as Duration },
        { type: "configure", routers: [settings] },
        { type: "link", link: link() },
        { type: "address-added", interfaceIndex: 2, address: ip(address), prefixLength: 64 },
        { type: "start" },
    ];
    for (const event of events) {
        speaker.handle(event, instant(0));
    }
    return speaker;
}

/** What a neighbour of the highest priority says first. */
function advertisementOf(settings: VirtualRouterSettings, address: string): ReceivedPacket {
    const speaker = speakerAt({ ...settings, priority: 254 }, address);
    const effects = speaker.handle({ type: "wake" }, speaker.wakeAt ?? expect.fail("it never takes over"));
    const packet =
        effects.flatMap((effect) => (effect.type === "send-advertisement" ? [effect.packet] : []))[0] ?? expect.fail("nothing sent");
    return { ...packet, ...(packet.identification !== undefined && { header: headerOf(packet, packet.identification) }) };
}

function headerOf(packet: OutgoingPacket, identification: number): Uint8Array {
    return encodeIpv4({ ...packet, typeOfService: 0xc0, identification, fragment: 0, options: new Uint8Array(0) }).subarray(0, 20);
}

const changes = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 });

describe.each(VARIANTS)("no change of what is protected by %s goes unnoticed", (_what, overrides) => {
    const settings = routerSettings(overrides);
    const [sender, receiver] = settings.family === 4 ? ["10.77.0.9", "10.77.0.1"] : ["fe80::9", "fe80::1"];
    const whole = advertisementOf(settings, sender ?? "");

    it("accepts it unchanged", () => {
        const speaker = speakerAt(settings, receiver ?? "");
        speaker.handle({ type: "packet", packet: whole }, instant(0));
        expect(speaker.snapshot("VI_1")?.counters).toMatchObject({ advertisementsReceived: 1, rejections: {} });
    });

    it("refuses it with any bytes changed", () => {
        fc.assert(
            fc.property(changes, (places) => {
                const payload = whole.payload.slice();
                for (const [place, bits] of places) {
                    payload[place % payload.length] = bits ^ (payload[place % payload.length] ?? 0);
                }
                fc.pre(payload.some((byte, index) => byte !== whole.payload[index]));
                const speaker = speakerAt(settings, receiver ?? "");
                const before = { ...speaker.snapshot("VI_1"), counters: undefined };
                speaker.handle({ type: "packet", packet: { ...whole, payload } }, instant(0));
                expect(speaker.snapshot("VI_1")?.counters.advertisementsReceived).toBe(0);
                expect({ ...speaker.snapshot("VI_1"), counters: undefined, sequences: undefined }).toEqual({
                    ...before,
                    sequences: undefined,
                });
            }),
            withinBudget(),
        );
    });

    it("refuses it cut short anywhere", () => {
        for (let length = 0; length < whole.payload.length; length++) {
            const speaker = speakerAt(settings, receiver ?? "");
            speaker.handle({ type: "packet", packet: { ...whole, payload: whole.payload.slice(0, length) } }, instant(0));
            expect(speaker.snapshot("VI_1")?.counters.advertisementsReceived, `${length} bytes`).toBe(0);
        }
    });
});
