import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../../base/bytes.ts";
import { latin1 } from "../../../../base/latin1.ts";
import { decodeHuffman } from "./huffman.ts";

/** RFC 7541 appendix B, the other way round: the length of each byte's code, sixteen bytes a line, and that of the end of the string. */
const LENGTHS: readonly number[] = `
    13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28
    28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
    6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6
    5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10
    13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7
    7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6
    15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5
    6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28
    20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23
    24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
    22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23
    21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
    26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25
    19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
    20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23
    26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
    30`
    .trim()
    .split(/\s+/)
    .map(Number);

const CODES = codes();

/** Shorter codes first, and among equals smaller bytes; each the one before plus one. */
function codes(): ReadonlyMap<number, string> {
    const order = LENGTHS.map((length, symbol) => ({ length, symbol })).sort((a, b) => a.length - b.length || a.symbol - b.symbol);
    const found = new Map<number, string>();
    let [next, before] = [0, 0];
    for (const { length, symbol } of order) {
        next *= 2 ** (length - before);
        before = length;
        found.set(symbol, next.toString(2).padStart(length, "0"));
        next += 1;
    }
    return found;
}

function bytesOf(bits: string): Uint8Array {
    const octets = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1").match(/.{8}/g) ?? [];
    return Uint8Array.from(octets, (octet) => Number.parseInt(octet, 2));
}

const coded = (bytes: Uint8Array): Uint8Array => bytesOf(Array.from(bytes, (byte) => CODES.get(byte)).join(""));

describe("Huffman codes (RFC 7541 §5.2)", () => {
    it.each([
        ["f1e3c2e5f23a6ba0ab90f4ff", "www.example.com"],
        ["a8eb10649cbf", "no-cache"],
        ["25a849e95ba97d7f", "custom-key"],
        ["25a849e95bb8e8b4bf", "custom-value"],
        ["6402", "302"],
        ["640eff", "307"],
        ["9d29ad171863c78f0b97c8e9ae82ae43d3", "https://www.example.com"],
        ["", ""],
    ])("%s is %s (appendix C)", (hex, text) => {
        const decoded = decodeHuffman(fromHex(hex) as Uint8Array);
        expect(decoded.ok && latin1(decoded.value)).toBe(text);
    });

    it("end at the ones that appendix B ends with", () => {
        expect([0x30, 0x0a, 0x7e, 0xf9, 256].map((symbol) => CODES.get(symbol))).toEqual([
            "00000",
            "111111111111111111111111111100",
            "1111111111101",
            "1111111111111111111111111110",
            "1".repeat(30),
        ]);
    });

    it("of all bytes are known, alone and together", () => {
        for (let byte = 0; byte < 256; byte++) {
            expect(decodeHuffman(coded(Uint8Array.of(byte)))).toEqual({ ok: true, value: Uint8Array.of(byte) });
        }
        fc.assert(
            fc.property(fc.uint8Array(), (bytes) => {
                expect(decodeHuffman(coded(bytes))).toEqual({ ok: true, value: bytes });
            }),
        );
    });

    it("do not hold the end of the string", () => {
        expect(decodeHuffman(bytesOf("1".repeat(32)))).toEqual({ ok: false, error: "Huffman code of the end of a string" });
    });

    it("are padded with ones, by less than a byte", () => {
        const wrong = { ok: false, error: "wrong Huffman padding" };
        expect(decodeHuffman(Uint8Array.of(0b0000_0000))).toEqual(wrong);
        expect(decodeHuffman(Uint8Array.of(0b0000_0110))).toEqual(wrong);
        expect(decodeHuffman(Uint8Array.of(0b0000_0111, 0xff))).toEqual(wrong);
        expect(decodeHuffman(Uint8Array.of(0xff))).toEqual(wrong);
    });

    it("may be anything", () => {
        fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof decodeHuffman(bytes).ok === "boolean"));
    });
});
