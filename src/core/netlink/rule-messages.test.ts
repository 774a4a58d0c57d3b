import { describe, expect, it } from "vitest";
import { hex } from "../../../test/contracts/decoder.ts";
import { toHex } from "../base/bytes.ts";
import { type IpAddress, parseIp } from "../base/ip.ts";
import { RULE_ACTIONS, type Rule } from "../base/rule.ts";
import { MessageWriter } from "./message-writer.ts";
import { readRule, writeDeleteRule, writeNewRule, writeRuleDump } from "./rule-messages.ts";

const prefix = (text: string, prefixLength: number) => ({ address: parseIp(text) as IpAddress, prefixLength });

function rule(more: Partial<Rule> = {}): Rule {
    const { table } = RULE_ACTIONS;
    return {
        ...{
            family: 4,
            priority: 50,
            action: table,
            table: 1,
            isInverted: false,
            tos: 0,
            followsVrf: false,
            protocol: 18,
            isTracked: true,
        },
        ...more,
    } as Rule;
}

function written(one: Rule, write = writeNewRule): Uint8Array {
    const writer = new MessageWriter(512);
    write(writer, one, 7);
    return writer.bytes.slice(0, writer.length);
}

const words = (one: Rule) => toHex(written(one).subarray(16));
const same = (text: string) => toHex(hex(text));

describe("a rule", () => {
    it("is added only if it is not there", () => {
        expect(toHex(written(rule({ from: prefix("192.0.2.0", 24) })))).toBe(
            same(`34000000 2000 0506 07000000 00000000 02001800 01000001 00000000
                0800 0200 c0000200 0800 0600 32000000 0500 1500 12000000`),
        );
    });

    it("is deleted with the same words", () => {
        const one = rule({ from: prefix("192.0.2.0", 24) });
        expect(toHex(written(one, writeDeleteRule).subarray(4, 8))).toBe("21000500");
        expect(toHex(written(one, writeDeleteRule).subarray(16))).toBe(words(one));
    });

    it("with all that it can look at", () => {
        const one = rule({
            ...{ to: prefix("10.0.0.0", 26), tos: 16, mark: 24, markMask: 12, realms: 0x1e_0014, table: 6909 },
            ...{ inputInterface: "e0", outputInterface: "e1", suppressedPrefixLength: 0, suppressedGroup: 5, tunnelId: 5 },
            ...{
                users: { first: 10, last: 20 },
                ipProtocol: 17,
                sourcePorts: { first: 1, last: 2 },
                destinationPorts: { first: 3, last: 3 },
            },
        });
        expect(words(one)).toBe(
            same(`021a0010 00000001 00000000
                0800 0100 0a000000 0700 0300 653000 00 0800 0600 32000000 0800 0a00 18000000 0800 0b00 14001e00
                0c00 0c00 0000000000000005 0800 0d00 05000000 0800 0e00 00000000 0800 0f00 fd1a0000 0800 1000 0c000000
                0700 1100 653100 00 0c00 1400 0a000000 14000000 0500 1500 12000000 0500 1600 11000000
                0800 1700 01000200 0800 1800 03000300`),
        );
    });

    it("inverted, for VRFs, or leading to another rule", () => {
        expect(words(rule({ isInverted: true }))).toBe(same("02000000 01000001 02000000 0800 0600 32000000 0500 1500 12000000"));
        expect(words(rule({ followsVrf: true, table: 0 }))).toBe(
            same("02000000 00000001 00000000 0800 0600 32000000 0500 1300 01000000 0500 1500 12000000"),
        );
        expect(words(rule({ action: RULE_ACTIONS.goto, table: 0, target: 40 }))).toBe(
            same("02000000 00000002 00000000 0800 0400 28000000 0800 0600 32000000 0500 1500 12000000"),
        );
    });
});

describe("what the kernel tells", () => {
    it.each([
        rule(),
        rule({ family: 6, from: prefix("2001:db8:1::", 48), to: prefix("2001:db8::", 32), table: 6908 }),
        rule({ isInverted: true, mark: 24, markMask: 12, tos: 16, realms: 5, tunnelId: 5, inputInterface: "e0", outputInterface: "e1" }),
        rule({ followsVrf: true, table: 0, users: { first: 1, last: 2 }, ipProtocol: 6, suppressedGroup: 5, suppressedPrefixLength: 0 }),
        rule({
            action: RULE_ACTIONS.goto,
            table: 0,
            target: 40,
            sourcePorts: { first: 1, last: 2 },
            destinationPorts: { first: 3, last: 4 },
        }),
    ])("a rule is known again ($action, $family)", (one) => {
        expect(readRule(written(one).subarray(16))).toEqual(one);
    });

    it("numbers that stand for nothing are nothing", () => {
        const found = readRule(
            hex(`02000000 fe000001 00000000 0800 0e00 ffffffff 0800 0d00 ffffffff 0500 1600 00000000 0800 0a00 09000000 0800 1000 ffffffff
                0c00 0c00 0000000000000000`),
        );
        expect(found).toEqual(rule({ priority: 0, table: 254, mark: 9, protocol: 0 }));
    });

    it("nothing of other families, and nothing of less than a header", () => {
        expect(readRule(hex("80000000 fe000001 00000000"))).toBeUndefined();
        const whole = written(rule({ from: prefix("192.0.2.0", 24), users: { first: 1, last: 2 } })).subarray(16);
        for (let length = 0; length < 12; length++) {
            expect(readRule(whole.subarray(0, length))).toBeUndefined();
        }
        for (let length = 12; length < whole.length; length++) {
            expect(readRule(whole.subarray(0, length))).toBeDefined();
        }
    });

    it("ranges that are cut, and addresses of the other family, are passed over", () => {
        const cut = readRule(hex("02000018 fe000001 00000000 0600 1700 0100 0000 0800 1400 01000000 0800 0200 c0000200"));
        expect(cut).not.toHaveProperty("sourcePorts");
        expect(cut).not.toHaveProperty("users");
        expect(readRule(hex("0a001800 fe000001 00000000 0800 0200 c0000200"))).not.toHaveProperty("from");
        expect(readRule(hex("02000000 fe000001 00000000 0800 0c00 00000001"))).not.toHaveProperty("tunnelId");
    });

    it("is asked for as a whole", () => {
        const writer = new MessageWriter(64);
        writeRuleDump(writer, 9);
        expect(toHex(writer.bytes.slice(0, writer.length))).toBe(same("1c000000 2200 0103 09000000 00000000 00000000 00000000 00000000"));
    });
});
