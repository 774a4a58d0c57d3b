import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../../../test/contracts/decoder.ts";
import { toHex } from "../base/bytes.ts";
import { readMessages } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import { NftablesWriter, readTableNews } from "./nftables.ts";

const AT = { family: "ip", table: "k" } as const;

function written(write: (batch: NftablesWriter) => void): string {
    const writer = new MessageWriter(4_096);
    write(new NftablesWriter(writer, 7));
    return toHex(writer.bytes.subarray(0, writer.length));
}

/** Digits without the spaces that make them readable. */
const digits = (text: string): string => toHex(hex(text));

describe("orders to nf_tables", () => {
    it("go between two marks that name the subsystem", () => {
        const marks = "14000000 10000100 07000000 00000000 0000000a 14000000 11000100 08000000 00000000 0000000a";
        expect(
            written((batch) => {
                batch.beginBatch();
                batch.endBatch();
            }),
        ).toBe(digits(marks));
    });

    it("make a table with its owner's mark, and delete it", () => {
        expect(written((batch) => batch.newTable(AT, Uint8Array.of(0xab)))).toBe(
            digits("24000000 000a0504 07000000 00000000 02000000 06000100 6b000000 05000600 ab000000"),
        );
        expect(written((batch) => batch.deleteTable({ ...AT, family: "ip6" }))).toBe(
            digits("1c000000 020a0500 07000000 00000000 0a000000 06000100 6b000000"),
        );
    });

    it("hook a chain in, with a priority that may be negative", () => {
        const chain = written((batch) => batch.newChain(AT, { name: "in", hook: { at: "input", priority: -1 } }));
        const hook = "14000480 08000100 00000001 08000200 ffffffff";
        expect(chain).toContain(digits(`06000100 6b000000 07000300 696e0000 ${hook} 08000500 00000001 0b000700 66696c7465720000`));
        expect(written((batch) => batch.newChain(AT, { name: "in" }))).not.toContain("66696c746572");
    });

    it("make sets and maps", () => {
        const set = written((batch) => batch.newSet(AT, { name: "v", keyType: 7, keyLength: 4, isConstant: true }, 3));
        expect(set).toContain(digits("06000200 76000000 08000300 00000002 08000400 00000007 08000500 00000004 08000a00 00000003"));
        const map = written((batch) => batch.newSet(AT, { name: "v", keyType: 7, keyLength: 4, data: { type: 20, length: 4 } }, 1));
        expect(map).toContain(digits("08000300 00000008 08000400 00000007 08000500 00000004 08000600 00000014 08000700 00000004"));
    });

    it("put elements in and take them out", () => {
        const element = { key: Uint8Array.of(10, 0, 0, 1), data: Uint8Array.of(2, 0, 0, 0) };
        const list = "20000380 1c000180 0c000180 08000100 0a000001 0c000280 08000100 02000000";
        expect(written((batch) => batch.newElements(AT, "v", [element]))).toContain(digits(`06000200 76000000 ${list}`));
        expect(written((batch) => batch.deleteElements(AT, "v", [element]))).toMatch(/^\w{8}0e0a0500/);
    });

    it("append rules: each step under its name", () => {
        const rule = written((batch) =>
            batch.newRule(AT, "in", [
                { type: "payload", base: "network", offset: 16, length: 4, register: 1 },
                { type: "lookup", set: "v", register: 1 },
                { type: "verdict", verdict: "drop" },
            ]),
        );
        expect(rule).toMatch(/^\w{8}060a050c/);
        const payload =
            "34000180 0c000100 7061796c6f616400 24000280 08000100 00000001 08000200 00000001 08000300 00000010 08000400 00000004";
        const lookup = "24000180 0b000100 6c6f6f6b75700000 14000280 06000100 76000000 08000200 00000001";
        const drop = "30000180 0e000100 696d6d6564696174 65000000 1c000280 08000100 00000000 10000280 0c000280 08000100 00000000";
        expect(rule).toContain(digits(payload));
        expect(rule).toContain(digits(lookup));
        expect(rule).toContain(digits(drop));
    });
});

describe("news of nf_tables", () => {
    const table = hex("02000000 06000100 6b000000 05000600 ab000000");
    const NEW_TABLE = 0x0a00;
    const NEW_RULE = 0x0a06;

    it("name their table, and its owner's mark where it is the table itself", () => {
        expect(readTableNews(NEW_TABLE, table)).toEqual({ family: "ip", table: "k", userData: Uint8Array.of(0xab) });
        expect(readTableNews(NEW_RULE, table)).toEqual({ family: "ip", table: "k" });
    });

    it("are none when they are about something else", () => {
        expect(readTableNews(0x0b00, table)).toBeUndefined();
        expect(readTableNews(NEW_TABLE, hex("07000000 06000100 6b000000"))).toBeUndefined();
        expect(readTableNews(NEW_TABLE, hex("02000000"))).toBeUndefined();
    });

    it("are read whatever the bytes", () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 100 }), fc.integer({ min: 0, max: 0xffff }), (bytes, type) => {
                readTableNews(type, bytes);
                readMessages(bytes);
            }),
        );
    });
});
