import { describe, expect, it } from "vitest";
import { hex } from "../../../../test/contracts/decoder.ts";
import { type IpAddress, parseIp } from "../../base/ip.ts";
import { success } from "../../base/result.ts";
import { METRIC, type Prefix, type Route } from "../../base/route.ts";
import type { Rule } from "../../base/rule.ts";
import { root } from "../blocks/root.ts";
import { type FileTree, NO_FILES } from "../file-tree.ts";
import { readForTest } from "../test-reader.ts";
import { completeConfiguration } from "./complete.ts";

const ip = (text: string) => parseIp(text) as IpAddress;
const prefix = (text: string): Prefix => ({ address: ip(text.split("/")[0] ?? ""), prefixLength: Number(text.split("/")[1]) });

const FILES: Readonly<Record<string, string>> = {
    "/etc/iproute2/rt_tables": "# numbers\n100 blue # a comment\n0x65\tgreen\n",
    "/etc/iproute2/rt_tables.d/more.conf": "102 red\n",
    "/etc/iproute2/rt_tables.d/readme": "103 none\n",
    "/usr/share/iproute2/rt_tables": "99 blue\n98 grey\n",
    "/etc/iproute2/rt_protos": "77 mine\n",
    "/etc/iproute2/rt_realms": "5 customers\n",
    "/etc/iproute2/rt_dsfield": "0x10 lowdelay\n",
    "/etc/iproute2/group": "7 uplinks\n",
    "/etc/protocols": "hopopt 0 HOPOPT\nudp 17 UDP # datagrams\nl2tp 115 L2TP\n",
    "/own/rt_tables": "200 own\n",
};
const tree: FileTree = {
    read: (path) => (Object.hasOwn(FILES, path) ? success(FILES[path] ?? "") : NO_FILES.read(path)),
    list: (folder) => Object.keys(FILES).flatMap((path) => (path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : [])),
};

function complete(...lines: readonly string[]) {
    const complaints: string[] = [];
    const completed = completeConfiguration(
        readForTest(root, lines.join("\n")).value,
        (_at, { code, message, errorClass }) => complaints.push(`${errorClass} ${code}: ${message}`),
        tree,
    );
    return { ...completed, complaints };
}

const statics = (kind: string, ...lines: readonly string[]) => complete(`static_${kind} {`, ...lines, "}");
const instance = (...lines: readonly string[]) => [
    ...["vrrp_instance A {", "interface eth0", "virtual_router_id 1", "virtual_ipaddress {", "192.0.2.1", "}", ...lines, "}"],
];
const block = (name: string, ...lines: readonly string[]) => [`${name} {`, ...lines, "}"];

describe("a route", () => {
    it("has Keepalived's defaults", () => {
        expect(statics("routes", "10.0.0.0/8 dev eth1")).toMatchObject({
            complaints: [],
            statics: {
                routes: [
                    {
                        ...{ family: 4, type: 1, destination: prefix("10.0.0.0/8"), tos: 0, table: 254, protocol: 18, scope: 0 },
                        ...{ hop: { interfaceName: "eth1", isOnLink: false }, place: "before", isTracked: true },
                    },
                ],
            },
        });
        const [route] = statics("routes", "10.0.0.1 dev eth1").statics.routes;
        expect(Object.keys(route ?? {}).toSorted()).toEqual(
            ["destination", "family", "hop", "isTracked", "place", "protocol", "scope", "table", "tos", "type"].toSorted(),
        );
        expect(route?.destination.prefixLength).toBe(32);
    });

    const metrics = (values: readonly (readonly [number, number])[], locked = 0) => ({ metrics: { locked, values } });
    it.each<[string, Partial<Route>]>([
        ["inet6 default dev e", { family: 6, destination: prefix("::/0") }],
        ["default via 2001:db8::1 dev e", { family: 6, destination: prefix("::/0") }],
        ["default dev e", { family: 4, destination: prefix("0.0.0.0/0") }],
        ["to 10.0.0.0/8 dev e", { destination: prefix("10.0.0.0/8") }],
        ["src 192.0.2.1 10.0.0.0/8 dev e", { preferredSource: ip("192.0.2.1") }],
        ["10.0.0.0/8 via 192.0.2.9 dev e", { hop: { gateway: ip("192.0.2.9"), interfaceName: "e", isOnLink: false } }],
        ["10.0.0.0/8 via inet6 fe80::1 dev e onlink", { hop: { gateway: ip("fe80::1"), interfaceName: "e", isOnLink: true } }],
        ["fd00::/64 from fd01::/64 dev e", { source: prefix("fd01::/64") }],
        ["10.0.0.0/8 dev e tos 0x10", { tos: 16 }],
        ["10.0.0.0/8 dev e dsfield lowdelay", { tos: 16 }],
        ["10.0.0.0/8 dev e table 6909", { table: 6909 }],
        ["10.0.0.0/8 dev e table blue", { table: 100 }],
        ["10.0.0.0/8 dev e vrf customer", { vrf: "customer" }],
        ["10.0.0.0/8 dev e table green", { table: 101 }],
        ["10.0.0.0/8 dev e table red", { table: 102 }],
        ["10.0.0.0/8 dev e table grey", { table: 98 }],
        ["10.0.0.0/8 dev e table local", { table: 255 }],
        ["10.0.0.0/8 dev e protocol mine no_track", { protocol: 77, isTracked: false }],
        ["10.0.0.0/8 dev e protocol keepalived", { protocol: 18, isTracked: true }],
        ["10.0.0.0/8 dev e scope link", { scope: 253 }],
        ["10.0.0.0/8 dev e metric 7", { metric: 7 }],
        ["10.0.0.0/8 oif e priority 8", { metric: 8, hop: { interfaceName: "e", isOnLink: false } }],
        ["local 10.0.0.1 dev e", { type: 2, scope: 254, place: "alone" }],
        ["nat 10.0.0.1 dev e", { type: 10, scope: 254 }],
        ["broadcast 10.0.0.255 dev e", { type: 3, scope: 253 }],
        ["anycast 10.0.0.255 dev e", { type: 4, scope: 253 }],
        ["multicast 239.0.0.0/8 dev e", { type: 5, scope: 0 }],
        ["local fd00::1 dev e", { type: 2, scope: 0 }],
        ["unicast 10.0.0.0/8 dev e", { type: 1 }],
        ["xresolve 10.0.0.0/8 dev e", { type: 11 }],
        ["10.0.0.0/8 dev e add", { place: "alone" }],
        ["10.0.0.0/8 dev e append", { place: "after" }],
        ["10.0.0.0/8 dev e prepend", { place: "before" }],
        ["10.0.0.0/8 dev e realms customers/0x14", { realms: 0x5_0014 }],
        ["10.0.0.0/8 dev e realms 9", { realms: 9 }],
        ["fd00::/64 dev e expires 100", { expires: 100 }],
        ["fd00::/64 dev e pref low", { routerPreference: 3 }],
        ["fd00::/64 dev e pref medium", { routerPreference: 0 }],
        ["fd00::/64 dev e pref high", { routerPreference: 1 }],
        ["10.0.0.0/8 dev e ttl-propagate enabled", { propagatesTtl: true }],
        ["10.0.0.0/8 dev e ttl-propagate disabled", { propagatesTtl: false }],
        ["10.0.0.0/8 dev e mtu lock 1300", metrics([[METRIC.mtu, 1_300]], 1 << METRIC.mtu)],
        ["10.0.0.0/8 dev e hoplimit 9", metrics([[METRIC.hoplimit, 9]])],
        ["10.0.0.0/8 dev e advmss 1200", metrics([[METRIC.advmss, 1_200]])],
        ["10.0.0.0/8 dev e rtt 1s", metrics([[METRIC.rtt, 8_000]])],
        ["10.0.0.0/8 dev e rtt lock 300ms", metrics([[METRIC.rtt, 2_400]], 1 << METRIC.rtt)],
        ["10.0.0.0/8 dev e rtt 1700", metrics([[METRIC.rtt, 1_700]])],
        ["10.0.0.0/8 dev e rttvar 4.5s", metrics([[METRIC.rttvar, 18_000]])],
        ["10.0.0.0/8 dev e rto_min lock 5ms", metrics([[METRIC.rto_min, 5]], 1 << METRIC.rto_min)],
        [
            "10.0.0.0/8 dev e reordering 3 window 4 cwnd 5 ssthresh lock 6",
            metrics(
                [
                    [3, 4],
                    [6, 6],
                    [7, 5],
                    [9, 3],
                ],
                1 << 6,
            ),
        ],
        [
            "10.0.0.0/8 dev e initcwnd 1 initrwnd 2 features ecn quickack 1 fastopen_no_cookie 0",
            metrics([
                [11, 1],
                [12, 1],
                [14, 2],
                [15, 1],
                [17, 0],
            ]),
        ],
        ["10.0.0.0/8 dev e congctl lock reno", { metrics: { locked: 1 << METRIC.congctl, values: [], congestionControl: "reno" } }],
        ["10.0.0.0/8 dev e no_track", { isTracked: false }],
        [
            "10.0.0.0/8 dev e encap ip id 3 dst 192.0.2.5 src 192.0.2.6 tos 4 ttl 7 flags 0x10",
            {
                hop: {
                    interfaceName: "e",
                    isOnLink: false,
                    encapsulation: {
                        ...{
                            type: "ip",
                            id: hex("0000000000000003"),
                            destination: ip("192.0.2.5"),
                            source: ip("192.0.2.6"),
                            tos: 4,
                            ttl: 7,
                            flags: 16,
                        },
                    },
                },
            },
        ],
        [
            "10.0.0.0/8 dev e encap mpls 100/200",
            { hop: { interfaceName: "e", isOnLink: false, encapsulation: { type: "mpls", labels: [100, 200] } } },
        ],
        [
            "fd00::/64 dev e encap ila 1:2:3:ffff",
            { hop: { interfaceName: "e", isOnLink: false, encapsulation: { type: "ila", locator: hex("000100020003ffff") } } },
        ],
        [
            "fd00::/64 dev e encap ip6 dst fd00::1 hoplimit 9 tc 3",
            { hop: { interfaceName: "e", isOnLink: false, encapsulation: { type: "ip6", destination: ip("fd00::1"), tos: 3, ttl: 9 } } },
        ],
        [
            "10.0.0.0/8 no_track nexthop via 192.0.2.8 dev e weight 2 realms 3 nexthop dev f onlink encap mpls 5",
            {
                hop: { isOnLink: false },
                hops: [
                    { gateway: ip("192.0.2.8"), interfaceName: "e", isOnLink: false, weight: 2, realms: 3 },
                    { interfaceName: "f", isOnLink: true, weight: 1, encapsulation: { type: "mpls", labels: [5] } },
                ],
            },
        ],
        [
            "10.0.0.0/8 via 192.0.2.8 or 192.0.2.9 dev e",
            {
                hops: [
                    { gateway: ip("192.0.2.8"), interfaceName: "e", isOnLink: false, weight: 1 },
                    { gateway: ip("192.0.2.9"), interfaceName: "e", isOnLink: false, weight: 1 },
                ],
            },
        ],
    ])("%s", (line, expected) => {
        const { statics: found, complaints } = statics("routes", line);
        expect(found.routes).toHaveLength(1);
        expect(found.routes[0]).toMatchObject(expected);
        expect(complaints).toEqual([]);
    });

    it("that only drops packets names its type and nothing else", () => {
        const lines = ["blackhole", "unreachable", "prohibit", "throw"].map((type) => `${type} 10.0.0.0/8 no_track`);
        expect(statics("routes", ...lines).statics.routes.map(({ type }) => type)).toEqual([6, 7, 8, 9]);
        expect(statics("routes", "blackhole 10.0.0.0/8 dev e").complaints).toEqual([
            "general route-refused: a blackhole route has neither gateway nor interface",
        ]);
    });

    it.each<[string, string]>([
        ["10.0.0.0/8 via fd00::1 dev e", "the route 10.0.0.0/8 mixes IPv4 and IPv6"],
        ["fd00::/64 via inet6 192.0.2.1 dev e", "the route fd00::/64 mixes IPv4 and IPv6"],
        ["inet6 10.0.0.0/8 dev e", "the route 10.0.0.0/8 mixes IPv4 and IPv6"],
        ["10.0.0.0/8 dev e src fd00::1", "the route 10.0.0.0/8 mixes IPv4 and IPv6"],
        ["10.0.0.0/8 dev e table pink", "table 'pink' is not known"],
        ["10.0.0.0/8 dev e table none", "table 'none' is not known"],
        ["10.0.0.0/8 dev e table -1", "table '-1' is not known"],
        ["10.0.0.0/8 dev e no_track protocol 256", "protocol '256' is not known"],
        ["10.0.0.0/8 dev e tos highdelay", "type of service 'highdelay' is not known"],
        ["10.0.0.0/8 dev e realms 1/2/3", "realms '1/2/3' is not known"],
        ["10.0.0.0/8 dev e realms 1/x", "realms '1/x' is not known"],
        ["10.0.0.0/8 dev e rtt 4294967295", "rtt 4294967295 of a route is too long"],
        ["10.0.0.0/8 dev e encap", "encap wants ip, ip6, mpls or ila"],
        ["10.0.0.0/8 dev e encap ip dst fd00::1", "the addresses of encap ip are of the other family"],
        ["10.0.0.0/8 dev e encap ip id x", "'x' is not the number of a tunnel"],
        ["10.0.0.0/8 dev e encap ip id 18446744073709551616", "'18446744073709551616' is not the number of a tunnel"],
        ["10.0.0.0/8 dev e encap ip tos 256", "tos '256' of encap is not a number from 0 to 255"],
        ["10.0.0.0/8 dev e encap mpls 1/2/3", "'1/2/3' are not one or two MPLS labels"],
        ["10.0.0.0/8 dev e encap mpls 1048576", "'1048576' are not one or two MPLS labels"],
        ["10.0.0.0/8 dev e encap ila 1:2:3", "'1:2:3' is not a locator"],
    ])("is left out: %s", (line, reason) => {
        const { statics: found, complaints } = statics("routes", line);
        expect(found.routes).toEqual([]);
        expect(complaints).toEqual([`general route-refused: ${reason}`]);
    });

    it("has 256 gateways at most", () => {
        const hops = Array.from({ length: 257 }, () => "nexthop via 192.0.2.1").join(" ");
        expect(statics("routes", `10.0.0.0/8 no_track ${hops}`).complaints).toEqual([
            "general route-refused: a route has 256 gateways at most",
        ]);
    });

    it("is tracked through its interface and by our protocol only", () => {
        const { statics: found, complaints } = statics("routes", "10.0.0.0/8 via 192.0.2.1", "10.1.0.0/16 dev e protocol mine");
        expect(found.routes.map(({ isTracked, protocol }) => [isTracked, protocol])).toEqual([
            [false, 18],
            [true, 18],
        ]);
        expect(complaints).toEqual([
            "note route-untracked: the route 10.0.0.0/8 has no interface",
            "general route-protocol: a route that is tracked has protocol 18 (keepalived), not mine",
        ]);
    });

    it("expects round trips no shorter than TCP's least time-out", () => {
        const { statics: found, complaints } = statics("routes", "10.0.0.0/8 dev e rtt 100ms rttvar 5");
        expect(found.routes[0]?.metrics?.values).toEqual([
            [METRIC.rtt, 1_600],
            [METRIC.rttvar, 800],
        ]);
        expect(complaints).toEqual([
            "general time-too-short: rtt 100ms of a route is shorter than 200 ms",
            "general time-too-short: rttvar 5 of a route is shorter than 200 ms",
        ]);
    });
});

describe("a rule", () => {
    const base = {
        family: 4,
        priority: 9,
        action: 1,
        table: 254,
        isInverted: false,
        tos: 0,
        followsVrf: false,
        protocol: 18,
        isTracked: true,
    };

    it("has Keepalived's defaults", () => {
        const { statics: found, complaints } = statics("rules", "from all to all preference 9");
        expect(found.rules).toEqual([base]);
        expect(complaints).toEqual([]);
    });

    it.each<[string, Partial<Rule>]>([
        ["inet6 fwmark 7", { family: 6, mark: 7 }],
        ["not from 10.0.0.0/8", { isInverted: true, from: prefix("10.0.0.0/8") }],
        ["from 10.0.0.1 to 10.1.0.0/16", { from: prefix("10.0.0.1/32"), to: prefix("10.1.0.0/16") }],
        ["to fd00::/64", { family: 6, to: prefix("fd00::/64") }],
        ["table blue", { table: 100 }],
        ["lookup 7", { table: 7 }],
        ["tos 0x10", { tos: 16 }],
        ["dsfield lowdelay", { tos: 16 }],
        ["fwmark 0x18/12", { mark: 24, markMask: 12 }],
        ["realms 30/customers", { realms: 0x1e_0005 }],
        ["suppress_prefixlength 0", { suppressedPrefixLength: 0 }],
        ["sup_pl 5", { suppressedPrefixLength: 5 }],
        ["suppress_ifgroup uplinks", { suppressedGroup: 7 }],
        ["sup_group 8", { suppressedGroup: 8 }],
        ["iif e0 oif e1", { inputInterface: "e0", outputInterface: "e1" }],
        ["dev e0", { inputInterface: "e0" }],
        ["tunnel-id 5", { tunnelId: 5 }],
        ["uidrange 10-20", { users: { first: 10, last: 20 } }],
        ["l3mdev", { followsVrf: true, table: 0 }],
        ["protocol mine no_track", { protocol: 77, isTracked: false }],
        ["protocol mine", { protocol: 18 }],
        ["ipproto udp", { ipProtocol: 17 }],
        ["ipproto L2TP", { ipProtocol: 115 }],
        ["ipproto sctp", { ipProtocol: 132 }],
        ["ipproto 6", { ipProtocol: 6 }],
        ["sport 10-20 dport 30", { sourcePorts: { first: 10, last: 20 }, destinationPorts: { first: 30, last: 30 } }],
        ["goto 40", { action: 2, table: 0, target: 40 }],
        ["nop", { action: 3, table: 0 }],
        ["blackhole", { action: 6, table: 0 }],
        ["unreachable", { action: 7, table: 0 }],
        ["prohibit", { action: 8, table: 0 }],
    ])("%s", (words, expected) => {
        const { statics: found, complaints } = statics("rules", `${words} preference 9`);
        expect(found.rules).toEqual([{ ...base, ...expected }]);
        expect(complaints).toEqual([]);
    });

    it.each<[string, string]>([
        ["from 10.0.0.0/8 to fd00::/64", "a rule mixes IPv4 and IPv6"],
        ["table pink", "table 'pink' is not known"],
        ["ipproto pink", "IP protocol 'pink' is not known"],
        ["ipproto 256", "IP protocol '256' is not known"],
        ["suppress_ifgroup pink", "interface group 'pink' is not known"],
    ])("is left out: %s", (words, reason) => {
        const { statics: found, complaints } = statics("rules", `${words} preference 9`);
        expect(found.rules).toEqual([]);
        expect(complaints).toEqual([`general rule-refused: ${reason}`]);
    });

    it("without a preference gets the next one downwards, in its family, static ones first", () => {
        const {
            statics: found,
            routers,
            complaints,
        } = complete(
            ...instance(...block("virtual_rules", "from 10.9.0.0/16 table 5")),
            ...block("static_rules", "from 10.0.0.0/8 table 5", "from fd00::/64 table 5", "from 10.1.0.0/16 table 5"),
        );
        expect([...found.rules, ...(routers[0]?.rules ?? [])].map(({ priority }) => priority)).toEqual([16_384, 16_384, 16_383, 16_382]);
        expect(complaints.filter((text) => text.startsWith("general rule-without-preference"))).toHaveLength(4);
    });
});

describe("virtual routes and rules", () => {
    it("belong to their virtual router, which tracks the interfaces of those that are tracked", () => {
        const routes = ["10.1.0.0/16 dev eth1", "10.2.0.0/16 dev eth2 no_track", "10.3.0.0/16 dev eth0", "10.4.0.0/16 dev eth1"];
        const [router] = complete(
            ...instance(...block("virtual_routes", ...routes), ...block("virtual_rules", "preference 1 table 5")),
        ).routers;
        expect(router?.routes).toHaveLength(4);
        expect(router?.rules).toHaveLength(1);
        expect(router?.trackers).toEqual([{ kind: "interface", name: "eth1", weight: 0, isReversed: false }]);
    });

    it("go through the router's own interface tracked only where that is not tracked anyway; an entry of its own counts", () => {
        const own = complete(...instance("dont_track_primary", ...block("virtual_routes", "10.1.0.0/16 dev eth0"))).routers[0];
        expect(own?.trackers).toEqual([{ kind: "interface", name: "eth0", weight: 0, isReversed: false }]);
        const weighted = complete(
            ...instance(...block("track_interface", "eth1 weight 10"), ...block("virtual_routes", "10.1.0.0/16 dev eth1")),
        ).routers[0];
        expect(weighted?.trackers).toEqual([{ kind: "interface", name: "eth1", weight: 10, isReversed: false }]);
    });

    it("are not there where none are written, nor where none is right", () => {
        expect(complete(...instance()).routers[0]).not.toHaveProperty("routes");
        const { routers, complaints } = complete(...instance(...block("virtual_routes", "10.0.0.0/8 dev e table pink")));
        expect(routers[0]).not.toHaveProperty("routes");
        expect(complaints).toEqual(["general route-refused: (A) table 'pink' is not known"]);
    });
});

describe("what is static", () => {
    it("goes to default_interface, or eth0", () => {
        const addresses = block("static_ipaddress", "192.0.2.1/24", "192.0.2.2/24 dev eth7");
        const names = (...globals: readonly string[]) =>
            complete(...block("global_defs", ...globals), ...addresses).statics.addresses.map(({ interfaceName }) => interfaceName);
        expect(names()).toEqual(["eth0", "eth7"]);
        expect(names("default_interface eth5")).toEqual(["eth5", "eth7"]);
    });

    it("is gathered by track_group", () => {
        const { statics: found } = complete(
            ...["track_group G {", "group {", "A", "}", "}"],
            ...instance(),
            ...block("static_ipaddress", "192.0.2.1/24 dev eth1 track_group G", "192.0.2.2/24 dev eth1"),
            ...block("static_routes", "10.0.0.0/8 dev eth1 track_group G"),
            ...block("static_rules", "iif eth1 preference 1 track_group G"),
        );
        const { addresses, routes, rules } = found;
        expect(found.groups).toEqual([{ name: "G", addresses: addresses.slice(0, 1), routes, rules }]);
    });

    it("takes names from the folders that global_defs names", () => {
        const found = complete(
            ...block("global_defs", "iproute_etc_dir /own", "iproute_usr_dir /usr/share/iproute2"),
            ...block("static_routes", "10.0.0.0/8 dev e table own", "10.0.0.0/8 dev e table grey", "10.0.0.0/8 dev e table red"),
        );
        expect(found.statics.routes.map(({ table }) => table)).toEqual([200, 98]);
        expect(found.complaints).toEqual(["general route-refused: table 'red' is not known"]);
    });
});
