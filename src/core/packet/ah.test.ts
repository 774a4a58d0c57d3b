import { describe, expect, it } from "vitest";
import { hex, itIsTotal } from "../../../test/contracts/decoder.ts";
import { toHex } from "../base/bytes.ts";
import { coveredIpv4Header, decodeAuthenticationHeader, encodeAuthenticationHeader, signHeader } from "./ah.ts";

/** Recorded from Debian's Keepalived 2.2.7: the first advertisement of VRID 51, priority 100, address 10.77.9.9. */
const SAMPLE = hex("70040000 0a4d0001 00000001 bc38dd34f2ab9f388e0696b8 21336401020165740a4d09090000000000000000");

describe("an authentication header", () => {
    itIsTotal(decodeAuthenticationHeader, SAMPLE, 24);

    it("is taken apart and put together again", () => {
        const decoded = decodeAuthenticationHeader(SAMPLE);
        expect(decoded).toMatchObject({ ok: true, value: { nextHeader: 112, spi: hex("0a4d0001"), sequence: 1 } });
        if (decoded.ok) {
            const bytes = encodeAuthenticationHeader(decoded.value);
            expect(toHex(bytes.subarray(12, 24))).toBe("00".repeat(12));
            signHeader(bytes, decoded.value.digest);
            expect(toHex(bytes)).toBe(toHex(SAMPLE));
        }
    });

    it("has 96 bits of authentication data and no others", () => {
        const longer = SAMPLE.slice();
        longer[1] = 5;
        expect(decodeAuthenticationHeader(longer)).toEqual({ ok: false, error: "length" });
    });
});

describe("the IP header that it covers", () => {
    const header = hex("45c0 003c 1234 4000 ff33 abcd 0a4d0001 e0000012");

    it("has zeros for type of service, fragment and checksum", () => {
        expect(toHex(coveredIpv4Header(header, { coversTtl: true }))).toBe("4500003c12340000ff3300000a4d0001e0000012");
    });

    it("has zero for the TTL of what may be forwarded", () => {
        expect(toHex(coveredIpv4Header(header, { coversTtl: false }))).toBe("4500003c12340000003300000a4d0001e0000012");
    });
});
