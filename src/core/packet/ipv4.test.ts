import { describe, expect, it } from "vitest";
import { hex, itIsTotal, itNoticesFlippedBits } from "../../../test/contracts/decoder.ts";
import { ipFromBytes } from "../base/ip.ts";
import { decodeIpv4, encodeIpv4 } from "./ipv4.ts";

// Captured: an IGMP report of Linux, with the router alert option.
const BYTES = hex("46c00028 00004000 010241f8 c0000201 e0000016 94040000 2200f9eb00000001 04000000e0000012");
const PACKET = {
    typeOfService: 0xc0,
    identification: 0,
    fragment: 0x4000,
    ttl: 1,
    protocol: 2,
    source: ipFromBytes(hex("c0000201")),
    destination: ipFromBytes(hex("e0000016")),
    options: hex("94040000"),
    payload: hex("2200f9eb0000000104000000e0000012"),
};

describe("an IPv4 packet", () => {
    it("is read", () => {
        expect(decodeIpv4(BYTES)).toEqual({ ok: true, value: PACKET });
    });

    it("is written", () => {
        expect(encodeIpv4(PACKET)).toEqual(BYTES);
    });

    it("leaves the padding of a short frame out", () => {
        expect(decodeIpv4(Uint8Array.of(...BYTES, 0, 0, 0))).toEqual({ ok: true, value: PACKET });
    });

    it.each([
        ["version", "66c00028"],
        ["header-length", "44c00028"],
        ["total-length", "46c00017"],
        ["truncated", "46c00029"],
        ["checksum", "46c10028"],
    ])("is rejected for its %s", (error, start) => {
        expect(decodeIpv4(Uint8Array.of(...hex(start), ...BYTES.slice(4)))).toEqual({ ok: false, error });
    });

    itIsTotal(decodeIpv4, BYTES);
    itNoticesFlippedBits(decodeIpv4, BYTES, 24);
});
