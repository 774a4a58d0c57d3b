import fc from "fast-check";
import { expect, it } from "vitest";
import { CONTROLLER_FAMILY } from "../../../test/contracts/captured-netlink.ts";
import { hex } from "../../../test/contracts/decoder.ts";
import { toHex } from "../base/bytes.ts";
import { readFamily, writeGetFamily } from "./genetlink.ts";
import { type NetlinkMessage, readMessages } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";

const { payload } = readMessages(CONTROLLER_FAMILY)[0] as NetlinkMessage;

it("reads a family with its groups", () => {
    expect(readFamily(payload)).toEqual({ name: "nlctrl", id: 16, version: 2, groups: new Map([["notify", 16]]) });
});

it("asks for a family by name", () => {
    const writer = new MessageWriter(64);
    writeGetFamily(writer, "nlctrl", 7);
    const asked = "20000000 10000500 07000000 00000000 03020000 0b000200 6e6c6374726c0000";
    expect(toHex(writer.bytes.subarray(0, writer.length))).toBe(toHex(hex(asked)));
});

it("refuses other commands and what has no name or number", () => {
    expect(readFamily(hex("03020000 06000100 10000000 0b000200 6e6c6374726c0000"))).toBeUndefined();
    expect(readFamily(hex("01020000 06000100 10000000"))).toBeUndefined();
    expect(readFamily(hex("01020000 0b000200 6e6c6374726c0000"))).toBeUndefined();
    expect(readFamily(hex("01020000 06000100 10000000 06000200 61000000"))).toEqual({ name: "a", id: 16, version: 0, groups: new Map() });
});

it("leaves out groups without name or number", () => {
    const groups = "1c000780 0c000180 06000100 61000000 0c000280 08000200 62000000";
    expect(readFamily(hex(`01020000 06000100 10000000 06000200 61000000 ${groups}`))?.groups.size).toBe(0);
});

it("reads anything, cut anywhere, without an exception", () => {
    for (let length = 0; length < payload.length; length++) {
        readFamily(payload.subarray(0, length));
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof readFamily(bytes) !== "string"));
});
