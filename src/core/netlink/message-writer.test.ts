import { expect, it } from "vitest";
import { toHex } from "../base/bytes.ts";
import { MessageWriter } from "./message-writer.ts";

it("starts over in the same memory, and leaves nothing of before in the gaps", () => {
    const writer = new MessageWriter(64);
    writer.raw(new Uint8Array(64).fill(0xff));
    writer.clear();
    expect(writer.length).toBe(0);
    writer.begin(99, 1, 7);
    writer.u8(1);
    writer.end();
    expect(toHex(writer.bytes.subarray(0, writer.length))).toBe("110000006300010007000000000000000100".padEnd(40, "0"));
});

it("refuses to write beyond its memory", () => {
    const writer = new MessageWriter(18);
    writer.begin(99, 1, 7);
    expect(() => writer.u32(1)).toThrow(RangeError);
    expect(() => writer.raw(new Uint8Array(3))).toThrow(RangeError);
});
