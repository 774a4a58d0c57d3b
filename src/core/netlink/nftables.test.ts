import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../../../test/contracts/decoder.ts";
import { toHex } from "../base/bytes.ts";
import { readMessages } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import { NftablesWriter, readCounter, readRule, readTableNews } from "./nftables.ts";
import { commentBytes, commentText } from "./nftables-comment.ts";
import type { Expression } from "./nftables-expressions.ts";

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
            batch.newRule(AT, "in", {
                expressions: [
                    { type: "payload", base: "network", offset: 16, length: 4, register: 1 },
                    { type: "lookup", set: "v", register: 1 },
                    { type: "verdict", verdict: "drop" },
                ],
            }),
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

describe("rules that balance", () => {
    const rule = (expression: Expression) => written((batch) => batch.newRule(AT, "c", { expressions: [expression] }));
    const number = (type: string, value: string) => `0800${type}00 ${value}`;

    it.each<[string, Expression, string]>([
        [
            "set-mark",
            { type: "set-mark", register: 4 },
            `6d65746100000000 14000280 ${number("02", "00000003")} ${number("03", "00000004")}`,
        ],
        ["set-priority", { type: "set-priority", register: 4 }, `14000280 ${number("02", "00000002")} ${number("03", "00000004")}`],
        [
            "destination-kind",
            { type: "destination-kind", register: 4 },
            `66696200 1c000280 ${number("01", "00000004")} ${number("02", "00000003")} ${number("03", "00000002")}`,
        ],
        [
            "constant",
            { type: "constant", register: 4, value: Uint8Array.of(0, 80) },
            `${number("01", "00000004")} 0c000280 06000100 00500000`,
        ],
        [
            "compare",
            { type: "compare", register: 4, value: Uint8Array.of(6), isNot: true },
            `${number("01", "00000004")} ${number("02", "00000001")} 0c000380 05000100 06000000`,
        ],
        ["mask", { type: "mask", register: 1, mask: Uint8Array.of(0xff) }, "62697477697365"],
        [
            "turn",
            { type: "turn", modulus: 3, register: 4 },
            `6e756d67656e0000 1c000280 ${number("01", "00000004")} ${number("02", "00000003")} ${number("03", "00000000")}`,
        ],
        [
            "hash",
            { type: "hash", source: 8, length: 4, modulus: 256, register: 4 },
            `${number("01", "00000008")} ${number("02", "00000004")} ${number("03", "00000004")} ${number("04", "00000100")}`,
        ],
        [
            "lookup",
            { type: "lookup", set: "v", register: 8, result: "verdict" },
            `06000100 76000000 ${number("02", "00000008")} ${number("03", "00000000")}`,
        ],
        [
            "update",
            { type: "update", set: "v", key: 8, data: 4 },
            `06000100 76000000 ${number("03", "00000001")} ${number("04", "00000008")} ${number("05", "00000004")}`,
        ],
        ["remove", { type: "remove", set: "v", key: 8, data: 4 }, `06000100 76000000 ${number("03", "00000002")}`],
        ["counter", { type: "counter" }, "636f756e74657200 04000280"],
        ["named-counter", { type: "named-counter", name: "n" }, `6f626a726566 0000 14000280 ${number("01", "00000001")} 06000200 6e000000`],
        [
            "duplicate",
            { type: "duplicate", address: 1, device: 2 },
            `64757000 14000280 ${number("01", "00000001")} ${number("02", "00000002")}`,
        ],
        [
            "forward",
            { type: "forward", family: "ip6", address: 1, device: 2 },
            `66776400 1c000280 ${number("01", "00000002")} ${number("02", "00000001")} ${number("03", "0000000a")}`,
        ],
        [
            "translate",
            { type: "translate", family: "ip", address: 1, port: 2 },
            `6e617400 24000280 ${number("01", "00000001")} ${number("02", "00000002")} ${number("03", "00000001")} ${number("05", "00000002")}`,
        ],
        ["refuse", { type: "refuse", family: "ip6" }, `14000280 ${number("01", "00000000")} 05000200 04000000`],
        ["jump", { type: "jump", chain: "c" }, "fffffffd 06000200 63000000"],
        ["goto", { type: "goto", chain: "c" }, "fffffffc 06000200 63000000"],
    ])("have the step %s in the kernel's form", (_name, expression, bytes) => {
        expect(rule(expression)).toContain(digits(bytes.replaceAll(" ", "")));
    });

    it("stand in chains at devices and for translation", () => {
        const ingress = written((batch) => batch.newChain(AT, { name: "c", hook: { at: "ingress", priority: 0, device: "e" } }));
        expect(ingress).toContain(digits("08000100 00000000 08000200 00000000 06000300 65000000"));
        const nat = written((batch) => batch.newChain(AT, { name: "c", hook: { at: "prerouting", priority: -100, type: "nat" } }));
        expect(nat).toContain(digits("08000700 6e617400"));
    });

    it("fill maps that forget, and lead through maps of verdicts", () => {
        const filledByRules = { size: 16, timeout: 5 };
        const set = { name: "v", keyType: 7, keyLength: 4, isNumbered: "data", data: { type: 19, length: 4 }, filledByRules } as const;
        const filled = written((batch) => batch.newSet(AT, set, 1));
        expect(filled).toContain(digits("08000300 00000038"));
        expect(filled).toContain(digits("0c000980 08000100 00000010 08000a00 00000001 0c000b00 00000000 00001388 0a000d00 010401000000"));
        const verdicts = written((batch) =>
            batch.newSet(AT, { name: "v", keyType: 19, keyLength: 4, isNumbered: "keys", data: "verdict" }, 1),
        );
        expect(verdicts).toContain(digits("08000600 ffffff00"));
        const element = written((batch) => batch.newElements(AT, "v", [{ key: Uint8Array.of(1), chain: "c" }]));
        expect(element).toContain(digits("18000280 14000280 08000100 fffffffc 06000200 63000000"));
    });

    it("are taken away with all that they used", () => {
        const types = {
            "05": (batch: NftablesWriter) => batch.deleteChain(AT, "c"),
            "08": (batch: NftablesWriter) => batch.flushChain(AT, "c"),
            "0b": (batch: NftablesWriter) => batch.deleteSet(AT, "c"),
            "0e": (batch: NftablesWriter) => batch.flushSet(AT, "c"),
            "12": (batch: NftablesWriter) => batch.newCounter(AT, "c"),
            "14": (batch: NftablesWriter) => batch.deleteCounter(AT, "c"),
            "13": (batch: NftablesWriter) => batch.dumpCounters(AT),
            "07": (batch: NftablesWriter) => batch.dumpRules(AT),
        };
        for (const [type, write] of Object.entries(types)) {
            expect(written(write)).toMatch(new RegExp(`^\\w{8}${type}0a`));
        }
    });

    it("are read with what their counters have counted", () => {
        const values = "0c000100 0000000000000384 0c000200 0000000100000009";
        const counter = hex(`02000000 06000100 6b000000 06000200 63000000 08000300 00000001 1c000480 ${values}`);
        expect(readCounter(0x0a12, counter)).toEqual({ name: "c", packets: 2 ** 32 + 9, bytes: 900 });
        expect(readCounter(0x0a12, counter.subarray(0, 28))).toBeUndefined();
        expect(readCounter(0x0a12, counter.subarray(0, 3))).toBeUndefined();
        expect(readCounter(0x0a06, counter)).toBeUndefined();
        expect(readCounter(0x0a12, hex("02000000 06000200 63000000 04000480"))).toEqual({ name: "c", packets: 0, bytes: 0 });
    });

    it("are read with their comment", () => {
        const comment = toHex(commentBytes("x"));
        const userData = commentBytes("x");
        expect(comment).toBe("00027800");
        expect(commentText(userData)).toBe("x");
        expect(commentText(Uint8Array.of(1, 1, 0))).toBeUndefined();
        const rule = hex("02000000 06000100 6b000000 06000200 63000000 08000700 00027800");
        expect(readRule(0x0a06, rule)).toEqual({ chain: "c", userData });
        expect(readRule(0x0a06, rule.subarray(0, 20))).toBeUndefined();
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
                readRule(type, bytes);
                commentText(bytes);
                readMessages(bytes);
            }),
        );
    });
});
