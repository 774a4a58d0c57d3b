import { describe, expect, it } from "vitest";
import { hex, itIsTotal } from "../../../test/contracts/decoder.ts";
import { ipFromBytes } from "../base/ip.ts";
import { decodeIpv6, encodeIpv6, upperLayerChecksum } from "./ipv6.ts";

// Captured: an echo request of Linux.
const BYTES = hex("6008b00f 00103a40 20010db8000000000000000000000001 20010db8000000000000000000000002 8000edd72a5700010001020304050607");
const PACKET = {
    trafficClass: 0,
    flowLabel: 0x8b00f,
    nextHeader: 58,
    hopLimit: 64,
    source: ipFromBytes(hex("20010db8000000000000000000000001")),
    destination: ipFromBytes(hex("20010db8000000000000000000000002")),
    payload: hex("8000edd72a5700010001020304050607"),
};

describe("an IPv6 packet", () => {
    it("is read", () => {
        expect(decodeIpv6(BYTES)).toEqual({ ok: true, value: PACKET });
    });

    it("is written", () => {
        expect(encodeIpv6(PACKET)).toEqual(BYTES);
    });

    it("keeps the traffic class apart from version and flow label", () => {
        const bytes = encodeIpv6({ ...PACKET, trafficClass: 0xc0, flowLabel: 0xfffff });
        expect(bytes.slice(0, 4)).toEqual(hex("6c0fffff"));
        expect(decodeIpv6(bytes)).toMatchObject({ value: { trafficClass: 0xc0, flowLabel: 0xfffff } });
    });

    it("leaves padding out", () => {
        expect(decodeIpv6(Uint8Array.of(...BYTES, 0))).toEqual({ ok: true, value: PACKET });
    });

    it("is rejected for another version", () => {
        expect(decodeIpv6(Uint8Array.of(0x40, ...BYTES.slice(1)))).toEqual({ ok: false, error: "version" });
    });

    itIsTotal(decodeIpv6, BYTES);
});

describe("the checksum of an upper layer", () => {
    it("is zero over a message that holds its own", () => {
        expect(upperLayerChecksum(PACKET.source, PACKET.destination, 58, PACKET.payload)).toBe(0);
    });

    it("covers the ends, the protocol and the length", () => {
        expect(upperLayerChecksum(PACKET.destination, PACKET.destination, 58, PACKET.payload)).not.toBe(0);
        expect(upperLayerChecksum(PACKET.source, PACKET.destination, 59, PACKET.payload)).not.toBe(0);
        expect(upperLayerChecksum(PACKET.source, PACKET.destination, 58, Uint8Array.of(...PACKET.payload, 0))).not.toBe(0);
    });
});
