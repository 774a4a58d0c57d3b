import { ip, ipNetwork } from "../arguments/addresses.ts";
import { entry, sequence } from "../arguments/composites.ts";
import { cInteger, integer } from "../arguments/numbers.ts";
import { pattern } from "../arguments/pattern.ts";
import { encap, nexthop, routeTarget, scope } from "../arguments/routing.ts";
import { interfaceName, marker, nameOf, oneOf, optionalWord, text } from "../arguments/words.ts";
import { type ArgumentValue, flag, keyword } from "../schema.ts";

/** One line of `virtual_routes` or `static_routes`: words in any order, as with `ip route`. */
export const routeEntry = entry({
    positional: { destination: routeTarget },
    options: {
        inet: flag({ documentation: "An IPv4 route.", status: "acts" }),
        inet6: flag({ documentation: "An IPv6 route.", status: "acts" }),
        unicast: flag({ documentation: "An ordinary route.", status: "acts" }),
        blackhole: flag({ documentation: "Drops packets silently.", status: "acts" }),
        unreachable: flag({ documentation: 'Drops packets with "host unreachable".', status: "acts" }),
        prohibit: flag({ documentation: 'Drops packets with "prohibited".', status: "acts" }),
        throw: flag({ documentation: "Ends the search in this table.", status: "acts" }),
        nat: flag({ documentation: "Address translation of very old kernels.", status: "acts" }),
        local: flag({ documentation: "Delivers packets to this machine.", status: "acts" }),
        broadcast: flag({ documentation: "Sends packets as link broadcasts.", status: "acts" }),
        multicast: flag({ documentation: "A multicast route.", status: "acts" }),
        anycast: flag({ documentation: "An anycast destination.", status: "acts" }),
        xresolve: flag({ documentation: "Asks an external resolver.", status: "acts" }),
        src: keyword(ip(), { documentation: "Source address that packets prefer.", status: "acts" }),
        via: keyword(sequence({ family: optionalWord("inet", "inet6"), address: ip() }), {
            documentation: "Gateway.",
            status: "acts",
            deprecatedAliases: ["gw"],
        }),
        from: keyword(ipNetwork({ mayBeDefault: true }), { documentation: "Only packets from here (IPv6).", status: "acts" }),
        tos: keyword(text("NAME"), { documentation: "Type of service.", status: "acts", defaultText: "0", aliases: ["dsfield"] }),
        table: keyword(text("NAME"), { documentation: "Routing table.", status: "acts", defaultText: "main" }),
        protocol: keyword(text("NAME"), {
            documentation: "Who made the route; kept at ours when tracked.",
            status: "acts",
            defaultText: "keepalived (18)",
        }),
        scope: keyword(scope, {
            documentation: "Scope: global, site, link, host, nowhere or a number.",
            status: "acts",
            defaultText: "by type",
        }),
        metric: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), {
            documentation: "Metric; lower wins.",
            status: "acts",
            defaultText: "0",
            aliases: ["priority", "preference"],
        }),
        dev: keyword(interfaceName(), { documentation: "Outgoing interface.", status: "acts", aliases: ["oif"] }),
        onlink: flag({ documentation: "Takes the gateway to be on the link.", status: "acts" }),
        encap: keyword(encap, { documentation: "Tunnel header: ip, ip6, mpls or ila with its options.", status: "acts" }),
        expires: keyword(integer({ name: "SECONDS", minimum: 0 }), { documentation: "Life time of an IPv6 route.", status: "acts" }),
        mtu: keyword(sequence({ lock: marker("lock"), value: integer({ minimum: 0 }) }), { documentation: "Path MTU.", status: "acts" }),
        hoplimit: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), {
            documentation: "Hop limit of packets sent here.",
            status: "acts",
        }),
        advmss: keyword(sequence({ lock: marker("lock"), value: integer({ minimum: 0 }) }), {
            documentation: "TCP segment size told to peers.",
            status: "acts",
        }),
        rtt: keyword(sequence({ lock: marker("lock"), value: pattern("TIME", /^\d+(\.\d+)?(ms|s)?$/) }), {
            documentation: "First guess of the round trip time.",
            status: "acts",
        }),
        rttvar: keyword(sequence({ lock: marker("lock"), value: pattern("TIME", /^\d+(\.\d+)?(ms|s)?$/) }), {
            documentation: "First guess of its variance.",
            status: "acts",
        }),
        reordering: keyword(sequence({ lock: marker("lock"), value: integer({ minimum: 0 }) }), {
            documentation: "Reordering that TCP tolerates.",
            status: "acts",
        }),
        window: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), {
            documentation: "Largest TCP window told to peers.",
            status: "acts",
        }),
        cwnd: keyword(sequence({ lock: marker("lock"), value: integer({ minimum: 0 }) }), {
            documentation: "Limit of the congestion window.",
            status: "acts",
        }),
        ssthresh: keyword(sequence({ lock: marker("lock"), value: integer({ minimum: 0 }) }), {
            documentation: "First slow start threshold.",
            status: "acts",
        }),
        realms: keyword(text("[SOURCE/]DESTINATION"), { documentation: "Routing realms.", status: "acts" }),
        rto_min: keyword(sequence({ lock: marker("lock"), value: pattern("TIME", /^\d+(\.\d+)?(ms|s)?$/) }), {
            documentation: "Least retransmission time-out.",
            status: "acts",
        }),
        initcwnd: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), { documentation: "First congestion window.", status: "acts" }),
        initrwnd: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), { documentation: "First receive window.", status: "acts" }),
        features: keyword(oneOf(["ecn"]), { documentation: "Features of the route.", status: "acts" }),
        quickack: keyword(integer({ minimum: 0, maximum: 1 }), { documentation: "Quick acknowledgements.", status: "acts" }),
        congctl: keyword(sequence({ lock: marker("lock"), value: text("NAME") }), {
            documentation: "Congestion control algorithm.",
            status: "acts",
        }),
        pref: keyword(oneOf(["low", "medium", "high"]), {
            documentation: "Router preference (IPv6).",
            status: "acts",
            defaultText: "medium",
        }),
        "ttl-propagate": keyword(oneOf(["enabled", "disabled"]), { documentation: "Whether MPLS copies the TTL.", status: "acts" }),
        fastopen_no_cookie: keyword(integer({ minimum: 0, maximum: 1 }), {
            documentation: "TCP fast open without a cookie.",
            status: "acts",
        }),
        add: flag({ documentation: "Adds the route; it must not exist.", status: "acts" }),
        prepend: flag({ documentation: "Puts the route before equal ones.", status: "acts" }),
        append: flag({ documentation: "Puts the route after equal ones.", status: "acts" }),
        or: keyword(ip(), { documentation: "Old form of a second gateway.", status: "acts", deprecated: "use nexthop" }),
        nexthop: keyword(nexthop, { documentation: "One of several gateways; may be repeated.", status: "acts", repeat: "append" }),
        no_track: flag({ documentation: "Its removal by somebody else is ignored.", status: "acts" }),
        track_group: keyword(nameOf("track_group"), { documentation: "Ties a static route to a track_group.", status: "acts" }),
        vrf: keyword(interfaceName(), { documentation: "Uses the table of this VRF.", status: "acts" }),
    },
    anyOrder: true,
});

export type RouteEntry = ArgumentValue<typeof routeEntry>;
