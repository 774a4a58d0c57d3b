import { describe, expect, test } from "vitest";
import type { VirtualAddress } from "../address/virtual-address.ts";
import { NO_ROUTING } from "../route/routing-set.ts";
import { ip } from "../vrrp/test-bench.ts";
import { type Belongings, leftoversOf, ownsNothing, together } from "./belongings.ts";

function address(text: string, interfaceName = "eth0"): VirtualAddress {
    return { address: ip(text), prefixLength: 24, interfaceName, scope: 0, flags: 0, isTracked: true };
}

function owning(...addresses: readonly VirtualAddress[]): Belongings {
    return { addresses, routing: NO_ROUTING, links: [], tables: [] };
}

describe("what a daemon leaves behind", () => {
    // Given three addresses. When the next configuration wants one of them, another with a new label, and the third elsewhere. Then the third is left over.
    test("is what the next configuration has no place for", () => {
        const before = owning(address("10.0.0.1"), address("10.0.0.2"), address("10.0.0.3"));
        const wanted = owning(address("10.0.0.1"), { ...address("10.0.0.2"), label: "eth0:1" }, address("10.0.0.3", "eth1"));
        expect(leftoversOf(before, wanted).addresses).toEqual([address("10.0.0.3")]);
    });

    // Given tables by two names. When one of them is still used. Then the other is left over.
    test("counts tables by their names", () => {
        const before: Belongings = { ...owning(), tables: ["old", "new"] };
        expect(leftoversOf(before, { ...owning(), tables: ["new"] }).tables).toEqual(["old"]);
    });

    // Given the same. When nothing changed. Then nothing is left over.
    test("is nothing where nothing changed", () => {
        const same = owning(address("10.0.0.1"));
        expect(ownsNothing(leftoversOf(same, same))).toBe(true);
        expect(ownsNothing(same)).toBe(false);
    });

    // Given two configurations that share an address. When a reload is between them. Then each address is noted once.
    test("is noted of both configurations while one follows the other", () => {
        const both = together(owning(address("10.0.0.1"), address("10.0.0.2")), owning(address("10.0.0.2"), address("10.0.0.3")));
        expect(both.addresses).toEqual([address("10.0.0.1"), address("10.0.0.2"), address("10.0.0.3")]);
    });
});
