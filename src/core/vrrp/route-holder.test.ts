/** `virtual_routes` and `virtual_rules`: in Keepalived's order, and what becomes of them when somebody else removes one. */
import { describe, expect, it } from "vitest";
import { routeForTest, ruleForTest } from "../route/test-routing.ts";
import type { SpeakerEffect } from "./effects.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import { ip, kinds, link, reports, SpeakerBench, virtualAddress } from "./test-bench.ts";

const [one, two] = [routeForTest("10.1.0.0/16"), routeForTest("10.2.0.0/16")];
const rule = ruleForTest(100);
const routing = { routes: [one, two], rules: [rule] };
const ORDERS = /(claim|release)-(addresses|routes|firewall)|send|^announce/;
const orders = (effects: readonly SpeakerEffect[]): string[] => kinds(effects).filter((kind) => ORDERS.test(kind));
const routesOf = (effects: readonly SpeakerEffect[]) => effects.filter(({ type }) => type === "claim-routes" || type === "release-routes");

function active(overrides: Partial<VirtualRouterSettings> = {}): SpeakerBench {
    const bench = new SpeakerBench({ ...routing, ...overrides });
    bench.start();
    bench.wake();
    bench.claimAll();
    return bench;
}

describe("routes and rules", () => {
    it("come when all addresses stand, and before these are announced", () => {
        const bench = new SpeakerBench(routing);
        bench.start();
        expect(orders(bench.wake())).toEqual(["send-advertisement", "claim-addresses"]);
        const { addresses } = bench.settings;
        expect(routesOf(bench.tell({ type: "addresses-claimed", router: "VI_1", addresses: [], isLast: false }))).toEqual([]);
        const effects = bench.tell({ type: "addresses-claimed", router: "VI_1", addresses, isLast: true });
        expect(orders(effects)).toEqual(["claim-routes", "announce", "announce"]);
        expect(routesOf(effects)).toEqual([{ type: "claim-routes", router: "VI_1", ...routing }]);
    });

    it("come at once where there are no addresses", () => {
        const bench = new SpeakerBench({ ...routing, addresses: [] });
        bench.start();
        expect(orders(bench.wake())).toEqual(["send-advertisement", "claim-routes"]);
    });

    it("go before the addresses, and with the virtual router", () => {
        expect(orders(active().hear("10.77.0.2", { priority: 200 }))).toEqual(["release-routes", "release-addresses"]);
        const leaving = active().tell({ type: "stop", keepsAddresses: false });
        expect(orders(leaving)).toEqual(["send-advertisement", "release-routes", "release-addresses"]);
        expect(routesOf(leaving)).toEqual([{ type: "release-routes", router: "VI_1", ...routing }]);
    });

    it("stay where the addresses stay at the end", () => {
        expect(orders(active().tell({ type: "stop", keepsAddresses: true }))).toEqual(["send-advertisement"]);
    });

    it("that are left over are removed by one who starts as backup", () => {
        expect(orders(new SpeakerBench(routing).start())).toEqual(["release-routes", "release-addresses"]);
    });

    it("that were never ordered are not removed", () => {
        const bench = new SpeakerBench(routing);
        bench.start();
        bench.wake();
        expect(orders(bench.hear("10.77.0.2", { priority: 200 }))).toEqual(["release-addresses"]);
        expect(routesOf(bench.claimAll())).toEqual([]);
    });

    it("are taken up again, not removed, after a restart of the process", () => {
        const former = active();
        const bench = new SpeakerBench(routing, former.now);
        bench.tell({ type: "configure", routers: [bench.settings] });
        bench.tell({ type: "restore", snapshots: former.speaker.snapshots() });
        bench.tell({ type: "link", link: link() });
        bench.tell({ type: "address-added", interfaceIndex: 2, address: ip("10.77.0.1"), prefixLength: 16 });
        expect(orders(bench.tell({ type: "start" }))).toEqual(["claim-addresses"]);
        expect(routesOf(bench.claimAll())).toEqual([{ type: "claim-routes", router: "VI_1", ...routing }]);
    });
});

describe("a reload", () => {
    const changed = (bench: SpeakerBench, overrides: Partial<VirtualRouterSettings>) =>
        bench.tell({ type: "configure", routers: [{ ...bench.settings, ...overrides }] });

    it("changes the difference only", () => {
        const three = routeForTest("10.3.0.0/16");
        expect(routesOf(changed(active(), { routes: [one, three], rules: [] }))).toEqual([
            { type: "release-routes", router: "VI_1", routes: [two], rules: [rule] },
            { type: "claim-routes", router: "VI_1", routes: [three], rules: [] },
        ]);
        expect(routesOf(changed(active(), { priority: 101 }))).toEqual([]);
    });

    it("adds the first ones, and removes the last", () => {
        const bench = active({ routes: [], rules: [] });
        expect(routesOf(changed(bench, routing))).toEqual([{ type: "claim-routes", router: "VI_1", ...routing }]);
        expect(routesOf(changed(bench, { routes: [], rules: [] }))).toEqual([{ type: "release-routes", router: "VI_1", ...routing }]);
    });

    it("while the addresses come up waits for them", () => {
        const bench = new SpeakerBench(routing);
        bench.start();
        bench.wake();
        expect(routesOf(changed(bench, { routes: [one], rules: [] }))).toEqual([]);
        expect(routesOf(bench.claimAll())).toEqual([{ type: "claim-routes", router: "VI_1", routes: [one], rules: [] }]);
    });

    it("that brings addresses together with routes adds both", () => {
        const bench = active({ routes: [], rules: [] });
        const addresses = [...bench.settings.addresses, virtualAddress("10.77.9.8")];
        expect(orders(changed(bench, { addresses, routes: [one] }))).toEqual(["claim-addresses", "claim-routes"]);
    });
});

describe("a route that somebody else removes", () => {
    it("sends the virtual router to backup for Skew_Time; then it sets everything again", () => {
        const bench = active();
        const effects = bench.tell({ type: "route-lost", router: "VI_1", what: "route 10.1.0.0/16 dev eth0" });
        expect(orders(effects)).toEqual(["release-routes", "release-addresses"]);
        expect(reports(effects)[0]).toMatchObject({ to: "backup", cause: { type: "route-removed", what: "route 10.1.0.0/16 dev eth0" } });
        expect(bench.untilWake).toBe(609_375);
        expect(bench.speaker.snapshot("VI_1")?.counters.foreignRemovals).toBe(1);
        expect(orders(bench.wake())).toEqual(["send-advertisement", "claim-addresses"]);
    });

    it("is nothing to one who is not active, or is not there", () => {
        const bench = new SpeakerBench(routing);
        bench.start();
        expect(bench.tell({ type: "route-lost", router: "VI_1", what: "route" })).toEqual([]);
        expect(bench.tell({ type: "route-lost", router: "VI_2", what: "route" })).toEqual([]);
    });
});
