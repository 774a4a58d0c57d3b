import { describe, expect, it } from "vitest";
import { hex, itIsTotal } from "../../../test/contracts/decoder.ts";
import { decodeDnsResponse, encodeDnsQuery } from "./dns.ts";

describe("a DNS query", () => {
    it("is as dig writes it", () => {
        // dig +noedns +noad A www.example.com
        expect(encodeDnsQuery({ id: 0x8a51, labels: ["www", "example", "com"], recordType: 1 })).toEqual(
            hex("8a51 0100 0001 0000 0000 0000 03777777 076578616d706c65 03636f6d 00 0001 0001"),
        );
    });

    it("asks for the root without labels", () => {
        expect(encodeDnsQuery({ id: 1, labels: [], recordType: 6 })).toEqual(hex("0001 0100 0001 0000 0000 0000 00 0006 0001"));
    });

    it("is no response", () => {
        expect(decodeDnsResponse(encodeDnsQuery({ id: 1, labels: [], recordType: 6 }))).toEqual({ ok: false, error: "query" });
    });
});

describe("the header of a DNS response", () => {
    const refused = hex("8a51 8105 0001 0000 0000 0000");

    it("says whose answer it is, and how it went", () => {
        expect(decodeDnsResponse(refused)).toEqual({ ok: true, value: { id: 0x8a51, code: 5 } });
    });

    itIsTotal(decodeDnsResponse, refused);
});
