import { describe, expect, expectTypeOf, it } from "vitest";
import { milliseconds, seconds } from "../../base/instant.ts";
import { parseIp } from "../../base/ip.ts";
import { utf8 } from "../../base/utf8.ts";
import type { BfdSessionSettings } from "../../bfd/settings.ts";
import { root } from "../blocks/root.ts";
import { readForTest } from "../test-reader.ts";
import { type CompletedBfdSession, completeBfdSessions } from "./bfd-sessions.ts";

interface Outcome {
    readonly sessions: readonly CompletedBfdSession[];
    readonly codes: readonly string[];
}

function complete(...blocks: readonly (readonly string[])[]): Outcome {
    const codes: string[] = [];
    const text = blocks.map((lines, index) => [`bfd_instance b${index + 1} {`, ...lines, "}"].join("\n")).join("\n");
    const sessions = completeBfdSessions(readForTest(root, text).value, (_at, { code }) => codes.push(code));
    return { sessions, codes };
}

const NEIGHBOR = "neighbor_ip 10.0.0.2";

describe("a bfd_instance", () => {
    it("has the shape of the machine's settings", () => {
        expectTypeOf<CompletedBfdSession>().toExtend<BfdSessionSettings>();
        expectTypeOf<BfdSessionSettings>().toExtend<CompletedBfdSession>();
    });

    it("gets every default of Keepalived", () => {
        expect(complete([NEIGHBOR])).toEqual({
            sessions: [
                {
                    name: "b1",
                    neighbor: parseIp("10.0.0.2"),
                    isMultihop: false,
                    isPassive: false,
                    isAdminDown: false,
                    minTx: milliseconds(10),
                    minRx: milliseconds(10),
                    idleTx: seconds(1),
                    multiplier: 5,
                    ttl: 255,
                    lowestTtl: 255,
                    consumers: ["vrrp", "checkers"],
                },
            ],
            codes: [],
        });
    });

    it("over IPv6 has Keepalived's hop limit of 64", () => {
        expect(complete(["neighbour_ip fd00::2"]).sessions).toMatchObject([{ ttl: 64, lowestTtl: 64 }]);
    });

    it("takes everything that is written", () => {
        const lines = [
            ...["neighbor_ip fe80::2", "source_ip fe80::1", "interface eth1", "min_rx 3.5", "min_tx 20", "idle_tx 1500", "multiplier 3"],
            ...[
                "passive",
                "hoplimit 200",
                "max_hops 4",
                "multihop",
                "weight -20 reverse",
                "authentication meticulous-sha1 7 secret",
                "admin_down",
            ],
        ];
        expect(complete(lines)).toEqual({
            sessions: [
                {
                    name: "b1",
                    neighbor: parseIp("fe80::2"),
                    source: parseIp("fe80::1"),
                    interfaceName: "eth1",
                    isMultihop: true,
                    isPassive: true,
                    isAdminDown: true,
                    minTx: milliseconds(20),
                    minRx: milliseconds(3.5),
                    idleTx: milliseconds(1_500),
                    multiplier: 3,
                    ttl: 200,
                    lowestTtl: 196,
                    authentication: { type: "meticulous-sha1", keyId: 7, key: utf8("secret") },
                    consumers: ["vrrp", "checkers"],
                },
            ],
            codes: [],
        });
    });

    it.each([
        [["vrrp"], ["vrrp"]],
        [["checker"], ["checkers"]],
        [
            ["vrrp", "checker"],
            ["vrrp", "checkers"],
        ],
    ])("%s tells %s", (lines, consumers) => {
        expect(complete([NEIGHBOR, ...lines]).sessions).toMatchObject([{ consumers }]);
    });

    it.each([
        ["max_hops -1", 0, []],
        ["max_hops 255", 0, []],
        ["max_hops 10", 90, []],
        ["max_hops 101", 0, ["max-hops-above-ttl"]],
    ])("%s with ttl 100: %i at least", (line, lowestTtl, codes) => {
        const { sessions, codes: found } = complete([NEIGHBOR, "ttl 100", line]);
        expect(sessions).toMatchObject([{ lowestTtl }]);
        expect(found).toEqual(codes);
    });
});

describe("what cannot be is left out, and said", () => {
    it.each([
        ["bfd-family-mismatch", [NEIGHBOR, "source_ip fd00::1"]],
        ["bfd-needs-interface", ["neighbor_ip fe80::2"]],
    ])("%s", (code, lines) => {
        expect(complete(lines)).toEqual({ sessions: [], codes: [code] });
    });

    it("two sessions between the same addresses: the first one stays", () => {
        const outcome = complete([NEIGHBOR], [NEIGHBOR, "source_ip 10.0.0.1"], [NEIGHBOR]);
        expect(outcome.sessions.map(({ name }) => name)).toEqual(["b1", "b2"]);
        expect(outcome.codes).toEqual(["duplicate-bfd-session"]);
    });
});

it.each([["min_rx 10001"], ["min_tx 10001"], ["idle_tx 10001"], ["multiplier 11"]])("%s is more than sensible, and used", (line) => {
    expect(complete([NEIGHBOR, line]).codes).toEqual(["bfd-more-than-sensible"]);
});

it("a key that is too long is cut: 16 bytes, 20 with SHA1", () => {
    const keyOf = (type: string, length: number) => complete([NEIGHBOR, `authentication ${type} 1 ${"k".repeat(length)}`]);
    expect(keyOf("simple", 17)).toMatchObject({ sessions: [{ authentication: { key: utf8("k".repeat(16)) } }], codes: ["too-long"] });
    expect(keyOf("sha1", 21)).toMatchObject({ sessions: [{ authentication: { key: utf8("k".repeat(20)) } }], codes: ["too-long"] });
    expect(keyOf("sha1", 20).codes).toEqual([]);
});
