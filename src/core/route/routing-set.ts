import type { Route } from "../base/route.ts";
import type { Rule } from "../base/rule.ts";

/** Routes and rules that stand and fall together. */
export interface RoutingSet {
    readonly routes: readonly Route[];
    readonly rules: readonly Rule[];
}

/** None. */
export const NO_ROUTING: RoutingSet = { routes: [], rules: [] };

/** The way from one set to another: first these are removed, then these are added. */
export interface RoutingPlan {
    readonly removed: RoutingSet;
    readonly added: RoutingSet;
}

/** Whether there is anything in it. */
export function isEmptyRouting({ routes, rules }: RoutingSet): boolean {
    return routes.length === 0 && rules.length === 0;
}

/**
 * What has to be done so that exactly the desired routes and rules stand. What is right already is left alone; the kernel alters none in place, so
 * one that differs in anything goes and comes back.
 */
export function planRouting(actual: RoutingSet, desired: RoutingSet): RoutingPlan {
    return {
        removed: { routes: without(actual.routes, desired.routes), rules: without(actual.rules, desired.rules) },
        added: { routes: without(desired.routes, actual.routes), rules: without(desired.rules, actual.rules) },
    };
}

/** Those that have no equal among the others. */
function without<Item extends Route | Rule>(items: readonly Item[], others: readonly Item[]): readonly Item[] {
    const byWords = new Set(others.map(wordsOf));
    return items.filter((item) => !byWords.has(wordsOf(item)));
}

/** All that there is to a route or rule, as one string. */
export function wordsOf(item: Route | Rule): string {
    return JSON.stringify(item, (_key, value: unknown) => (value instanceof Uint8Array ? Array.from(value) : value));
}
