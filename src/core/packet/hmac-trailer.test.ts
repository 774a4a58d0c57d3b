import { describe, expect, it } from "vitest";
import { hex, itIsTotal } from "../../../test/contracts/decoder.ts";
import { toHex } from "../base/bytes.ts";
import { parseIp } from "../base/ip.ts";
import { decodeHmacTrailer, encodeUnsignedTrailer, hmacCovered, signTrailer } from "./hmac-trailer.ts";

/** The trailer of the draft's IPv4 example. */
const SAMPLE = hex("01010000 68000000 8000 0000 1b84bc4e8e43892dc6d98448f8ee2265");

describe("an HMAC trailer", () => {
    itIsTotal(decodeHmacTrailer, SAMPLE);

    it("is taken apart and put together again", () => {
        const decoded = decodeHmacTrailer(SAMPLE);
        expect(decoded).toMatchObject({ ok: true, value: { keyId: 1, sequence: { seconds: 0x6800_0000, rest: 0x8000_0000 } } });
        const trailer = encodeUnsignedTrailer({ keyId: 1, sequence: { seconds: 0x6800_0000, rest: 0x8000_0000 } });
        expect(toHex(trailer.subarray(12))).toBe("00".repeat(16));
        signTrailer(trailer, decoded.ok ? decoded.value.hmac : new Uint8Array(0));
        expect(toHex(trailer)).toBe(toHex(SAMPLE));
    });

    it.each([
        ["another type", 0, "type"],
        ["reserved bits set", 3, "reserved"],
    ])("with %s is refused", (_what, place, error) => {
        const bytes = SAMPLE.slice();
        bytes[place] = 2;
        expect(decodeHmacTrailer(bytes)).toEqual({ ok: false, error });
    });
});

describe("what an HMAC covers", () => {
    it("is a pseudo header, the message without its checksum, and the trailer without its HMAC", () => {
        const source = parseIp("198.51.100.10") ?? expect.fail();
        expect(toHex(hmacCovered(hex("3133c80100644402c0000264"), source, SAMPLE))).toBe(
            ["04033300c633640a", "00".repeat(12), "3133c80100640000c0000264", "010100006800000080000000", "00".repeat(16)].join(""),
        );
    });
});
