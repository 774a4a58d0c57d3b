import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Route } from "../base/route.ts";
import { isEmptyRouting, NO_ROUTING, planRouting, type RoutingSet, wordsOf } from "./routing-set.ts";
import { routeForTest as route, ruleForTest as rule } from "./test-routing.ts";

describe("a plan", () => {
    it("leaves alone what is right", () => {
        const all: RoutingSet = { routes: [route("10.0.0.0/8"), route("fd00::/64")], rules: [rule(1)] };
        expect(planRouting(all, structuredClone(all))).toEqual({ removed: NO_ROUTING, added: NO_ROUTING });
        expect(isEmptyRouting(all)).toBe(false);
        expect(isEmptyRouting({ routes: [], rules: [rule(1)] })).toBe(false);
        expect(isEmptyRouting(NO_ROUTING)).toBe(true);
    });

    it("removes what is not desired and adds what is missing, in its order", () => {
        const [kept, stale, fresh, last] = [route("10.0.0.0/8"), route("10.1.0.0/16"), route("10.2.0.0/16"), route("10.3.0.0/16")];
        expect(planRouting({ routes: [stale, kept], rules: [rule(1)] }, { routes: [fresh, kept, last], rules: [rule(2)] })).toEqual({
            removed: { routes: [stale], rules: [rule(1)] },
            added: { routes: [fresh, last], rules: [rule(2)] },
        });
    });

    it.each<[string, Partial<Route>]>([
        ["gateway", { hop: { interfaceName: "eth0", isOnLink: true } }],
        ["metrics", { metrics: { locked: 0, values: [[2, 1_300]] } }],
        ["table", { table: 5 }],
        ["tracking", { isTracked: false }],
    ])("takes one with another %s for another one", (_what, change) => {
        const [before, after] = [route("10.0.0.0/8"), route("10.0.0.0/8", change)];
        expect(planRouting({ routes: [before], rules: [] }, { routes: [after], rules: [] })).toEqual({
            removed: { routes: [before], rules: [] },
            added: { routes: [after], rules: [] },
        });
    });
});

it("the plan from any set to any other ends with the other", () => {
    const some = fc.record({
        routes: fc.uniqueArray(
            fc.tuple(fc.nat(4), fc.constantFrom(5, 254)).map(([second, table]) => route(`10.${second}.0.0/16`, { table })),
            { selector: wordsOf },
        ),
        rules: fc.uniqueArray(
            fc.nat(5).map((priority) => rule(priority)),
            { selector: wordsOf },
        ),
    });
    fc.assert(
        fc.property(some, some, (actual, desired) => {
            const { removed, added } = planRouting(actual, desired);
            const kernel = new Set([...actual.routes, ...actual.rules].map(wordsOf));
            for (const item of [...removed.routes, ...removed.rules]) {
                expect(kernel.delete(wordsOf(item))).toBe(true);
            }
            for (const item of [...added.routes, ...added.rules]) {
                expect(kernel.has(wordsOf(item))).toBe(false);
                kernel.add(wordsOf(item));
            }
            expect(kernel).toEqual(new Set([...desired.routes, ...desired.rules].map(wordsOf)));
        }),
    );
});
