import { describe, expect, it } from "vitest";
import type { Route } from "../base/route.ts";
import { placeOf, rulePlace } from "./route-key.ts";
import { type Piece, RoutingLedger } from "./routing-ledger.ts";
import { routeForTest as route, ruleForTest as rule } from "./test-routing.ts";

const [tenEight, fdRoute] = [route("10.0.0.0/8"), route("fd00::/64")];
const namesOf = (pieces: readonly Piece[]) => pieces.map(({ what }) => what);
const routes = (...some: Route[]) => ({ routes: some, rules: [] });

function standing(...some: Route[]): RoutingLedger {
    const ledger = new RoutingLedger();
    for (const piece of ledger.claim("A", routes(...some))) {
        ledger.answered(piece, true);
    }
    return ledger;
}

describe("claims", () => {
    it("are added once, routes before rules", () => {
        const ledger = new RoutingLedger();
        expect(namesOf(ledger.claim("A", { routes: [tenEight, fdRoute], rules: [rule(9)] }))).toEqual([
            "route 10.0.0.0/8 dev eth0",
            "route fd00::/64 dev eth0",
            "rule 9",
        ]);
        expect(ledger.claim("A", routes(tenEight))).toEqual([]);
        expect(ledger.isEmpty).toBe(false);
    });

    it("of two owners go with the last of them, backwards", () => {
        const ledger = standing(tenEight, fdRoute);
        ledger.claim("B", routes(tenEight));
        expect(namesOf(ledger.release("A", routes(tenEight, fdRoute)))).toEqual(["route fd00::/64 dev eth0"]);
        expect(ledger.holds(tenEight)).toBe(true);
        expect(namesOf(ledger.release("B", routes(tenEight)))).toEqual(["route 10.0.0.0/8 dev eth0"]);
        expect(ledger.isEmpty).toBe(true);
    });

    it("of an owner that is called something else now go with that one", () => {
        const ledger = standing(tenEight);
        ledger.rename(new Map([["A", "B"]]));
        expect(ledger.lost(placeOf(tenEight)).map(({ owner }) => owner)).toEqual(["B"]);
        expect(namesOf(ledger.release("B", routes(tenEight)))).toEqual(["route 10.0.0.0/8 dev eth0"]);
    });

    it("that nobody made can be released all the same: they may be left over", () => {
        expect(namesOf(new RoutingLedger().release("A", routes(tenEight)))).toEqual(["route 10.0.0.0/8 dev eth0"]);
    });
});

describe("answers", () => {
    it("are news when they change something", () => {
        const ledger = new RoutingLedger();
        const [piece] = ledger.claim("A", routes(tenEight)) as [Piece];
        expect(ledger.stands(tenEight)).toBeUndefined();
        expect([false, false, true, true].map((stands) => ledger.answered(piece, stands))).toEqual([true, false, true, false]);
        expect(ledger.stands(tenEight)).toBe(true);
        expect(ledger.stands(fdRoute)).toBeUndefined();
    });

    it("to what was released meanwhile change nothing", () => {
        const ledger = new RoutingLedger();
        const [piece] = ledger.claim("A", routes(tenEight)) as [Piece];
        ledger.release("A", routes(tenEight));
        ledger.answered(piece, true);
        expect(ledger.isClaimed(piece)).toBe(false);
        expect(ledger.doubtful()).toEqual([]);
    });
});

describe("a loss", () => {
    it("concerns all owners of what is tracked and stood, once", () => {
        const untracked = route("10.9.0.0/16", { isTracked: false });
        const ledger = standing(tenEight, untracked);
        ledger.claim("B", routes(tenEight));
        expect(ledger.lost(placeOf(tenEight)).map(({ owner, piece }) => `${owner} ${piece.what}`)).toEqual([
            "A route 10.0.0.0/8 dev eth0",
            "B route 10.0.0.0/8 dev eth0",
        ]);
        expect(ledger.lost(placeOf(tenEight))).toEqual([]);
        expect(ledger.lost(placeOf(untracked))).toEqual([]);
        expect(ledger.lost(placeOf(fdRoute))).toEqual([]);
        expect(namesOf(ledger.doubtful())).toEqual(["route 10.0.0.0/8 dev eth0", "route 10.9.0.0/16 dev eth0"]);
    });

    it("lets the same claim add it again", () => {
        const ledger = standing(tenEight);
        ledger.lost(placeOf(tenEight));
        expect(namesOf(ledger.claim("A", routes(tenEight)))).toEqual(["route 10.0.0.0/8 dev eth0"]);
    });

    it("is nothing before the kernel answered", () => {
        const ledger = new RoutingLedger();
        ledger.claim("A", routes(tenEight));
        expect(ledger.lost(placeOf(tenEight))).toEqual([]);
    });
});

it("a route of a VRF stands in the table of that one", () => {
    const ledger = new RoutingLedger(({ table, vrf }) => (vrf === "blue" ? 77 : table));
    const inVrf = route("10.0.0.0/8", { vrf: "blue" });
    ledger.answered((ledger.claim("A", routes(inVrf)) as [Piece])[0], true);
    expect(ledger.lost(placeOf(tenEight))).toEqual([]);
    expect(ledger.lost(placeOf({ ...tenEight, table: 77 }))).toHaveLength(1);
});

describe("an interface that fails", () => {
    const elsewhere = route("10.1.0.0/16", { hop: { interfaceName: "eth1", isOnLink: false } });
    const anywhere = route("10.2.0.0/16", { hop: { isOnLink: false } });
    const both = route("10.3.0.0/16", {
        hop: { isOnLink: false },
        hops: ["eth0", "eth1"].map((interfaceName) => ({ interfaceName, isOnLink: false, weight: 1 })),
    });

    it("makes doubtful what goes through it, or through any", () => {
        const ledger = standing(tenEight, elsewhere, anywhere, both);
        ledger.answered((ledger.claim("A", { routes: [], rules: [rule(1, { inputInterface: "eth0" })] }) as [Piece])[0], true);
        ledger.doubt("eth0");
        expect(namesOf(ledger.doubtful())).toEqual([
            "route 10.0.0.0/8 dev eth0",
            "route 10.2.0.0/16",
            "route 10.3.0.0/16 through 2 gateways",
        ]);
        ledger.doubtAll();
        expect(ledger.doubtful()).toHaveLength(5);
    });
});

it("tells whether anything of it is tracked", () => {
    const ledger = new RoutingLedger();
    ledger.claim("A", routes(route("10.0.0.0/8", { isTracked: false })));
    expect(ledger.isTracking).toBe(false);
    ledger.claim("A", { routes: [], rules: [rule(1)] });
    expect(ledger.isTracking).toBe(true);
});

describe("what tells routes and rules apart", () => {
    it("for routes: family, table, TOS, metric, protocol, networks and interface", () => {
        const others: Partial<Route>[] = [
            { table: 5 },
            { tos: 4 },
            { metric: 1 },
            { protocol: 3 },
            { hop: { interfaceName: "eth1", isOnLink: false } },
            { source: { ...tenEight.destination } },
        ];
        const places = [tenEight, fdRoute, route("10.0.0.0/9"), ...others.map((other) => route("10.0.0.0/8", other))].map(placeOf);
        expect(new Set(places).size).toBe(places.length);
        expect(placeOf(route("10.0.0.0/8", { scope: 253, metrics: { locked: 0, values: [] } }))).toBe(placeOf(tenEight));
    });

    it("knows the metric that IPv6 has where none is given", () => {
        expect(placeOf(route("fd00::/64", { metric: 0 }))).toBe(placeOf(route("fd00::/64", { metric: 1_024 })));
        expect(placeOf(fdRoute)).toBe(placeOf(route("fd00::/64", { metric: 1_024 })));
        expect(placeOf(tenEight)).toBe(placeOf(route("10.0.0.0/8", { metric: 0 })));
    });

    it("for rules: every word but whether it is tracked", () => {
        const others = [rule(1, { tos: 4 }), rule(1, { from: tenEight.destination }), rule(1, { to: tenEight.destination }), rule(2)];
        const more = [
            rule(1, { users: { first: 1, last: 2 } }),
            rule(1, { users: { first: 1, last: 3 } }),
            rule(1, { inputInterface: "a" }),
        ];
        const places = [rule(1), ...others, ...more].map(rulePlace);
        expect(new Set(places).size).toBe(places.length);
        expect(rulePlace(rule(1, { isTracked: false }))).toBe(rulePlace(rule(1)));
    });
});
