import { describe, expect, it } from "vitest";
import { root } from "../blocks/root.ts";
import { readForTest } from "../test-reader.ts";
import { completeFirewall } from "./firewall.ts";

function complete(...lines: readonly string[]) {
    const codes: string[] = [];
    const text = ["global_defs {", ...lines, "}"].join("\n");
    const firewall = completeFirewall(readForTest(root, text).value, (_at, { code }) => codes.push(code));
    return { firewall, codes };
}

const DEFAULT = { table: "keepalived", priority: -1, counters: false, matchesByIndex: false };

describe("the firewall", () => {
    it.each([
        [[], DEFAULT, []],
        [["nftables"], DEFAULT, []],
        [
            ["nftables mine", "nftables_priority 5", "nftables_counters", "nftables_ifindex"],
            { table: "mine", priority: 5, counters: true, matchesByIndex: true },
            [],
        ],
        [[`nftables ${"n".repeat(40)}`], { ...DEFAULT, table: "n".repeat(31) }, ["table-name-length"]],
        [["vrrp_iptables"], DEFAULT, ["nftables-instead"]],
        [["vrrp_iptables IN OUT", "vrrp_ipsets off"], DEFAULT, ["nftables-instead", "nftables-instead"]],
    ])("%j", (lines, expected, expectedCodes) => {
        const { firewall, codes } = complete(...lines);
        expect(firewall).toEqual(expected);
        expect(codes).toEqual(expectedCodes);
    });
});
