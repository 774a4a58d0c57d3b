import { describe, expect, it } from "vitest";
import { hex } from "../../../test/contracts/decoder.ts";
import { toHex } from "../base/bytes.ts";
import { type IpAddress, parseIp } from "../base/ip.ts";
import { METRIC, type Prefix, type Route } from "../base/route.ts";
import { readMessages } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import { readRoute, writeDeleteRoute, writeNewRoute, writeRouteDump } from "./route-messages.ts";

const ip = (text: string) => parseIp(text) as IpAddress;
const prefix = (text: string): Prefix => ({ address: ip(text.split("/")[0] ?? ""), prefixLength: Number(text.split("/")[1]) });
const indexOf = (name: string) => ({ eth0: 3, eth1: 4 })[name];

function route(destination: string, more: Partial<Route> = {}): Route {
    return {
        family: destination.includes(":") ? 6 : 4,
        type: 1,
        destination: prefix(destination),
        tos: 0,
        table: 254,
        protocol: 18,
        scope: 0,
        hop: { interfaceName: "eth0", isOnLink: false },
        place: "before",
        isTracked: true,
        ...more,
    };
}

function written(one: Route, write = writeNewRoute): Uint8Array {
    const writer = new MessageWriter(1_024);
    write(writer, one, 7, indexOf);
    return writer.bytes.slice(0, writer.length);
}

/** Header, then struct rtmsg and attributes. */
const words = (one: Route) => toHex(written(one).subarray(16));
const same = (text: string) => toHex(hex(text));

describe("a route", () => {
    it("is added before those that are alike, with an acknowledgement", () => {
        expect(toHex(written(route("10.17.0.0/16")))).toBe(
            same("2c000000 1800 0504 07000000 00000000 02100000 fe120001 00000000 08000100 0a110000 08000400 03000000"),
        );
    });

    it.each([
        ["before", "0504"],
        ["after", "050c"],
        ["alone", "0506"],
    ] as const)("%s others: %s", (place, flags) => {
        expect(toHex(written(route("10.17.0.0/16", { place })).subarray(6, 8))).toBe(flags);
    });

    it("is deleted with the same words", () => {
        const one = route("10.17.0.0/16");
        expect(toHex(written(one, writeDeleteRoute).subarray(4, 8))).toBe("19000500");
        expect(toHex(written(one, writeDeleteRoute).subarray(16))).toBe(words(one));
    });

    it("of IPv6 with source, gateway, metric, preference and life time", () => {
        const hop = { gateway: ip("2001:db8::7"), interfaceName: "eth1", isOnLink: false };
        const more = { source: prefix("2001:db8:77::/64"), hop, metric: 99, routerPreference: 1, expires: 100 };
        expect(words(route("2001:db8:11::/64", more))).toBe(
            same(`0a404000 fe120001 00000000
                1400 0100 20010db8001100000000000000000000 1400 0200 20010db8007700000000000000000000
                0800 0400 04000000 1400 0500 20010db8000000000000000000000007 0800 0600 63000000
                0500 1400 01000000 0800 1700 64000000`),
        );
    });

    it("has no destination where that is everything, and names a large table in an attribute", () => {
        expect(words(route("0.0.0.0/0", { table: 6909 }))).toBe(same("02000000 fc120001 00000000 0800 0400 03000000 0800 0f00 fd1a0000"));
    });

    it("has realms, preferred source, MPLS's TTL, and the mark of a gateway on the link", () => {
        const hop = { gateway: ip("203.0.113.1"), interfaceName: "eth0", isOnLink: true };
        const more = { hop, preferredSource: ip("192.0.2.1"), realms: 0x5_0014, propagatesTtl: false };
        expect(words(route("10.10.0.0/16", more))).toBe(
            same(`02100000 fe120001 04000000 0800 0100 0a0a0000 0800 0400 03000000 0800 0500 cb007101
                0800 0700 c0000201 0800 0b00 14000500 0500 1a00 00000000`),
        );
    });

    it("goes through a gateway of the other family (RTA_VIA)", () => {
        const hop = { gateway: ip("fe80::1"), interfaceName: "eth0", isOnLink: false };
        expect(words(route("10.12.0.0/16", { hop }))).toBe(
            same(`02100000 fe120001 00000000 0800 0100 0a0c0000 0800 0400 03000000
                1600 1200 0a00 fe800000000000000000000000000001 0000`),
        );
    });

    it("has metrics, locked ones and the name of an algorithm", () => {
        const metrics = { locked: 1 << METRIC.ssthresh, values: [[METRIC.rtt, 1_600] as const, [METRIC.ssthresh, 107] as const] };
        expect(words(route("10.7.0.0/16", { metrics: { ...metrics, congestionControl: "reno" } }))).toBe(
            same(`02100000 fe120001 00000000 0800 0100 0a070000 0800 0400 03000000
                2800 0800 0800 0100 40000000 0800 0400 40060000 0800 0600 6b000000 0900 1000 72656e6f00 000000`),
        );
    });

    it("has several gateways", () => {
        const hops = [
            { gateway: ip("192.0.2.8"), interfaceName: "eth0", isOnLink: false, weight: 2, realms: 5 },
            { gateway: ip("198.51.100.8"), interfaceName: "eth1", isOnLink: true, weight: 256 },
        ];
        expect(words(route("10.8.0.0/16", { hop: { isOnLink: false }, hops }))).toBe(
            same(`02100000 fe120001 00000000 0800 0100 0a080000
                2c00 0900 1800 0001 03000000 0800 0500 c0000208 0800 0b00 05000000
                1000 04ff 04000000 0800 0500 c6336408`),
        );
    });

    it("is written without the index of an interface that is not there", () => {
        const hops = [{ gateway: ip("192.0.2.8"), interfaceName: "gone", isOnLink: false, weight: 1 }];
        expect(words(route("10.8.0.0/16", { hop: { interfaceName: "gone", isOnLink: false }, hops }))).toBe(
            same("02100000 fe120001 00000000 0800 0100 0a080000 1400 0900 1000 0000 00000000 0800 0500 c0000208"),
        );
    });
});

describe("encapsulation", () => {
    const encapsulated = (encapsulation: NonNullable<Route["hop"]["encapsulation"]>) =>
        words(route("10.14.0.0/16", { hop: { isOnLink: false, encapsulation } })).slice(
            same("02100000 fe120001 00000000 0800 0100 0a0e0000").length,
        );

    it("IPv4 and IPv6, in network byte order", () => {
        const tunnel = {
            id: hex("0000000000000003"),
            destination: ip("192.0.2.55"),
            source: ip("192.0.2.1"),
            tos: 4,
            ttl: 7,
            flags: 0x0102,
        };
        expect(encapsulated({ type: "ip", ...tunnel })).toBe(
            same(`0600 1500 0200 0000 3800 1600 0c00 0100 0000000000000003 0800 0200 c0000237 0800 0300 c0000201
                0500 0400 07000000 0500 0500 04000000 0600 0600 0102 0000`),
        );
        expect(encapsulated({ type: "ip6", destination: ip("2001:db8::77") })).toBe(
            same("0600 1500 0400 0000 1800 1600 1400 0200 20010db8000000000000000000000077"),
        );
    });

    it("MPLS marks the innermost label", () => {
        expect(encapsulated({ type: "mpls", labels: [100, 0xf_ffff] })).toBe(
            same("0600 1500 0100 0000 1000 1600 0c00 0100 00064000 fffff100"),
        );
    });

    it("ILA", () => {
        expect(encapsulated({ type: "ila", locator: hex("12ff002300340045") })).toBe(
            same("0600 1500 0300 0000 1000 1600 0c00 0100 12ff002300340045"),
        );
    });

    it("of one of several gateways", () => {
        const hops = [{ isOnLink: false, weight: 1, interfaceName: "eth0", encapsulation: { type: "mpls", labels: [5] } as const }];
        expect(words(route("10.14.0.0/16", { hop: { isOnLink: false }, hops })).slice(40)).toBe(
            same("2000 0900 1c00 0000 03000000 0600 1500 0100 0000 0c00 1600 0800 0100 00005100"),
        );
    });
});

describe("what the kernel tells", () => {
    it.each([
        route("10.17.0.0/16", { tos: 4, metric: 12 }),
        route("2001:db8:11::/64", { source: prefix("2001:db8:77::/64"), table: 6909, metric: 1_024 }),
        route("0.0.0.0/0", { table: 100, metric: 0, type: 6 }),
    ])("a route is known again: $destination.prefixLength", (one) => {
        const { family, destination, tos, table, protocol, type, metric, source } = one;
        expect(readRoute(written(one).subarray(16))).toEqual({
            ...{ family, destination, tos, table, protocol, type, metric, interfaceIndex: 3, isCloned: false },
            ...(source && { source }),
        });
    });

    it("one without interface or metric, and one that the kernel cloned", () => {
        const bare = readRoute(hex("02100000 fe120001 00020000 0800 0100 0a110000"));
        expect(bare).toMatchObject({ metric: 0, isCloned: true });
        expect(bare).not.toHaveProperty("interfaceIndex");
    });

    it("nothing of other families, and nothing of less than a header", () => {
        expect(readRoute(hex("1c100000 fe120001 00000000"))).toBeUndefined();
        const whole = written(route("10.17.0.0/16")).subarray(16);
        for (let length = 0; length < 12; length++) {
            expect(readRoute(whole.subarray(0, length))).toBeUndefined();
        }
        for (let length = 12; length < whole.length; length++) {
            expect(readRoute(whole.subarray(0, length))).toBeDefined();
        }
    });

    it("is asked for by protocol", () => {
        const writer = new MessageWriter(64);
        writeRouteDump(writer, 18, 9);
        const [message] = readMessages(writer.bytes.slice(0, writer.length));
        expect(message).toMatchObject({ type: 26, flags: 0x301, sequence: 9 });
        expect(toHex(message?.payload ?? hex(""))).toBe(same("00000000 00120000 00000000"));
    });
});
