import type { IpAddress } from "../base/ip.ts";
import { parseIp } from "../base/ip.ts";
import type { Prefix, Route } from "../base/route.ts";
import type { Rule } from "../base/rule.ts";

/** `10.0.0.0/8` for tests. */
export function prefixForTest(text: string): Prefix {
    const [address = "", length] = text.split("/");
    return { address: parseIp(address) as IpAddress, prefixLength: Number(length) };
}

/** A route through eth0 for tests, unless told otherwise. */
export function routeForTest(destination: string, more: Partial<Route> = {}): Route {
    return {
        ...{ family: destination.includes(":") ? 6 : 4, type: 1, destination: prefixForTest(destination), tos: 0, table: 254 },
        ...{ protocol: 18, scope: 0, hop: { interfaceName: "eth0", isOnLink: false }, place: "before", isTracked: true },
        ...more,
    } as Route;
}

/** A rule that leads to table 5 for tests, unless told otherwise. */
export function ruleForTest(priority: number, more: Partial<Rule> = {}): Rule {
    return {
        ...{ family: 4, priority, action: 1, table: 5, isInverted: false, tos: 0, followsVrf: false, protocol: 18, isTracked: true },
        ...more,
    } as Rule;
}
