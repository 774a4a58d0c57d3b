import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../../../test/contracts/decoder.ts";
import { findControlMessage, writeControlMessage } from "./control-message.ts";

describe("control messages", () => {
    const bytes = new Uint8Array(64);
    const end = writeControlMessage(bytes, 0, { level: 0, type: 2 }, hex("ff000000"));
    writeControlMessage(bytes, end, { level: 41, type: 50 }, hex("0102030405"));

    it("are laid out as cmsg(3) says", () => {
        expect(end).toBe(24);
        expect(bytes.slice(0, 48)).toEqual(
            hex("1400000000000000 00000000 02000000 ff00000000000000 1500000000000000 29000000 32000000 0102030405000000"),
        );
    });

    it("are found by their kind", () => {
        expect(findControlMessage(bytes, { level: 0, type: 2 })).toEqual(hex("ff000000"));
        expect(findControlMessage(bytes, { level: 41, type: 50 })).toEqual(hex("0102030405"));
        expect(findControlMessage(bytes, { level: 41, type: 51 })).toBeUndefined();
    });

    it("are looked for in any bytes without harm", () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 80 }), (junk) => {
                const found = findControlMessage(junk, { level: 0, type: 2 });
                expect(found === undefined || found.length <= junk.length).toBe(true);
            }),
        );
    });
});
