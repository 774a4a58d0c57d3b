import { formatIp } from "../../base/ip.ts";
import { type Encapsulation, METRIC, type NextHop, type Prefix, ROUTE_TYPES, type Route } from "../../base/route.ts";
import { type Range, RULE_ACTIONS, type Rule } from "../../base/rule.ts";

const TABLE_MAIN = 254;
const FAMILY_WORDS = { 4: "inet", 6: "inet6" } as const;
const PLACES = { before: "prepend", after: "append", alone: "add" } as const;
const PREFERENCES: Readonly<Record<number, string>> = { 0: "medium", 1: "high", 3: "low" };
/** In the order in which Keepalived shows them. */
const METRICS = [
    ...(["rtt", "rttvar", "rto_min", "features", "mtu", "window", "ssthresh", "cwnd", "advmss", "reordering", "hoplimit"] as const),
    ...(["initcwnd", "initrwnd", "quickack", "fastopen_no_cookie"] as const),
];
const TIME_UNITS: Readonly<Partial<Record<keyof typeof METRIC, number>>> = { rtt: 8, rttvar: 4, rto_min: 1 };

/** A route as Keepalived's dumps show it: `prepend 10.0.0.0/8 via inet 192.0.2.1 dev eth0 proto 18`. */
export function routeDumpText(route: Route): string {
    const { destination, source, preferredSource, tos, hop, hops, table, vrf, metric, scope, realms, isTracked } = route;
    const type = Object.entries(ROUTE_TYPES).find(([, number]) => number === route.type)?.[0] ?? "unicast";
    return joined(
        PLACES[route.place],
        type === "unicast" ? "" : type,
        prefixText(destination),
        word("src", preferredSource && formatIp(preferredSource)),
        word("from", source && prefixText(source)),
        tos === 0 ? "" : `tos ${tos}`,
        word("encap", hop.encapsulation && encapsulationText(hop.encapsulation)),
        hopText(hop),
        vrf === undefined ? (table === TABLE_MAIN ? "" : `table ${table}`) : `vrf ${vrf}`,
        `proto ${route.protocol}`,
        scope === 0 ? "" : `scope ${scope}`,
        word("metric", metric),
        hop.isOnLink ? "onlink" : "",
        word("realms", realms && realmsText(realms)),
        word("expires", route.expires === undefined ? undefined : `${route.expires}sec`),
        metricsText(route),
        word("pref", route.routerPreference === undefined ? undefined : PREFERENCES[route.routerPreference]),
        word("ttl-propagate", route.propagatesTtl === undefined ? undefined : route.propagatesTtl ? "enabled" : "disabled"),
        ...(hops ?? []).map((one) =>
            joined(
                "nexthop",
                hopText(one),
                one.weight === 1 ? "" : `weight ${one.weight}`,
                one.isOnLink ? "onlink" : "",
                word("realms", one.realms && realmsText(one.realms)),
                word("encap", one.encapsulation && encapsulationText(one.encapsulation)),
            ),
        ),
        isTracked ? "" : "no_track",
    );
}

/** A rule as Keepalived's dumps show it: `from 10.0.0.0/8 priority 100 tos 0x0 protocol 18 lookup 5`. */
export function ruleDumpText(rule: Rule): string {
    const mask = rule.markMask === undefined ? "" : `/0x${rule.markMask.toString(16)}`;
    return joined(
        rule.isInverted ? "not" : "",
        `from ${rule.from === undefined ? "all" : prefixText(rule.from)}`,
        word("to", rule.to && prefixText(rule.to)),
        `priority ${rule.priority}`,
        `tos 0x${rule.tos.toString(16)}`,
        word("fwmark", rule.mark === undefined ? undefined : `0x${rule.mark.toString(16)}${mask}`),
        word("iif", rule.inputInterface),
        word("oif", rule.outputInterface),
        word("suppress_prefixlen", rule.suppressedPrefixLength),
        word("suppress_ifgroup", rule.suppressedGroup),
        word("tunnel-id", rule.tunnelId),
        word("uidrange", rangeText(rule.users)),
        rule.followsVrf ? "l3mdev" : "",
        `protocol ${rule.protocol}`,
        word("ipproto", rule.ipProtocol),
        word("sport", rangeText(rule.sourcePorts)),
        word("dport", rangeText(rule.destinationPorts)),
        word("realms", rule.realms && realmsText(rule.realms)),
        actionText(rule),
        rule.isTracked ? "" : "no_track",
    );
}

function actionText({ action, table, target }: Rule): string {
    const name = Object.entries(RULE_ACTIONS).find(([, number]) => number === action)?.[0];
    return action === RULE_ACTIONS.table ? `lookup ${table}` : action === RULE_ACTIONS.goto ? `goto ${target}` : `type ${name}`;
}

function hopText({ gateway, interfaceName }: NextHop): string {
    return joined(word("via", gateway && `${FAMILY_WORDS[gateway.family]} ${formatIp(gateway)}`), word("dev", interfaceName));
}

function metricsText({ metrics }: Route): string {
    if (metrics === undefined) {
        return "";
    }
    const values = new Map(metrics.values);
    const isLocked = (name: keyof typeof METRIC) => (metrics.locked & (1 << METRIC[name])) !== 0;
    const one = (name: keyof typeof METRIC, value: string | number | undefined) =>
        word(isLocked(name) && value !== undefined ? `${name} lock` : name, value);
    return joined(
        one("congctl", metrics.congestionControl),
        ...METRICS.map((name) => one(name, metricText(name, values.get(METRIC[name])))),
    );
}

function metricText(name: keyof typeof METRIC, value: number | undefined): string | number | undefined {
    const unit = TIME_UNITS[name];
    if (value === undefined || unit === undefined) {
        return name === "features" && value !== undefined ? "ecn" : value;
    }
    const milliseconds = value / unit;
    return milliseconds % 1_000 === 0 ? `${milliseconds / 1_000}s` : `${milliseconds}ms`;
}

function encapsulationText(encapsulation: Encapsulation): string {
    switch (encapsulation.type) {
        case "mpls":
            return `mpls ${encapsulation.labels.join("/")}`;
        case "ila":
            return `ila ${(hexText(encapsulation.locator).match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(":")}`;
        default: {
            const { type, id, destination, source, tos, ttl, flags } = encapsulation;
            return joined(
                type,
                word("id", id && BigInt(`0x${hexText(id)}`).toString()),
                word("dst", destination && formatIp(destination)),
                word("src", source && formatIp(source)),
                word("tos", tos),
                word(type === "ip" ? "ttl" : "hoplimit", ttl),
                word("flags", flags === undefined ? undefined : `0x${flags.toString(16)}`),
            );
        }
    }
}

function hexText(bytes: Uint8Array): string {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function realmsText(realms: number): string {
    const [source, destination] = [Math.floor(realms / 0x1_0000), realms % 0x1_0000];
    return source === 0 ? String(destination) : `${source}/${destination}`;
}

function rangeText(range: Range | undefined): string | undefined {
    return range && (range.first === range.last ? String(range.first) : `${range.first}-${range.last}`);
}

function prefixText({ address, prefixLength }: Prefix): string {
    return prefixLength === 8 * address.bytes.length ? formatIp(address) : `${formatIp(address)}/${prefixLength}`;
}

function word(name: string, value: string | number | undefined): string {
    return value === undefined ? "" : `${name} ${value}`;
}

function joined(...parts: readonly string[]): string {
    return parts.filter((part) => part !== "").join(" ");
}
