import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { configuration, type InstancePlan, SERVICE_ADDRESS } from "../labs/harness/configuration.ts";
import { programOf, UNDER_TEST } from "../labs/harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "../labs/harness/prerequisites.ts";
import { startRouter, untilAddresses, untilLogged, untilMaster } from "../labs/harness/router-pair.ts";
import { RoutingWatch, routesOn, rulesOn, untilRoutes } from "../labs/harness/routing-table.ts";

const SOURCE = "198.51.100.1";
const SOURCE_6 = "2001:db8:51::1";

/** Every word of a route's grammar that Debian's Keepalived 2.2.7 knows; destinations tell the lines apart. */
const ROUTES = [
    "10.1.0.0/16 via 10.77.0.9 dev eth0",
    "10.2.0.0/16 gw 10.77.0.9",
    "to 10.3.0.0/16 oif eth1",
    "unicast 10.4.0.0/16 dev eth0",
    "blackhole 10.5.0.0/16",
    "unreachable 10.6.0.0/16 metric 7",
    "prohibit 10.7.0.0/16 table 6909",
    "throw 10.8.0.0/16 table 100",
    "multicast 239.1.0.0/16 dev eth0",
    `src ${SOURCE} 10.9.0.0/16 dev eth0`,
    "10.10.0.0/16 dev eth0 tos 0x04 table 5",
    "10.11.0.0/16 dev eth0 dsfield 0x08",
    "10.12.0.0/16 dev eth0 protocol bird no_track",
    "10.13.0.0/16 dev eth0 scope link",
    "10.14.0.0/16 dev eth0 scope 200",
    "10.15.0.0/16 dev eth0 priority 12",
    "10.16.0.0/16 dev eth0 preference 13",
    "10.17.0.0/16 via 203.0.113.1 dev eth0 onlink",
    "10.18.0.0/16 dev eth0 mtu 1300 hoplimit 9 advmss 1200 reordering 5 window 6 cwnd 7 ssthresh 8",
    "10.19.0.0/16 dev eth0 mtu lock 1300 advmss lock 1200 reordering lock 5 cwnd lock 7 ssthresh lock 8",
    "10.20.0.0/16 dev eth0 rtt 2s rttvar 900ms rto_min 300ms",
    "10.21.0.0/16 dev eth0 rtt lock 3000 rttvar lock 2000 rto_min lock 400",
    "10.22.0.0/16 dev eth0 initcwnd 3 initrwnd 4 quickack 1 features ecn fastopen_no_cookie 1 no_track",
    "10.23.0.0/16 dev eth0 congctl reno",
    "10.24.0.0/16 dev eth0 realms 5/0x14",
    "10.25.0.0/16 dev eth0 ttl-propagate disabled",
    "10.26.0.0/16 dev eth0 add",
    "10.27.0.0/16 dev eth0 append",
    "10.28.0.0/16 dev eth0 prepend",
    "10.29.0.0/16 via 10.77.0.8 or 10.77.0.9",
    "10.30.0.0/16 nexthop via 10.77.0.8 dev eth0 weight 2 nexthop via 10.78.0.9 dev eth1 onlink weight 5",
    "10.31.0.0/16 dev eth0 encap ip id 3 dst 192.0.2.55 ttl 7 tos 4",
    "10.32.0.0/16 dev eth0 table main rtt 100ms",
    "10.33.0.0/16 dev eth0 no_track",
    "local 10.34.0.1/32 dev eth0 scope host",
    "0.0.0.0/0 via 10.77.0.9 table 101",
    "default6 via fd77::9 dev eth0 table 101",
    "2001:db8:1::/64 via fd77::9 dev eth0 metric 99 mtu 1300 hoplimit 3 pref high",
    "2001:db8:2::/64 dev eth0 pref low",
    `2001:db8:3::/64 dev eth0 src ${SOURCE_6}`,
    "blackhole 2001:db8:4::/64",
    "unreachable 2001:db8:5::/64",
    "2001:db8:6::/64 nexthop via fd77::8 dev eth0 weight 2 nexthop via fd77::9 dev eth0",
    "2001:db8:7::/64 dev eth0 expires 1000",
    "2001:db8:8::/64 dev eth0 from 2001:db8:77::/64",
    "2001:db8:9::/64 dev eth0 encap ip6 dst 2001:db8::77 hoplimit 9 id 5",
    "2001:db8:a::/64 dev eth0 append",
] as const;

/** What 2.2.7 refuses, or gets refused by the kernel, and the words with which `ip` makes the same. */
const ROUTES_OF_OURS = [
    ["local 10.50.0.1/32 dev eth0", "local 10.50.0.1/32 dev eth0 table main"],
    ["broadcast 10.51.0.255/32 dev eth0", "broadcast 10.51.0.255/32 dev eth0 table main"],
    ["10.52.0.0/16 via inet6 fe80::9 dev eth0", "10.52.0.0/16 via inet6 fe80::9 dev eth0"],
    ["10.53.0.0/16 dev eth0 scope link rto_min 100ms", "10.53.0.0/16 dev eth0 rto_min 100ms"],
    ["10.54.0.0/16 via 10.77.0.8 or 10.77.0.9 dev eth0", "10.54.0.0/16 nexthop via 10.77.0.8 dev eth0 nexthop via 10.77.0.9 dev eth0"],
    ["inet6 2001:db8:50::/64 dev eth0", "2001:db8:50::/64 dev eth0"],
] as const;

const RULES = [
    "from 192.0.2.0/24 table 1 preference 10",
    "to 192.0.2.0/24 lookup 6909 order 11",
    "from 192.0.2.0/24 to 10.0.0.0/26 table 5 iif eth0 oif eth1 tos 0x10 fwmark 24/12 priority 12 realms 30/20",
    "from 10.0.0.0/8 goto 32766 preference 13",
    "from 10.1.0.0/16 nop preference 14",
    "from 10.1.0.0/16 blackhole preference 15",
    "from 10.2.0.0/16 prohibit preference 16",
    "from 10.3.0.0/16 unreachable preference 17",
    "not from 10.2.0.0/16 table 5 preference 18",
    "table 5 suppress_prefixlength 0 preference 19",
    "table 5 suppress_ifgroup 5 preference 20",
    "table 5 tunnel-id 5 preference 21",
    "uidrange 10-20 table 5 preference 22",
    "l3mdev preference 23",
    "ipproto udp sport 10-20 dport 20-30 table 5 preference 24",
    "protocol 12 table 5 preference 25 no_track",
    "dev eth1 table default preference 26",
    "to 2001:db8::/32 from 2001:db8:1::/48 table 6908 preference 27",
    "from all fwmark 0x9 table local preference 28",
    "from 10.9.0.0/16 dsfield 0x08 table 5 preference 29",
    "from 10.10.0.0/16 table 5",
    "from 10.11.0.0/16 table 5",
    "from 2001:db8:9::/64 table 5",
] as const;

const OUR_RULES = ["inet6 fwmark 7 table 9 preference 60", "sport 7 dport 8 ipproto tcp table 9 preference 61"] as const;
const IP_RULES = [
    ["-6", "fwmark 7 table 9 preference 60"],
    ["-4", "sport 7 dport 8 ipproto tcp table 9 preference 61"],
] as const;

const statics = (routes: readonly string[], rules: readonly string[]) =>
    [...["static_routes {", ...routes, "}"], ...["static_rules {", ...rules, "}", ""]].join("\n");

/** The destination as `ip` shows it; where there is a tunnel it shows that one's under the same name. */
function destinationOf(line: string): string {
    const ofTunnel = / encap .* ?dst (\S+)/.exec(line)?.[1];
    if (ofTunnel !== undefined) {
        return ofTunnel;
    }
    const word = line.split(" ").find((one) => /^[\d]+\.|^2001:|^default6/.test(one) && one !== SOURCE) ?? "";
    return word === "0.0.0.0/0" || word === "default6" ? "default" : word.replace(/\/32$/, "");
}

function openTwins(): Lab {
    const lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }, { name: "client" }], interfaces: ["eth0", "eth1"] });
    for (const node of lab.network.nodes) {
        lab.network.ip(node, "address", "add", `${SOURCE}/32`, "dev", "lo");
        lab.network.ip(node, "address", "add", `${SOURCE_6}/128`, "dev", "lo");
        lab.network.ip(node, "link", "set", "lo", "up");
    }
    return lab;
}

describe.runIf(canRunLabs() && hasTool("keepalived"))("static routes and rules are what they are with Keepalived", () => {
    let lab: Lab;

    beforeAll(async () => {
        lab = openTwins();
        lab.start("r1", {
            program: programOf(UNDER_TEST),
            configuration: statics([...ROUTES, ...ROUTES_OF_OURS.map(([ours]) => ours)], [...RULES, ...OUR_RULES]),
            flags: ["-P"],
        });
        lab.start("r2", { program: programOf("keepalived"), configuration: statics(ROUTES, RULES), flags: ["-P"] });
        for (const [, words] of ROUTES_OF_OURS) {
            // Words that several gateways follow have to stand before these.
            const [destination, ...more] = words.split(/ (?=dev|via|nexthop)/);
            const before = (destination ?? "").split(" ");
            lab.network.ip("client", "route", "add", ...before, "proto", "keepalived", ...more.flatMap((part) => part.split(" ")));
        }
        for (const [family, words] of IP_RULES) {
            lab.network.ip("client", family, "rule", "add", ...words.split(" "), "protocol", "keepalived");
        }
        await until(() => routesOn(lab, "r1").length >= routesOn(lab, "r2").length && rulesOn(lab, "r2").length >= RULES.length, {
            what: "all routes",
            limit: 20_000,
            every: 200,
        });
    }, 60_000);

    afterAll(() => {
        lab?.close();
    });

    test.each(ROUTES)("%s", async (line) => {
        const destination = destinationOf(line);
        const family = line.includes(":") || line.includes("default6") ? "inet6" : "inet";
        const table = /table (101)/.exec(line)?.[1];
        const found = (node: string) =>
            routesOn(lab, node).filter(({ dst, gateway, ...more }) => {
                const isFamily = destination !== "default" || String(gateway).includes(":") === (family === "inet6");
                return dst === destination && isFamily && (table === undefined || more["table"] === table);
            });
        await until(() => found("r1").length > 0 && found("r2").length > 0, { what: `${line}, here and there`, limit: 5_000, every: 100 });
        expect(found("r1")).toEqual(found("r2"));
    });

    test.each(ROUTES_OF_OURS)("%s, which 2.2.7 does not set, is what `ip route add %s` makes", async (line, words) => {
        const destination = destinationOf(words);
        const found = (node: string) => routesOn(lab, node).filter(({ dst }) => dst === destination);
        await until(() => found("r1").length > 0, { what: line, limit: 5_000, every: 100 });
        expect(found("r1")).toEqual(found("client"));
    });

    test("rules, one by one and in their order", () => {
        const ours = rulesOn(lab, "r1").filter(({ priority }) => priority !== 60 && priority !== 61);
        expect(ours).toHaveLength(RULES.length);
        expect(ours).toEqual(rulesOn(lab, "r2"));
    });

    test("rules that 2.2.7 does not know are what `ip rule add` makes", () => {
        const ours = rulesOn(lab, "r1").filter(({ priority }) => priority === 60 || priority === 61);
        expect(ours).toEqual(rulesOn(lab, "client"));
        expect(ours).toHaveLength(2);
    });
});

const MOVING = [
    "virtual_routes {",
    "    192.168.10.0/24 via 10.77.0.9 dev eth0",
    "    192.168.11.0/24 dev eth0 src 10.77.0.100",
    "    2001:db8:11::/64 dev eth0 no_track",
    "}",
    "virtual_rules {",
    "    from 192.168.10.0/24 table 7 preference 77",
    "}",
];
const DESTINATIONS = ["192.168.10.0/24", "192.168.11.0/24", "2001:db8:11::/64"];
const BRISK = { version: 3, family: 4, interval: 0.2, lines: MOVING } as const satisfies Partial<InstancePlan>;
const SERVICE = [SERVICE_ADDRESS[4]];
const hasRule = (lab: Lab, node: string) => rulesOn(lab, node).some(({ priority }) => priority === 77);

describe.runIf(canRunLabs() && hasTool("keepalived"))("virtual routes and rules beside Keepalived", () => {
    let lab: Lab;
    let ours: LabDaemon;

    beforeEach(async () => {
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }] });
        ours = startRouter(lab, "r1", UNDER_TEST, { ...BRISK, priority: 200 });
        await untilMaster(lab, "r1");
        await untilRoutes(lab, "r1", DESTINATIONS, true);
    });

    afterEach(() => {
        lab.close();
    });

    // Given a master with routes. When it leaves, and when it comes back. Then they are where the master is, and nowhere else.
    test("move with the master", async () => {
        startRouter(lab, "r2", "keepalived", { ...BRISK, priority: 100 });
        await until(() => hasRule(lab, "r1"), { what: "the rule", limit: 5_000, every: 50 });
        const before = routesOn(lab, "r1");
        await ours.terminate();
        await untilMaster(lab, "r2");
        await untilRoutes(lab, "r2", DESTINATIONS, true);
        await until(() => hasRule(lab, "r2"), { what: "the rule at the other", limit: 5_000, every: 50 });
        expect(routesOn(lab, "r1")).toEqual([]);
        expect(rulesOn(lab, "r1")).toEqual([]);
        expect(routesOn(lab, "r2")).toEqual(before);

        startRouter(lab, "r1", UNDER_TEST, { ...BRISK, priority: 200 });
        await untilMaster(lab, "r1");
        await untilRoutes(lab, "r1", DESTINATIONS, true);
        await untilRoutes(lab, "r2", DESTINATIONS, false);
    });

    // Given a master. When somebody removes a route, then a rule. Then it goes to backup for a moment and sets all again.
    test.each([
        ["route", "192.168.10.0/24"],
        ["rule", "pref 77"],
    ])("removed by somebody else come back: %s", async (kind, what) => {
        await until(() => hasRule(lab, "r1"), { what: "the rule", limit: 5_000, every: 50 });
        lab.network.ip("r1", kind, "del", ...what.split(" "));
        await untilLogged(ours, "was removed by somebody else");
        await untilRoutes(lab, "r1", DESTINATIONS, true);
        await until(() => hasRule(lab, "r1"), { what: "the rule again", limit: 10_000, every: 50 });
        await untilAddresses(lab, "r1", { addresses: SERVICE, held: true });
    });

    // Given a master. When somebody removes a route that is not tracked. Then nothing happens.
    test("that are not tracked are nobody's concern", async () => {
        lab.network.ip("r1", "-6", "route", "del", "2001:db8:11::/64");
        const heard = lab.capture.advertisements({ node: "r1" }).length;
        await until(() => lab.capture.advertisements({ node: "r1" }).length > heard + 5, { what: "five advertisements", limit: 10_000 });
        expect(ours.log()).not.toContain("was removed by somebody else");
    });

    // Given a master. When its vrrp process is killed. Then the next one takes up addresses, routes and rules: none of them ever goes.
    test("outlive their process without a gap", async () => {
        await until(() => hasRule(lab, "r1"), { what: "the rule", limit: 5_000, every: 50 });
        const watch = new RoutingWatch(lab, "r1");
        const former = await ours.killVrrp();
        await until(() => ours.vrrpPid !== undefined && ours.vrrpPid !== former, { what: "a new process", limit: 10_000 });
        const heard = lab.capture.advertisements({ node: "r1" }).length;
        await until(() => lab.capture.advertisements({ node: "r1" }).length > heard + 5, { what: "five advertisements", limit: 10_000 });
        watch.close();
        expect(watch.removals).toEqual([]);
        await untilRoutes(lab, "r1", DESTINATIONS, true);
        expect(hasRule(lab, "r1")).toBe(true);
    });

    // Given a master with routes through another interface. When that goes down, then up. Then the peer serves, and then it preempts.
    test("through an interface that fails are a fault", async () => {
        lab.network.ip("r1", "link", "add", "eth9", "type", "veth", "peer", "name", "eth8");
        for (const name of ["eth8", "eth9"]) {
            lab.network.ip("r1", "link", "set", name, "up");
        }
        startRouter(lab, "r2", "keepalived", { version: 3, family: 4, interval: 0.2, priority: 100 });
        const lines = ["virtual_routes {", "    192.168.30.0/24 dev eth9", "}"];
        writeFileSync(join(ours.directory, "keepalived.conf"), configuration({ ...BRISK, lines, priority: 200 }));
        ours.signal("SIGHUP");
        await untilRoutes(lab, "r1", ["192.168.30.0/24"], true);
        lab.network.ip("r1", "link", "set", "eth9", "down");
        await untilLogged(ours, "Entering FAULT STATE");
        await untilMaster(lab, "r2");
        lab.network.ip("r1", "link", "set", "eth9", "up");
        await untilMaster(lab, "r1");
        await untilRoutes(lab, "r1", ["192.168.30.0/24"], true);
    });

    // Given a master. When it is told to leave what it owns behind. Then addresses, routes and rules stay.
    test("stay with --dont-release-vrrp", async () => {
        await ours.terminate();
        const keeping = lab.start("r1", {
            program: programOf(UNDER_TEST),
            configuration: configuration({ ...BRISK, priority: 200 }),
            flags: ["-P", "--dont-release-vrrp"],
        });
        await untilRoutes(lab, "r1", DESTINATIONS, true);
        await until(() => hasRule(lab, "r1"), { what: "the rule", limit: 5_000, every: 50 });
        await keeping.terminate();
        await untilRoutes(lab, "r1", DESTINATIONS, true);
        expect(hasRule(lab, "r1")).toBe(true);
    });

    // Given a master. When a reload drops one route and brings another. Then nothing else is touched.
    test("change by difference on reload", async () => {
        const watch = new RoutingWatch(lab, "r1");
        const lines = MOVING.map((line) => line.replace("192.168.11.0/24", "192.168.12.0/24"));
        writeFileSync(join(ours.directory, "keepalived.conf"), configuration({ ...BRISK, lines, priority: 200 }));
        ours.signal("SIGHUP");
        await untilRoutes(lab, "r1", ["192.168.12.0/24"], true);
        await untilRoutes(lab, "r1", ["192.168.11.0/24"], false);
        watch.close();
        expect(watch.removals.filter((line) => !line.includes("192.168.11.0/24"))).toEqual([]);
        expect(hasRule(lab, "r1")).toBe(true);
    });
});

describe.runIf(canRunLabs())("static objects", () => {
    const STATIC = [
        "static_ipaddress {",
        "    192.0.2.77/24 dev eth0",
        "}",
        "static_routes {",
        "    192.168.20.0/24 via 192.0.2.9 dev eth0",
        "}",
        "static_rules {",
        "    from 192.168.20.0/24 table 7 preference 77",
        "}",
        "",
    ].join("\n");
    let lab: Lab;
    let daemon: LabDaemon;
    const launch = (...flags: readonly string[]) => {
        daemon = lab.start("r1", { program: programOf(UNDER_TEST), configuration: STATIC, flags: ["-P", ...flags] });
    };
    const stand = async () => {
        await untilAddresses(lab, "r1", { addresses: ["192.0.2.77"], held: true });
        await untilRoutes(lab, "r1", ["192.168.20.0/24"], true);
        await until(() => hasRule(lab, "r1"), { what: "the rule", limit: 10_000, every: 50 });
    };

    beforeEach(() => {
        lab = Lab.open({ nodes: [{ name: "r1" }] });
    });

    afterEach(() => {
        lab.close();
    });

    test("stand from the start to the end", async () => {
        launch();
        await stand();
        await daemon.terminate();
        await untilAddresses(lab, "r1", { addresses: ["192.0.2.77"], held: false });
        expect([routesOn(lab, "r1"), rulesOn(lab, "r1")]).toEqual([[], []]);
    });

    test("come back when somebody removes them", async () => {
        launch();
        await stand();
        lab.network.ip("r1", "rule", "del", "pref", "77");
        lab.network.ip("r1", "route", "del", "192.168.20.0/24");
        lab.network.ip("r1", "address", "del", "192.0.2.77/24", "dev", "eth0");
        await stand();
    });

    test("come back with their interface, and with another one of its name", async () => {
        launch();
        await stand();
        lab.network.ip("r1", "link", "set", "eth0", "down");
        lab.network.ip("r1", "link", "set", "eth0", "up");
        await stand();
        lab.network.unplug("r1");
        lab.network.plug("r1");
        await stand();
    });

    test("outlive their process without a gap", async () => {
        launch();
        await stand();
        const watch = new RoutingWatch(lab, "r1");
        const former = await daemon.killVrrp();
        await until(() => daemon.vrrpPid !== undefined && daemon.vrrpPid !== former, { what: "a new process", limit: 10_000 });
        await stand();
        watch.close();
        expect(watch.removals).toEqual([]);
    });

    test("change by difference on reload", async () => {
        launch();
        await stand();
        const watch = new RoutingWatch(lab, "r1");
        writeFileSync(join(daemon.directory, "keepalived.conf"), STATIC.replace("192.168.20.0/24 via", "192.168.21.0/24 via"));
        daemon.signal("SIGHUP");
        await untilRoutes(lab, "r1", ["192.168.21.0/24"], true);
        await untilRoutes(lab, "r1", ["192.168.20.0/24"], false);
        watch.close();
        expect(watch.removals.filter((line) => !line.includes("192.168.20.0/24"))).toEqual([]);
    });

    // Given a master whose track_group has a static route. When that route cannot stand. Then it is at fault until it can.
    test("that a virtual router needs are its fault when they cannot stand", async () => {
        const group = ["track_group G {", "    group {", "        VI_1", "    }", "}", ""].join("\n");
        const tied = STATIC.replace("via 192.0.2.9 dev eth0", "via 192.0.2.9 dev eth0 track_group G");
        const instance = configuration({ version: 3, family: 4, interval: 0.2, priority: 200 });
        daemon = lab.start("r1", { program: programOf(UNDER_TEST), configuration: group + tied + instance, flags: ["-P"] });
        await untilMaster(lab, "r1");
        await stand();
        // Through a gateway that cannot be reached.
        writeFileSync(
            join(daemon.directory, "keepalived.conf"),
            group + tied.replace("via 192.0.2.9", "via 203.0.113.9").replace("192.168.20", "192.168.22") + instance,
        );
        daemon.signal("SIGHUP");
        await untilLogged(daemon, "Entering FAULT STATE");
        lab.network.ip("r1", "address", "add", "203.0.113.1/24", "dev", "eth0");
        await untilRoutes(lab, "r1", ["192.168.22.0/24"], true);
        await until(() => daemon.log().split("Entering MASTER STATE").length > 2, { what: "the second time as master", limit: 10_000 });
    });

    test("go at the end with --dont-release-vrrp too", async () => {
        launch("--dont-release-vrrp");
        await stand();
        await daemon.terminate();
        await untilAddresses(lab, "r1", { addresses: ["192.0.2.77"], held: false });
        expect([routesOn(lab, "r1"), rulesOn(lab, "r1")]).toEqual([[], []]);
    });
});
