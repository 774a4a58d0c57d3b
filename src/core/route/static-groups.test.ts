import { describe, expect, it } from "vitest";
import type { VirtualAddress } from "../address/virtual-address.ts";
import { type StaticFacts, StaticGroups } from "./static-groups.ts";
import { prefixForTest, routeForTest, ruleForTest } from "./test-routing.ts";

const address: VirtualAddress = {
    ...{ ...prefixForTest("192.0.2.1/24"), interfaceName: "eth0", scope: 0, flags: 0, isTracked: true },
};
const group = {
    name: "G",
    addresses: [address],
    routes: [routeForTest("10.0.0.0/8", { hop: { interfaceName: "eth1", isOnLink: false } })],
    rules: [ruleForTest(1, { inputInterface: "eth2" }), ruleForTest(2)],
};
const FINE: StaticFacts = { ofAddress: () => true, ofRouting: () => true, ofInterface: () => true };
const news = (type: "up" | "down") => [{ kind: "static", name: "G", status: { type } }];

describe("a track group", () => {
    it("is told of when all that is tied to it stands, and then only when that changes", () => {
        const groups = new StaticGroups();
        groups.change([group]);
        expect(groups.review({ ...FINE, ofAddress: () => undefined })).toEqual([]);
        expect(groups.review({ ...FINE, ofRouting: () => undefined })).toEqual([]);
        expect(groups.review(FINE)).toEqual(news("up"));
        expect(groups.review(FINE)).toEqual([]);
        expect(groups.review({ ...FINE, ofAddress: () => false })).toEqual(news("down"));
        expect(groups.review(FINE)).toEqual(news("up"));
    });

    it.each<[string, Partial<StaticFacts>]>([
        ["an address", { ofAddress: () => false }],
        ["a route or rule", { ofRouting: (item) => !("destination" in item) }],
        ["the interface of an address", { ofInterface: (name) => name !== "eth0" }],
        ["the interface of a route", { ofInterface: (name) => name !== "eth1" }],
        ["the interface of a rule", { ofInterface: (name) => name !== "eth2" }],
    ])("is down without %s", (_what, change) => {
        const groups = new StaticGroups();
        groups.change([group]);
        expect(groups.review({ ...FINE, ...change })).toEqual(news("down"));
    });

    it("is told of anew after a reload", () => {
        const groups = new StaticGroups();
        groups.change([group]);
        groups.review(FINE);
        groups.change([group]);
        expect(groups.review(FINE)).toEqual(news("up"));
    });
});
