import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type IpAddress, parseIp } from "../../src/core/base/ip.ts";
import { readDestination, readService } from "../../src/core/netlink/ipvs.ts";
import { readDaemon, readInfo, readTimeouts } from "../../src/core/netlink/ipvs-daemon.ts";
import { readError, readMessages } from "../../src/core/netlink/message.ts";
import { readRoute } from "../../src/core/netlink/route-messages.ts";
import { readAddress, readLink } from "../../src/core/netlink/rtnetlink.ts";
import { readRule } from "../../src/core/netlink/rule-messages.ts";
import { readVrfLink } from "../../src/core/netlink/vrf-links.ts";
import { decodeAuthenticationHeader } from "../../src/core/packet/ah.ts";
import { decodeArp } from "../../src/core/packet/arp.ts";
import { decodeBfd } from "../../src/core/packet/bfd.ts";
import { decodeEthernet } from "../../src/core/packet/ethernet.ts";
import { decodeHmacTrailer } from "../../src/core/packet/hmac-trailer.ts";
import { decodeEcho } from "../../src/core/packet/icmp.ts";
import { decodeMembershipReport } from "../../src/core/packet/igmp.ts";
import { decodeIpv4 } from "../../src/core/packet/ipv4.ts";
import { decodeIpv6 } from "../../src/core/packet/ipv6.ts";
import { decodeNeighbourAdvertisement } from "../../src/core/packet/ndisc.ts";
import { decodeVrrp } from "../../src/core/packet/vrrp.ts";
import { advertisementFrom, routerSettings, SpeakerBench } from "../../src/core/vrrp/test-bench.ts";
import { withinBudget } from "./budget.ts";

const ends = { source: parseIp("fe80::1") as IpAddress, destination: parseIp("ff02::1") as IpAddress };

/** Every decoder of foreign bytes: none may throw, whatever comes. */
const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
    ethernet: decodeEthernet,
    ipv4: decodeIpv4,
    ipv6: decodeIpv6,
    arp: decodeArp,
    "neighbour advertisement": (bytes) => decodeNeighbourAdvertisement(bytes, ends),
    echo: (bytes) => decodeEcho(bytes, { family: 6, ...ends }),
    igmp: decodeMembershipReport,
    "vrrp over IPv4": (bytes) => decodeVrrp(bytes, 4),
    "vrrp over IPv6": (bytes) => decodeVrrp(bytes, 6),
    "authentication header": decodeAuthenticationHeader,
    "authentication trailer": decodeHmacTrailer,
    ipvs: (bytes) => [readService(bytes), readDestination(bytes, 4), readDaemon(bytes), readTimeouts(bytes), readInfo(bytes)],
    "routes and rules": (bytes) => [readRoute(bytes), readRule(bytes), readVrfLink(bytes)],
    bfd: decodeBfd,
    netlink: (bytes) => readMessages(bytes).map((message) => [readError(message), readLink(message.payload), readAddress(message.payload)]),
};

describe("any bytes", () => {
    it.each(Object.keys(DECODERS))("%s", (name) => {
        const decode = DECODERS[name];
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 400, size: "max" }), (bytes) => {
                decode?.(bytes);
            }),
            withinBudget(),
        );
    });
});

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
