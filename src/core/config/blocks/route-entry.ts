import { ip, ipNetwork } from "../arguments/addresses.ts";
import { entry, sequence } from "../arguments/composites.ts";
import { cInteger, integer } from "../arguments/numbers.ts";
import { pattern } from "../arguments/pattern.ts";
import { encap, nexthop, routeTarget, scope } from "../arguments/routing.ts";
import { interfaceName, marker, nameOf, oneOf, optionalWord, text } from "../arguments/words.ts";
import { flag, keyword } from "../schema.ts";

/** One line of `virtual_routes` or `static_routes`: words in any order, as with `ip route`. */
export const routeEntry = entry({
    positional: { destination: routeTarget },
    options: {
        inet: flag({ documentation: "An IPv4 route." }),
        inet6: flag({ documentation: "An IPv6 route." }),
        unicast: flag({ documentation: "An ordinary route." }),
        blackhole: flag({ documentation: "Drops packets silently." }),
        unreachable: flag({ documentation: 'Drops packets with "host unreachable".' }),
        prohibit: flag({ documentation: 'Drops packets with "prohibited".' }),
        throw: flag({ documentation: "Ends the search in this table." }),
        nat: flag({ documentation: "Address translation of very old kernels." }),
        local: flag({ documentation: "Delivers packets to this machine." }),
        broadcast: flag({ documentation: "Sends packets as link broadcasts." }),
        multicast: flag({ documentation: "A multicast route." }),
        anycast: flag({ documentation: "An anycast destination." }),
        xresolve: flag({ documentation: "Asks an external resolver." }),
        src: keyword(ip(), { documentation: "Source address that packets prefer." }),
        via: keyword(sequence({ family: optionalWord("inet", "inet6"), address: ip() }), {
            documentation: "Gateway.",
            deprecatedAliases: ["gw"],
        }),
        from: keyword(ipNetwork({ mayBeDefault: true }), { documentation: "Only packets from here (IPv6)." }),
        tos: keyword(text("NAME"), { documentation: "Type of service.", defaultText: "0", aliases: ["dsfield"] }),
        table: keyword(text("NAME"), { documentation: "Routing table.", defaultText: "main" }),
        protocol: keyword(text("NAME"), {
            documentation: "Who made the route; kept at ours when tracked.",
            defaultText: "keepalived (18)",
        }),
        scope: keyword(scope, { documentation: "Scope: global, site, link, host, nowhere or a number.", defaultText: "by type" }),
        metric: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), {
            documentation: "Metric; lower wins.",
            defaultText: "0",
            aliases: ["priority", "preference"],
        }),
        dev: keyword(interfaceName(), { documentation: "Outgoing interface.", aliases: ["oif"] }),
        onlink: flag({ documentation: "Takes the gateway to be on the link." }),
        encap: keyword(encap, { documentation: "Tunnel header: ip, ip6, mpls or ila with its options." }),
        expires: keyword(integer({ name: "SECONDS", minimum: 0 }), { documentation: "Life time of an IPv6 route." }),
        mtu: keyword(sequence({ lock: marker("lock"), value: integer({ minimum: 0 }) }), { documentation: "Path MTU." }),
        hoplimit: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), { documentation: "Hop limit of packets sent here." }),
        advmss: keyword(sequence({ lock: marker("lock"), value: integer({ minimum: 0 }) }), {
            documentation: "TCP segment size told to peers.",
        }),
        rtt: keyword(sequence({ lock: marker("lock"), value: pattern("TIME", /^\d+(\.\d+)?(ms|s)?$/) }), {
            documentation: "First guess of the round trip time.",
        }),
        rttvar: keyword(sequence({ lock: marker("lock"), value: pattern("TIME", /^\d+(\.\d+)?(ms|s)?$/) }), {
            documentation: "First guess of its variance.",
        }),
        reordering: keyword(sequence({ lock: marker("lock"), value: integer({ minimum: 0 }) }), {
            documentation: "Reordering that TCP tolerates.",
        }),
        window: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), { documentation: "Largest TCP window told to peers." }),
        cwnd: keyword(sequence({ lock: marker("lock"), value: integer({ minimum: 0 }) }), {
            documentation: "Limit of the congestion window.",
        }),
        ssthresh: keyword(sequence({ lock: marker("lock"), value: integer({ minimum: 0 }) }), {
            documentation: "First slow start threshold.",
        }),
        realms: keyword(text("[SOURCE/]DESTINATION"), { documentation: "Routing realms." }),
        rto_min: keyword(sequence({ lock: marker("lock"), value: pattern("TIME", /^\d+(\.\d+)?(ms|s)?$/) }), {
            documentation: "Least retransmission time-out.",
        }),
        initcwnd: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), { documentation: "First congestion window." }),
        initrwnd: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), { documentation: "First receive window." }),
        features: keyword(oneOf(["ecn"]), { documentation: "Features of the route." }),
        quickack: keyword(integer({ minimum: 0, maximum: 1 }), { documentation: "Quick acknowledgements." }),
        congctl: keyword(sequence({ lock: marker("lock"), value: text("NAME") }), { documentation: "Congestion control algorithm." }),
        pref: keyword(oneOf(["low", "medium", "high"]), { documentation: "Router preference (IPv6).", defaultText: "medium" }),
        "ttl-propagate": keyword(oneOf(["enabled", "disabled"]), { documentation: "Whether MPLS copies the TTL." }),
        fastopen_no_cookie: keyword(integer({ minimum: 0, maximum: 1 }), { documentation: "TCP fast open without a cookie." }),
        add: flag({ documentation: "Adds the route; it must not exist." }),
        prepend: flag({ documentation: "Puts the route before equal ones." }),
        append: flag({ documentation: "Puts the route after equal ones." }),
        or: keyword(ip(), { documentation: "Old form of a second gateway.", deprecated: "use nexthop" }),
        nexthop: keyword(nexthop, { documentation: "One of several gateways; may be repeated.", repeat: "append" }),
        no_track: flag({ documentation: "Its removal by somebody else is ignored." }),
        track_group: keyword(nameOf("track_group"), { documentation: "Ties a static route to a track_group." }),
        vrf: keyword(interfaceName(), { documentation: "Uses the table of this VRF." }),
    },
    anyOrder: true,
});
