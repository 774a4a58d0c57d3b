import { describe, expect, it } from "vitest";
import { centiseconds, instant, NO_TIME, seconds } from "../base/instant.ts";
import { type Advertisement, decodeVrrp, encodeVrrp } from "../packet/vrrp.ts";
import { addressListDifference, admit, checkPeer } from "./admission.ts";
import { Authenticity } from "./auth/authenticity.ts";
import { NO_DIGESTS } from "./auth/keyed-digests.ts";
import { TimeOfDay } from "./auth/time-of-day.ts";
import type { ReceivedPacket } from "./events.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import { advertisementFrom, ip, routerSettings, virtualAddress } from "./test-bench.ts";

const VERSION_2 = routerSettings();
const VERSION_3 = routerSettings({ version: 3 });
const IPV6 = routerSettings({ version: 3, family: 6 });
const PASS = routerSettings({ authentication: { type: "pass", password: new TextEncoder().encode("s3cret") } });
const PEER = { address: ip("10.77.0.2"), minTtl: 64, maxTtl: 255 };
const UNICAST = routerSettings({ version: 3, destination: { type: "unicast", ttl: 255, peers: [PEER] }, checksum: "auto" });

interface Case {
    readonly what: string;
    readonly settings: VirtualRouterSettings;
    readonly says?: Partial<Advertisement>;
    readonly comes?: Partial<ReceivedPacket>;
    readonly change?: (payload: Uint8Array) => Uint8Array;
    readonly outcome: string;
}

const CASES: readonly Case[] = [
    { what: "what a peer sends", settings: VERSION_2, outcome: "accepted" },
    { what: "what a peer sends in version 3", settings: VERSION_3, outcome: "accepted" },
    { what: "what a peer sends over IPv6", settings: IPV6, outcome: "accepted" },
    { what: "a unicast peer", settings: UNICAST, outcome: "accepted" },
    { what: "the right password", settings: PASS, outcome: "accepted" },
    { what: "an authentication header", settings: VERSION_2, comes: { protocol: 51 }, outcome: "authentication-header" },
    { what: "three bytes", settings: VERSION_2, change: (bytes) => bytes.subarray(0, 3), outcome: "packet-length" },
    { what: "a cut address", settings: VERSION_2, change: (bytes) => bytes.subarray(0, -9), outcome: "packet-length" },
    { what: "padding up to the shortest frame", settings: VERSION_2, change: (bytes) => padded(bytes, 6), outcome: "accepted" },
    { what: "more than padding", settings: VERSION_2, change: (bytes) => padded(bytes, 7), outcome: "packet-length" },
    { what: "a TTL of 254", settings: VERSION_2, comes: { ttl: 254 }, outcome: "ttl" },
    { what: "a unicast TTL of 254", settings: UNICAST, comes: { ttl: 254 }, outcome: "accepted" },
    { what: "another version", settings: VERSION_2, says: { version: 3 }, outcome: "version" },
    { what: "no version", settings: VERSION_2, change: (bytes) => patched(bytes, 0, 0x41), outcome: "version" },
    { what: "no version and a bad TTL", settings: VERSION_2, comes: { ttl: 1 }, change: (b) => patched(b, 0, 0x41), outcome: "ttl" },
    { what: "an unknown authentication", settings: VERSION_2, change: (b) => patched(b, 4, 3), outcome: "authentication-type-invalid" },
    {
        what: "a password that is not wanted",
        settings: VERSION_2,
        change: (b) => patched(b, 4, 1),
        outcome: "authentication-type-mismatch",
    },
    { what: "no password", settings: PASS, change: (b) => patched(b, 4, 0), outcome: "authentication-type-mismatch" },
    { what: "the wrong password", settings: PASS, says: { password: Uint8Array.of(1) }, outcome: "authentication-failed" },
    { what: "another interval in version 2", settings: VERSION_2, says: { interval: seconds(2) }, outcome: "interval-mismatch" },
    { what: "another interval in version 3", settings: VERSION_3, says: { interval: centiseconds(7) }, outcome: "accepted" },
    { what: "an interval of nothing", settings: VERSION_3, says: { interval: NO_TIME }, outcome: "interval-mismatch" },
    { what: "another type", settings: VERSION_2, change: (bytes) => patched(bytes, 0, 0x22), outcome: "type" },
    { what: "a broken checksum", settings: VERSION_2, change: (bytes) => patched(bytes, 2, 101), outcome: "checksum" },
    { what: "a broken checksum in version 3", settings: VERSION_3, change: (bytes) => patched(bytes, 2, 101), outcome: "checksum" },
    { what: "a broken checksum over IPv6", settings: IPV6, change: (bytes) => patched(bytes, 2, 101), outcome: "checksum" },
    {
        what: "a broken checksum with v3_checksum_as_v2",
        settings: { ...VERSION_3, checksum: "without-pseudo-header" },
        change: (bytes) => patched(bytes, 2, 101),
        outcome: "accepted",
    },
    {
        what: "a broken checksum over IPv6 with v3_checksum_as_v2",
        settings: { ...IPV6, checksum: "without-pseudo-header" },
        change: (bytes) => patched(bytes, 2, 101),
        outcome: "checksum",
    },
    { what: "unicast instead of multicast", settings: VERSION_2, comes: { destination: ip("10.77.0.1") }, outcome: "destination" },
    {
        what: "multicast instead of unicast",
        settings: { ...UNICAST, version: 2 },
        says: { version: 2 },
        comes: { destination: ip("224.0.0.18") },
        outcome: "destination",
    },
    { what: "anything for an owner", settings: { ...VERSION_2, priority: 255, ownerIgnoresAdverts: true }, outcome: "owner-ignores" },
    { what: "anything for no owner", settings: { ...VERSION_2, priority: 254, ownerIgnoresAdverts: true }, outcome: "accepted" },
];

const judge = (settings: VirtualRouterSettings) => ({
    settings,
    authenticity: new Authenticity({ digests: NO_DIGESTS, timeOfDay: new TimeOfDay() }),
});
const NOW = instant(0);

describe("a packet", () => {
    it.each(CASES)("with $what: $outcome", ({ settings, says = {}, comes = {}, change, outcome }) => {
        const packet = { ...advertisementFrom(settings, "10.77.0.2", says), ...comes };
        const verdict = admit({ ...packet, payload: change?.(packet.payload) ?? packet.payload }, judge(settings), NOW);
        expect(verdict.ok ? "accepted" : verdict.error.reason).toBe(outcome);
        expect(verdict.ok || verdict.error.describe()).toBeTruthy();
    });
});

describe("the checksum of old unicast peers", () => {
    const old = (payload: ReceivedPacket) => ({
        ...payload,
        payload: encodeVrrp(
            { ...UNICAST, priority: 100, interval: seconds(1), addresses: UNICAST.addresses.map(({ address }) => address) },
            { source: payload.source, destination: ip("224.0.0.18") },
        ),
    });

    it.each([
        ["auto", { ok: true, value: { hasOldChecksum: true } }],
        ["old-unicast", { ok: true, value: { hasOldChecksum: true } }],
        ["standard", { ok: false, error: { reason: "checksum" } }],
    ] as const)("with %s", (checksum, verdict) => {
        expect(admit(old(advertisementFrom(UNICAST, "10.77.0.2")), judge({ ...UNICAST, checksum }), NOW)).toMatchObject(verdict);
    });

    it("is not what a standard one is taken for", () => {
        expect(admit(advertisementFrom(UNICAST, "10.77.0.2"), judge(UNICAST), NOW)).toMatchObject({
            ok: true,
            value: { hasOldChecksum: false },
        });
    });
});

describe("check_unicast_src", () => {
    const checking = { ...UNICAST, checksUnicastSource: true };

    it.each([
        ["a peer", "10.77.0.2", 64, undefined],
        ["a peer from too far away", "10.77.0.2", 63, "peer-ttl"],
        ["a stranger", "10.77.0.3", 255, "unknown-peer"],
    ])("lets pass or not: %s", (...[, source, ttl, reason]) => {
        const failure = checkPeer({ ...advertisementFrom(checking, source), ttl }, checking);
        expect(failure?.error.reason).toBe(reason);
        expect(failure?.error.describe()).toBe(
            reason && (reason === "peer-ttl" ? "TTL/HL 63 not in range 64 - 255" : "unicast source address 10.77.0.3 not a unicast peer"),
        );
    });

    it("does not concern a router without it, nor one that speaks to a group", () => {
        expect(checkPeer(advertisementFrom(UNICAST, "10.77.0.3"), UNICAST)).toBeUndefined();
        expect(checkPeer(advertisementFrom(VERSION_2, "10.77.0.3"), { ...VERSION_2, checksUnicastSource: true })).toBeUndefined();
    });
});

describe("the address list", () => {
    const settings = routerSettings({ addresses: [virtualAddress("10.77.9.9"), virtualAddress("10.77.9.10")] });

    it.each([
        ["the same", ["10.77.9.9", "10.77.9.10"], undefined],
        ["another order", ["10.77.9.10", "10.77.9.9"], undefined],
        ["one less", ["10.77.9.9"], "expected 2 VIPs but received 1"],
        ["another one", ["10.77.9.9", "10.77.9.11"], "ip address associated with VRID 51 not present in MASTER advert: 10.77.9.10"],
    ])("%s", (...[, addresses, difference]) => {
        const decoded = decodeVrrp(advertisementFrom(settings, "10.77.0.2", { addresses: addresses.map(ip) }).payload, 4);
        expect(decoded.ok && addressListDifference(decoded.value, settings)).toBe(difference);
    });
});

function padded(bytes: Uint8Array, length: number): Uint8Array {
    return Uint8Array.of(...bytes, ...new Uint8Array(length));
}

function patched(bytes: Uint8Array, offset: number, value: number): Uint8Array {
    const copy = bytes.slice();
    copy[offset] = value;
    return copy;
}
