import { ipKey } from "../base/ip.ts";
import type { Prefix, Route } from "../base/route.ts";
import type { Rule } from "../base/rule.ts";
import type { RouteMessage } from "../netlink/route-messages.ts";

/** What the kernel makes of an IPv6 route without a metric (IP6_RT_PRIO_USER). */
const USUAL_METRIC_IPV6 = 1_024;

/** By which the kernel tells a route from others: a string that is equal for the same one. Not for people. */
export function routePlace(route: RouteMessage, interfaceName: string | undefined): string {
    const { family, table, tos, metric, protocol } = route;
    return [family, table, tos, metric, protocol, prefixKey(route.destination), prefixKey(route.source), interfaceName ?? ""].join(" ");
}

/** Likewise for a route that is to be there. */
export function placeOf({ metric, hop, family, ...route }: Route): string {
    const metricInKernel = metric === undefined || (metric === 0 && family === 6) ? (family === 6 ? USUAL_METRIC_IPV6 : 0) : metric;
    return routePlace({ ...route, family, metric: metricInKernel, isCloned: false }, hop.interfaceName);
}

/** The same for rules, which all their words together tell apart. */
export function rulePlace(rule: Rule): string {
    const { from, to, isTracked: _, ...rest } = rule;
    return [
        prefixKey(from),
        prefixKey(to),
        ...Object.entries(rest)
            .toSorted()
            .flatMap(([name, value]) => [name, wordOf(value)]),
    ].join(" ");
}

function wordOf(value: number | string | boolean | { readonly first: number; readonly last: number }): string {
    return typeof value === "object" ? `${value.first}-${value.last}` : String(value);
}

function prefixKey(prefix: Prefix | undefined): string {
    return prefix === undefined ? "" : `${ipKey(prefix.address)}/${prefix.prefixLength}`;
}
