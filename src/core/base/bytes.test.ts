import fc from "fast-check";
import { expect, it } from "vitest";
import { concatBytes, equalBytes, fromHex, toHex, viewOf } from "./bytes.ts";
import { internetChecksum } from "./checksum.ts";
import { formatMac, parseMac, virtualRouterMac } from "./mac.ts";

it("hexadecimal text and bytes turn into each other", () => {
    fc.assert(
        fc.property(fc.uint8Array(), (bytes) => {
            expect(fromHex(toHex(bytes))).toEqual(bytes);
        }),
    );
    expect(fromHex("de:ad be-ef")).toEqual(Uint8Array.of(0xde, 0xad, 0xbe, 0xef));
    expect(fromHex("abc")).toBeUndefined();
    expect(fromHex("zz")).toBeUndefined();
});

it("joins and compares", () => {
    expect(concatBytes(Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3));
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 2))).toBe(false);
});

it("views exactly the part it is given", () => {
    const whole = Uint8Array.of(9, 1, 2, 9);
    expect(viewOf(whole.subarray(1, 3)).getUint16(0)).toBe(0x0102);
    expect(viewOf(whole.subarray(1, 3)).byteLength).toBe(2);
});

it("the checksum is that of RFC 1071's example, whatever the split", () => {
    const example = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
    expect(internetChecksum(example)).toBe(0x220d);
    expect(internetChecksum(example.subarray(0, 2), example.subarray(2))).toBe(0x220d);
    expect(internetChecksum(example, Uint8Array.of(0x22, 0x0d))).toBe(0);
    expect(internetChecksum(Uint8Array.of(0xff))).toBe(0x00ff);
    expect(internetChecksum(new Uint8Array(65_535).fill(0xff))).toBe(0x00ff);
});

it("MAC addresses as text; the virtual router's by family and VRID (RFC 9568 §7.3)", () => {
    expect(formatMac(virtualRouterMac(4, 51))).toBe("00:00:5e:00:01:33");
    expect(formatMac(virtualRouterMac(6, 51))).toBe("00:00:5e:00:02:33");
    expect(parseMac("0:0:5E:0:1:33")).toEqual(virtualRouterMac(4, 0x33));
    expect(parseMac("00:00:5e:00:01")).toBeUndefined();
    expect(parseMac("00:00:5e:00:01:gg")).toBeUndefined();
});
