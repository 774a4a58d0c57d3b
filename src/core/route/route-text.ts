import { formatIp } from "../base/ip.ts";
import type { Prefix, Route } from "../base/route.ts";
import type { Rule } from "../base/rule.ts";

const TABLE_MAIN = 254;

/** A route as people call it: `10.0.0.0/8 via 192.0.2.1 dev eth0 table 5`. */
export function routeText({ destination, family, hop, hops, table, vrf }: Route): string {
    const to = destination.prefixLength === 0 ? (family === 6 ? "inet6 default" : "default") : prefixText(destination);
    const via = hop.gateway === undefined ? "" : ` via ${formatIp(hop.gateway)}`;
    const dev = hop.interfaceName === undefined ? "" : ` dev ${hop.interfaceName}`;
    const several = hops === undefined ? "" : ` through ${hops.length} gateways`;
    const where = vrf === undefined ? (table === TABLE_MAIN ? "" : ` table ${table}`) : ` vrf ${vrf}`;
    return `${to}${via}${dev}${several}${where}`;
}

/** A rule as people call it: `rule 100 from 10.0.0.0/8`. */
export function ruleText({ priority, from, to }: Rule): string {
    return `rule ${priority}${from === undefined ? "" : ` from ${prefixText(from)}`}${to === undefined ? "" : ` to ${prefixText(to)}`}`;
}

function prefixText({ address, prefixLength }: Prefix): string {
    return `${formatIp(address)}/${prefixLength}`;
}
