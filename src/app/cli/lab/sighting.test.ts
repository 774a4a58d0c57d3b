import { describe, expect, test } from "vitest";
import { fromHex } from "../../../core/base/bytes.ts";
import { sightingOf } from "./sighting.ts";

function frame(hex: string): Uint8Array {
    return fromHex(hex) ?? new Uint8Array();
}

const VERSION_2 = frame(
    "01005e000012 020000770001 0800 45c00028000100 00ff70fffb 0a4d0001 e0000012 21339601 0101 b9f9 0a4d0064 3131313100000000".replace(
        / /g,
        "",
    ),
);
const GRATUITOUS_ARP = frame("ffffffffffff020000770001 0806 0001080006040001 020000770001 0a4d0064 ffffffffffff 0a4d0064");
const ARP_REQUEST = frame("ffffffffffff020000770001 0806 0001080006040001 020000770001 0a4d0001 000000000000 0a4d0064");

describe("sightingOf", () => {
    test("reads a version 2 advertisement", () => {
        expect(sightingOf(VERSION_2)).toEqual({
            kind: "advertisement",
            version: 2,
            vrid: 0x33,
            priority: 150,
            source: "10.77.0.1",
            destination: "224.0.0.18",
            count: 1,
        });
    });

    test("tells a gratuitous ARP from a question", () => {
        expect(sightingOf(GRATUITOUS_ARP)).toEqual({ kind: "announcement", address: "10.77.0.100" });
        expect(sightingOf(ARP_REQUEST)).toBeUndefined();
    });

    test("survives truncation at every length", () => {
        for (let length = 0; length < VERSION_2.length; length++) {
            expect(() => sightingOf(VERSION_2.subarray(0, length))).not.toThrow();
        }
    });
});
