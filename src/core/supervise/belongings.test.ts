import { describe, expect, test } from "vitest";
import type { VirtualAddress } from "../address/virtual-address.ts";
import { virtualServer } from "../balance/test-bench.ts";
import { NO_ROUTING } from "../route/routing-set.ts";
import type { VirtualServerSettings } from "../service/virtual-server.ts";
import { ip } from "../vrrp/test-bench.ts";
import { type Belongings, belongingsOf, leftoversOf, type OwningSettings, ownsNothing, together } from "./belongings.ts";

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

    // Given virtual servers and marked groups. When the next configuration has none. Then the tables of both are left over.
    test("counts the load balancer's tables while there are virtual servers", () => {
        const settings = (virtualServers: readonly VirtualServerSettings[]): OwningSettings => {
            const firewall = { table: "keepalived", priority: -1, counters: false, matchesByIndex: false };
            const statics = { addresses: [], routes: [], rules: [], groups: [] };
            const balancer = { virtualServers, flushesAtStart: false, atStop: "remove", tellsFirstStates: false, daemons: [] } as const;
            const groupMarks = { table: "marks", priority: -1, first: 1_000 };
            return {
                vrrp: { routers: [], statics, firewall },
                checkers: { balancer, dataPlane: { choice: "auto", table: "balance", groupMarks } },
            };
        };
        const [before, after] = [belongingsOf(settings([virtualServer()])), belongingsOf(settings([]))];
        expect(leftoversOf(before, after).tables).toEqual(["balance", "marks"]);
        expect(leftoversOf(before, before).tables).toEqual([]);
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
