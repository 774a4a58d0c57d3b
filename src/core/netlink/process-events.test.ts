import fc from "fast-check";
import { expect, it } from "vitest";
import { hex } from "../../../test/contracts/decoder.ts";
import { toHex } from "../base/bytes.ts";
import { MessageWriter } from "./message-writer.ts";
import { readProcessEvents, writeListen } from "./process-events.ts";

/** One event as the kernel frames it: netlink's head, the connector's, the event's (what, processor, time), and what belongs to it. */
function event(what: string, ...words: readonly string[]): Uint8Array {
    const data = words.join("").padEnd(48, "0");
    const connector = "01000000 01000000 05000000 00000000 28000000";
    return hex(`4c000000 03000000 00000000 00000000 ${connector} ${what} 01000000 0000000000000000 ${data}`);
}

it("asks to be told", () => {
    const writer = new MessageWriter(64);
    writeListen(writer, 1);
    const asked = "28000000 03000000 01000000 00000000 01000000 01000000 01000000 00000000 04000000 01000000";
    expect(toHex(writer.bytes.subarray(0, writer.length))).toBe(toHex(hex(asked)));
});

it.each([
    ["01000000", ["07000000", "07000000", "09000000", "09000000"], [{ type: "fork", parent: 7, child: 9 }]],
    ["01000000", ["07000000", "07000000", "09000000", "07000000"], []],
    ["02000000", ["09000000", "09000000"], [{ type: "exec", process: 9 }]],
    ["00020000", ["09000000", "09000000"], [{ type: "renamed", process: 9 }]],
    ["00020000", ["0a000000", "09000000"], []],
    ["00000080", ["09000000", "09000000"], [{ type: "exit", process: 9 }]],
    ["00000080", ["0a000000", "09000000"], []],
    ["00000000", ["00000000"], [{ type: "answer", errno: 0 }]],
    ["04000000", ["09000000", "09000000"], []],
])("event %s of %j", (what, words, expected) => {
    expect(readProcessEvents(event(what, ...words))).toEqual(expected);
});

it("leaves out what is cut or comes from another part of the kernel", () => {
    const whole = event("01000000", "07000000", "07000000", "09000000", "09000000");
    for (let length = 0; length < whole.length; length++) {
        expect(readProcessEvents(whole.subarray(0, length))).toEqual([]);
    }
    const other = whole.slice();
    other[16] = 2;
    expect(readProcessEvents(other)).toEqual([]);
});

it("reads anything", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => Array.isArray(readProcessEvents(bytes))));
});
