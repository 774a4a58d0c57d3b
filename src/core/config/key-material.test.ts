import { describe, expect, it } from "vitest";
import { keyMaterial } from "./key-material.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const TEXT = "correct horse battery staple and more";

describe("key material", () => {
    it("is hexadecimal behind hex:", () => {
        expect(keyMaterial(bytes(`hex:${HEX}`))).toEqual({ ok: true, value: Uint8Array.from({ length: 32 }, (_, index) => index) });
    });

    it("is the text itself otherwise", () => {
        expect(keyMaterial(bytes(TEXT))).toEqual({ ok: true, value: bytes(TEXT) });
    });

    it.each(["\n", "\r\n"])("does not include the end of the line", (end) => {
        expect(keyMaterial(bytes(TEXT + end))).toEqual({ ok: true, value: bytes(TEXT) });
        expect(keyMaterial(bytes(`hex:${HEX}${end}`))).toMatchObject({ ok: true });
    });

    it.each([
        ["x".repeat(31), "has 31 bytes instead of 32 to 64"],
        ["x".repeat(65), "has 65 bytes instead of 32 to 64"],
        [`hex:${HEX.slice(2)}`, "has 31 bytes instead of 32 to 64"],
        [`hex:${HEX}0`, "is not hexadecimal after hex:"],
        ["", "has 0 bytes instead of 32 to 64"],
    ])("%s: %s", (written, error) => {
        expect(keyMaterial(bytes(written))).toEqual({ ok: false, error });
    });

    it("may be 32 to 64 bytes long", () => {
        expect([32, 64].map((length) => keyMaterial(bytes("k".repeat(length))).ok)).toEqual([true, true]);
    });
});
