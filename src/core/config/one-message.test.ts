/** One message for one cause: what follows from a mistake is no mistake of its own. */
import { describe, expect, it } from "vitest";
import { success } from "../base/result.ts";
import type { FileTree } from "./file-tree.ts";
import { loadConfiguration } from "./load.ts";
import { TRUSTING_JUDGE } from "./script-judge.ts";

function told(...lines: readonly string[]): string[] {
    const tree: FileTree = { read: () => success(lines.join("\n")), list: () => ["a.conf"] };
    const { diagnostics } = loadConfiguration(["a.conf"], tree, { configId: "n", random: () => 0, scripts: TRUSTING_JUDGE });
    return diagnostics.map(({ severity, code, place }) => `${severity} ${code}@${place?.line}`);
}

const START = ["vrrp_instance VI {", "interface eth0", "virtual_router_id 51"];
const ADDRESS = ["virtual_ipaddress {", "10.0.0.9", "}"];

describe("a mistake is told once", () => {
    it.each<[string, readonly string[], readonly string[]]>([
        [
            "a brace that is missing behind a list's keyword",
            [...START, "virtual_ipaddress", "10.0.0.9", "}", "}"],
            ["error missing-open-brace@4"],
        ],
        [
            "a line that a generator makes five times",
            [...START, ...ADDRESS.with(1, "10.0.0.9\n~SEQ(i,1,5) 10.0.0.$i/24"), "}"],
            ["error not-an-address@6"],
        ],
        [
            "a quote that is not closed",
            [...START, ...ADDRESS, 'notify "/bin/true', "}"],
            ["warning script-security-off@7", "error unmatched-quote@7"],
        ],
        ["a number of another base", [...START, "priority 0x64", ...ADDRESS, "}"], ["error not-a-number@4"]],
    ])("%s", (_, lines, expected) => {
        expect(told(...lines).sort()).toEqual([...expected].sort());
    });

    it.each<[string, readonly string[], readonly string[]]>([
        [
            "a VRID out of range",
            [...START.with(2, "virtual_router_id 256"), ...ADDRESS, "}"],
            ["error out-of-range@3", "note keyword-missing@1"],
        ],
        [
            "a keyword misspelled",
            [...START.with(2, "virtual_routerid 5"), ...ADDRESS, "}"],
            ["error unknown-keyword@3", "note keyword-missing@1"],
        ],
        [
            "a list misspelled",
            [...START, ...ADDRESS.with(0, "virtual_ipadress {"), "}"],
            ["error unknown-keyword@4", "note no-addresses@1"],
        ],
        ["the only address wrong", [...START, ...ADDRESS.with(1, "10.0.0.256"), "}"], ["error not-an-address@5", "note no-addresses@1"]],
        ["nothing else wrong", [...START, "}"], ["error no-addresses@1"]],
        [
            "a mistake in another instance",
            [...START, "}", ...START.with(0, "vrrp_instance B {").with(2, "virtual_router_id 52"), ...ADDRESS.with(1, "x"), "}"],
            ["error no-addresses@1", "error not-an-address@9", "note no-addresses@5"],
        ],
    ])("and what is missing for it is a note: %s", (_, lines, expected) => {
        expect(told(...lines).sort()).toEqual([...expected].sort());
    });

    it("a prefix length that is none leaves the address, as in Keepalived", () => {
        expect(
            told(...START, ...ADDRESS.with(1, "10.0.0.9/33\n10.0.0.8/\nfe80::1/x"), "}").filter((line) => !line.includes("refused")),
        ).toEqual(["error prefix-length@5", "error prefix-length@6", "error prefix-length@7"]);
    });

    it("a weight that is no number weighs nothing", () => {
        expect(told(...START, ...ADDRESS, "track_interface {", "eth1 weight x", "}", "}")).toEqual(["error not-a-number@8"]);
    });
});
