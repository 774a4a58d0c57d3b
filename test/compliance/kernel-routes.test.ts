import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { milliseconds } from "../../src/core/base/instant.ts";
import { type IpAddress, parseIp } from "../../src/core/base/ip.ts";
import type { Route } from "../../src/core/base/route.ts";
import type { Rule } from "../../src/core/base/rule.ts";
import { routeForTest, ruleForTest } from "../../src/core/route/test-routing.ts";
import type { BulkWork } from "../../src/host/world.ts";
import type { NativeAddon } from "../../src/io/native/addon.ts";
import { LinkMonitor } from "../../src/io/netlink/link-monitor.ts";
import { OwnRemovals } from "../../src/io/netlink/own-removals.ts";
import { KernelRoutes } from "../../src/io/route/kernel-routes.ts";
import { MonotonicClock } from "../../src/io/time/monotonic-clock.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, ip, makeVethPair, NEEDS_ROOT, until } from "./own-namespace.ts";

/**
 * Given a network namespace of our own with a pair of interfaces,
 * when routes and rules are claimed and released, by us and by others,
 * then the kernel has what was asked for, and we are told of what somebody else removed.
 */
describe.skipIf(!CAN_HAVE_NAMESPACE)(`routes and rules in the kernel${NEEDS_ROOT}`, () => {
    let system: NativeAddon;
    let monitor: LinkMonitor;
    let routes: KernelRoutes;
    let lost: string[];
    let refused: string[];
    let works: Set<BulkWork>;

    beforeAll(() => {
        system = enterOwnNamespace();
    });

    const open = () => {
        const clock = new MonotonicClock(system);
        lost = [];
        refused = [];
        works = new Set();
        routes = new KernelRoutes({
            ...{ system, clock },
            bulk: { add: (work) => works.add(work) },
            linkNamed: (name) => monitor.linkNamed(name),
            linkAt: (index) => monitor.links.get(index),
            onReady: (source) => source.drain(),
            onLost: (owner, what) => lost.push(`${owner}: ${what}`),
            onRefused: (owner, text) => refused.push(`${owner}: ${text}`),
            onAnswered: () => undefined,
        });
    };

    beforeEach(() => {
        routes?.close();
        monitor?.close();
        try {
            ip("link del va");
            ip("rule flush");
            ip("rule add pref 32766 table main");
        } catch {
            // The first test has nothing to clear away.
        }
        makeVethPair("va", "vb");
        ip("addr add 192.0.2.1/24 dev va");
        ip("addr add 2001:db8::1/64 dev va nodad");
        monitor = new LinkMonitor({
            ...{ system, ownRemovals: new OwnRemovals() },
            onNews: () => undefined,
            onReady: (source) => source.drain(),
        });
        open();
    });

    afterAll(() => {
        routes?.close();
        monitor?.close();
    });

    const onVa = (destination: string, more: Partial<Route> = {}) =>
        routeForTest(destination, { hop: { interfaceName: "va", isOnLink: false }, ...more });
    const some = (...list: readonly Route[]) => ({ routes: list, rules: [] });
    const someRules = (...list: readonly Rule[]) => ({ routes: [], rules: list });
    const shown = (family: 4 | 6 = 4): string[] => {
        const found = JSON.parse(ip(`-j -${family} route show table all proto keepalived`)) as { readonly dst: string }[];
        return found.map(({ dst }) => dst).toSorted();
    };
    const rulesShown = (): number[] => {
        const found = JSON.parse(ip("-j rule show")) as { readonly priority: number }[];
        return found.map(({ priority }) => priority).filter((priority) => priority > 0 && priority < 32_766);
    };

    it("come and go, of both families", () => {
        const all = { routes: [onVa("10.1.0.0/16"), onVa("2001:db8:1::/64")], rules: [ruleForTest(100)] };
        routes.claim("A", all);
        routes.finish();
        expect([shown(4), shown(6), rulesShown()]).toEqual([["10.1.0.0/16"], ["2001:db8:1::/64"], [100]]);
        routes.release("A", all);
        routes.finish();
        expect([shown(4), shown(6), rulesShown(), refused]).toEqual([[], [], [], []]);
    });

    it("by the thousand, in slices that are short", () => {
        const all = some(...Array.from({ length: 1_000 }, (_, index) => onVa(`10.${index >> 8}.${index & 255}.0/24`)));
        routes.claim("A", all);
        let longest = 0;
        let steps = 0;
        for (let more: unknown = true; more !== false; steps++) {
            const start = process.hrtime.bigint();
            more = routes.step(milliseconds(2));
            longest = Math.max(longest, Number(process.hrtime.bigint() - start) / 1e6);
        }
        expect(shown()).toHaveLength(1_000);
        expect(steps).toBeGreaterThan(5);
        expect(longest).toBeLessThan(100);
        routes.release("A", all);
        routes.finish();
        expect(shown()).toEqual([]);
    });

    it("that stand already are adopted: the kernel tells nobody of a change", () => {
        const all = { routes: [onVa("10.1.0.0/16"), onVa("2001:db8:1::/64")], rules: [ruleForTest(100)] };
        routes.claim("A", all);
        routes.finish();
        routes.close();
        const before = ip("-j -d route show table all proto keepalived");
        open();
        routes.claim("A", all);
        routes.finish();
        expect(ip("-j -d route show table all proto keepalived")).toBe(before);
        expect([shown(6), rulesShown(), refused]).toEqual([["2001:db8:1::/64"], [100], []]);
        ip("route del 10.1.0.0/16");
        return until(() => lost.includes("A: route 10.1.0.0/16 dev va"));
    });

    it("that a predecessor left are removed by one who does not want them", () => {
        const gatewayOnly = routeForTest("10.2.0.0/16", { hop: { gateway: parseIp("192.0.2.9") as IpAddress, isOnLink: false } });
        const all = { routes: [onVa("10.1.0.0/16"), gatewayOnly], rules: [ruleForTest(100)] };
        routes.claim("A", all);
        routes.finish();
        routes.close();
        open();
        routes.release("A", all);
        routes.finish();
        expect([shown(), rulesShown(), refused]).toEqual([[], [], []]);
    });

    it("of somebody else that lead to the same place are left alone", () => {
        ip("route add 10.1.0.0/16 dev va proto static");
        routes.claim("A", some(onVa("10.1.0.0/16")));
        routes.finish();
        expect(shown()).toEqual(["10.1.0.0/16"]);
        routes.release("A", some(onVa("10.1.0.0/16")));
        routes.finish();
        expect(JSON.parse(ip("-j route show 10.1.0.0/16"))).toMatchObject([{ protocol: "static" }]);
    });

    it("that two owners want stay for the second", () => {
        routes.claim("A", some(onVa("10.1.0.0/16")));
        routes.claim("B", some(onVa("10.1.0.0/16")));
        routes.release("A", some(onVa("10.1.0.0/16")));
        routes.finish();
        expect(shown()).toEqual(["10.1.0.0/16"]);
    });

    it("that somebody else removes are told of, where they are tracked; our own removals are not", async () => {
        const untracked = onVa("10.3.0.0/16", { isTracked: false });
        routes.claim("A", some(onVa("10.1.0.0/16"), onVa("10.2.0.0/16"), untracked, onVa("2001:db8:1::/64")));
        routes.claim("B", someRules(ruleForTest(100), ruleForTest(101)));
        routes.finish();
        routes.release("A", some(onVa("10.1.0.0/16")));
        routes.release("B", someRules(ruleForTest(100)));
        routes.finish();
        ip("route del 10.3.0.0/16");
        ip("route del 10.2.0.0/16");
        ip("-6 route del 2001:db8:1::/64");
        ip("rule del pref 101");
        await until(() => lost.length >= 3);
        expect(lost).toEqual(["A: route 10.2.0.0/16 dev va", "A: route 2001:db8:1::/64 dev va", "B: rule 101"]);
    });

    it("that went with their interface come back with it", async () => {
        routes.claim("A", some(onVa("10.1.0.0/16"), onVa("2001:db8:1::/64")));
        routes.finish();
        ip("link set va down");
        routes.interfaceFailed("va");
        await until(() => monitor.linkNamed("va")?.isUp === false);
        expect([shown(), shown(6)]).toEqual([[], []]);
        ip("link set va up");
        await until(() => monitor.linkNamed("va")?.isUp === true);
        routes.interfaceReturned();
        await until(() => routes.step(milliseconds(2)) === false);
        expect([shown(), shown(6)]).toEqual([["10.1.0.0/16"], ["2001:db8:1::/64"]]);
        expect(lost).toEqual([]);
    });

    it("wait for an interface that is not there, and say nothing", async () => {
        const later = routeForTest("10.4.0.0/16", { hop: { interfaceName: "vc", isOnLink: false } });
        routes.claim("A", some(later));
        routes.finish();
        expect([shown(), refused, routes.stands(later)]).toEqual([[], [], false]);
        makeVethPair("vc", "vd");
        await until(() => monitor.linkNamed("vc")?.isUp === true);
        routes.interfaceReturned();
        await until(() => routes.step(milliseconds(2)) === false);
        expect([shown(), routes.stands(later)]).toEqual([["10.4.0.0/16"], true]);
        ip("link del vc");
    });

    it("that the kernel refuses are told of once, with its own words", async () => {
        const wrong = onVa("10.1.0.0/16", { hop: { gateway: parseIp("203.0.113.1") as IpAddress, isOnLink: false } });
        routes.claim("A", some(wrong));
        routes.finish();
        expect(refused).toEqual(["A: cannot add route 10.1.0.0/16 via 203.0.113.1: ENETUNREACH (Nexthop has invalid gateway)"]);
        routes.interfaceReturned();
        await until(() => routes.step(milliseconds(2)) === false);
        expect(refused).toHaveLength(1);
        ip("addr add 203.0.113.2/24 dev va");
        routes.interfaceReturned();
        await until(() => routes.step(milliseconds(2)) === false);
        expect(shown()).toEqual(["10.1.0.0/16"]);
    });

    it("released before they were added never come, and claimed again before they were removed never go", () => {
        routes.claim("A", some(onVa("10.1.0.0/16"), onVa("10.2.0.0/16")));
        routes.release("A", some(onVa("10.2.0.0/16")));
        routes.finish();
        expect(shown()).toEqual(["10.1.0.0/16"]);
        routes.release("A", some(onVa("10.1.0.0/16")));
        routes.claim("A", some(onVa("10.1.0.0/16")));
        routes.finish();
        expect([shown(), routes.stands(onVa("10.1.0.0/16"))]).toEqual([["10.1.0.0/16"], true]);
    });
});
