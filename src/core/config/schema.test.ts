import { describe, expect, expectTypeOf, it } from "vitest";
import type { Duration } from "../base/instant.ts";
import { addressEntry } from "./blocks/address-entry.ts";
import { vrrpInstance } from "./blocks/vrrp-instance.ts";
import { type VrrpScript, vrrpScript } from "./blocks/vrrp-script.ts";
import type { Complaint } from "./complaint.ts";
import { type Argument, REFUSED } from "./schema.ts";
import { StatementWords } from "./statement.ts";

function read<Value>(argument: Argument<Value>, text: string): { value: Value | typeof REFUSED; complaints: string[] } {
    const complaints: Complaint[] = [];
    const words = new StatementWords((complaint) => complaints.push(complaint));
    const found = [...text.matchAll(/\S+/g)];
    words.start(
        {
            line: 0,
            isMade: false,
            text,
            base: 0,
            words: found.map(([word]) => word),
            columns: found.map(({ index }) => index),
            end: text.length,
        },
        0,
    );
    const value = argument.read(words);
    return { value, complaints: complaints.map(({ code, consequence }) => (consequence === undefined ? code : `${code}: ${consequence}`)) };
}

describe("a table", () => {
    it("gives the type of what is parsed", () => {
        expectTypeOf<VrrpScript["name"]>().toEqualTypeOf<string>();
        expectTypeOf<VrrpScript["interval"]>().toEqualTypeOf<Duration>();
        expectTypeOf<VrrpScript["timeout"]>().toEqualTypeOf<Duration | undefined>();
        expectTypeOf<VrrpScript["init_fail"]>().toEqualTypeOf<boolean>();
    });

    it("knows every keyword's syntax", () => {
        expect(vrrpInstance.keywords.priority.argument.syntax).toBe("PRIORITY 1..255");
        expect(vrrpInstance.keywords.garp_extra_if.argument.syntax).toBe("[all] SECONDS 0..86400");
        expect(vrrpInstance.keywords.preempt_delay.argument.syntax).toBe("SECONDS 0..1000");
    });
});

describe("arguments", () => {
    it.each([
        ["100", 100, []],
        ["0", 100, ["out-of-range: 100 is used"]],
        ["256", 100, ["out-of-range: 100 is used"]],
        ["abc", 100, ["not-a-number: 100 is used"]],
        ["99x", 99, ["trailing-characters: 99 is used"]],
        ["", REFUSED, ["missing-parameter"]],
    ])("read priority %j", (text, value, complaints) => {
        expect(read(vrrpInstance.keywords.priority.argument, text)).toEqual({ value, complaints });
    });

    it.each([
        ["1", 1_000_000, []],
        ["0.5", 500_000, []],
        ["1.0000004", 1_000_000, ["too-many-decimals: it is rounded"]],
        ["0", REFUSED, ["out-of-range"]],
    ])("read advert_int %j", (text, value, complaints) => {
        expect(read(vrrpInstance.keywords.advert_int.argument, text)).toEqual({ value, complaints });
    });

    it("read an address with its options in any order, and write it as it was", () => {
        const { value, complaints } = read(addressEntry, "10.0.0.1/24 label eth0:1 dev eth0 home");
        expect(complaints).toEqual([]);
        expect(value).toMatchObject({ dev: "eth0", label: "eth0:1", home: true, "-nodad": false, address: { prefixLength: 24 } });
        expect(value === REFUSED ? "" : addressEntry.dump(value)).toBe("10.0.0.1/24 dev eth0 label eth0:1 home");
    });

    it("read a command with its arguments and its user", () => {
        const { value } = read(vrrpInstance.keywords.notify_master.argument, "\"/etc/a b.sh up 'two words'\" nobody nogroup");
        expect(value).toEqual({ words: ["/etc/a", "b.sh", "up", "two words"], user: "nobody", group: "nogroup" });
    });

    it("read a weight that turns its sign round", () => {
        expect(read(vrrpScript.keywords.weight.argument, "-20 reverse").value).toEqual({ weight: -20, reverse: "reverse" });
        expect(read(vrrpScript.keywords.weight.argument, "300").value).toEqual({ weight: 253, reverse: undefined });
    });
});
