import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../../../test/contracts/decoder.ts";
import { toHex } from "../base/bytes.ts";
import { readLinkState, writeGetLinkState } from "./link-state.ts";
import { MessageWriter } from "./message-writer.ts";
import { writeGetLink } from "./rtnetlink.ts";

/** What Linux answered about a veth whose other end was up. */
const UP = hex("06010000 18000180 08000100 02000000 0c000200 76610000 00000000 05000200 01000000");

function written(write: (writer: MessageWriter) => void): string {
    const writer = new MessageWriter(64);
    write(writer);
    return toHex(writer.bytes.subarray(0, writer.length));
}

describe("what a driver says of its link", () => {
    it("is asked for by number", () => {
        const asked = "20000000 15000500 07000000 00000000 06010000 0c000180 08000100 02000000";
        expect(written((writer) => writeGetLinkState(writer, { familyId: 21, interfaceIndex: 2 }, 7))).toBe(toHex(hex(asked)));
    });

    it("is up, down, or unknown", () => {
        expect(readLinkState(UP)).toBe(true);
        expect(readLinkState(Uint8Array.from(UP, (byte, index) => (index === UP.length - 4 ? 0 : byte)))).toBe(false);
        expect(readLinkState(UP.subarray(0, 28))).toBeUndefined();
        expect(readLinkState(Uint8Array.from(UP, (byte, index) => (index === 0 ? 5 : byte)))).toBeUndefined();
    });

    it("is read out of anything, cut anywhere, without an exception", () => {
        for (let length = 0; length < UP.length; length++) {
            readLinkState(UP.subarray(0, length));
        }
        fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => typeof readLinkState(bytes) !== "string"));
    });
});

it("one link is asked for by its number", () => {
    const asked = "20000000 12000500 03000000 00000000 00000000 09000000 00000000 00000000";
    expect(written((writer) => writeGetLink(writer, 9, 3))).toBe(toHex(hex(asked)));
});
