import { describe, expect, it } from "vitest";
import { seconds } from "../../../base/instant.ts";
import { formatIp } from "../../../base/ip.ts";
import type { CheckSettings } from "../../../service/check-settings.ts";
import type { RealServerSettings, VirtualServerSettings } from "../../../service/virtual-server.ts";
import { root } from "../../blocks/root.ts";
import { readForTest } from "../../test-reader.ts";
import type { Report } from "../scope.ts";
import { Scripts } from "../scripts.ts";
import { completeVirtualServers } from "./virtual-servers.ts";

interface Outcome {
    readonly servers: readonly VirtualServerSettings[];
    readonly codes: readonly string[];
}

function complete(text: string): Outcome {
    const codes: string[] = [];
    // A brace opens a block at the end of a line; what follows stands on the next one.
    const lines = text.replaceAll("{ ", "{\n").replaceAll(" }", "\n}").replaceAll("; ", "\n");
    const configuration = readForTest(root, lines).value;
    const note: Report = (_at, { code }) => codes.push(code);
    const servers = [...completeVirtualServers(configuration, { scripts: new Scripts(configuration, undefined, note), report: note })];
    return { servers, codes };
}

/** A virtual server of these lines, behind 10.0.0.1:80 unless they say otherwise; with one real server 10.0.0.2:80. */
function one(lines: string, service = "10.0.0.1 80", real = "real_server 10.0.0.2 80 { weight 1 }"): VirtualServerSettings {
    const { servers, codes } = complete(`virtual_server ${service} { protocol TCP; ${lines}${lines === "" ? "" : "; "}${real} }`);
    expect(codes).toEqual([]);
    return servers[0] as VirtualServerSettings;
}

function real(lines: string, above = ""): RealServerSettings {
    return one(above, "10.0.0.1 80", `real_server 10.0.0.2 80 { ${lines} }`).realServers[0] as RealServerSettings;
}

function check(lines: string, server = "", above = ""): CheckSettings {
    return real(`${server === "" ? "" : `${server}; `}TCP_CHECK { ${lines} }`, above).checks[0] as CheckSettings;
}

describe("a virtual server", () => {
    it("gets every default of Keepalived", () => {
        const { servers } = complete("virtual_server 10.0.0.1 80 { protocol TCP; real_server 10.0.0.2 80 { TCP_CHECK { } } }");
        expect(servers).toEqual([
            {
                key: "[10.0.0.1]:tcp:80 tcp",
                name: "[10.0.0.1]:tcp:80",
                entries: [
                    { type: "addresses", first: { family: 4, bytes: Uint8Array.of(10, 0, 0, 1) }, count: 1, port: 80, protocol: "tcp" },
                ],
                scheduler: "wlc",
                flags: [],
                quorum: 1,
                hysteresis: 0,
                mailsQuorum: false,
                isOmega: false,
                suspendsWithoutAddress: false,
                realServers: [
                    {
                        name: "[10.0.0.2]:tcp:80",
                        address: { family: 4, bytes: Uint8Array.of(10, 0, 0, 2) },
                        port: 80,
                        weight: 1,
                        forwarding: { method: "nat" },
                        upperThreshold: 0,
                        lowerThreshold: 0,
                        inhibits: false,
                        mails: false,
                        checks: [
                            {
                                schedule: {
                                    delayLoop: seconds(60),
                                    retry: 1,
                                    delayBeforeRetry: seconds(1),
                                    warmup: seconds(60),
                                    isAlpha: false,
                                    logsAllFailures: false,
                                },
                                timeout: seconds(5),
                                probe: {
                                    kind: "tcp",
                                    endpoint: {
                                        address: { family: 4, bytes: Uint8Array.of(10, 0, 0, 2) },
                                        port: 80,
                                        mark: 0,
                                    },
                                },
                            },
                        ],
                    },
                ],
            },
        ]);
    });

    it.each([
        ["lb_algo wrr", { scheduler: "wrr" }],
        ["lvs_sched mh; mh-port; mh-fallback", { scheduler: "mh", flags: ["scheduler-1", "scheduler-2"] }],
        ["lb_algo sh; sh-port", { flags: ["scheduler-2"] }],
        ["flag-1; flag-3", { flags: ["scheduler-1", "scheduler-3"] }],
        ["persistence_timeout 50", { persistence: { seconds: 50 } }],
        ["persistence_timeout", { persistence: { seconds: 360 } }],
        ["persistence_granularity 255.255.255.0", { persistence: { seconds: 360, granularity: 24 } }],
        ["persistence_engine sip", { engine: "sip" }],
        ["ha_suspend", { suspendsWithoutAddress: true }],
        ["omega", { isOmega: true }],
        ["smtp_alert", { mailsQuorum: false }],
        ['quorum_up "/a b" nobody', { quorumUp: { path: "/a", words: ["/a", "b"] } }],
        ["quorum_down /c", { quorumDown: { words: ["/c"] } }],
    ])("%s", (lines, expected) => {
        expect(one(lines)).toMatchObject(expected);
    });

    it("serves packets with a mark, of its servers' family, without ports", () => {
        const { servers } = complete("virtual_server fwmark 7 { real_server fd00::2 80 { weight 1 } }");
        expect(servers[0]).toMatchObject({
            name: "FWM 7",
            entries: [{ type: "fwmark", family: 6, mark: 7 }],
            realServers: [{ name: "[fd00::2]:none:0", port: 0 }],
        });
        expect(
            complete("virtual_server fwmark 7 { ip_family inet6; lb_kind TUN; real_server 10.0.0.2 { weight 1 } }").servers[0]?.entries,
        ).toEqual([{ type: "fwmark", family: 6, mark: 7 }]);
    });

    it("serves a group's addresses, ranges and marks", () => {
        const group = "virtual_server_group G { 10.1.0.1 80; 10.1.0.2-4 81; 10.1.1.0/30 82; fd00::1-3 83; fwmark 9 inet; fwmark 9 inet6 }";
        const { servers, codes } = complete(`${group}\nvirtual_server group G { protocol UDP; ops; real_server 10.0.0.2 { weight 1 } }`);
        expect(codes).toEqual([]);
        expect(servers[0]).toMatchObject({ name: "[G]:0", key: "[G]:0 udp", flags: ["one-packet"] });
        const shown = servers[0]?.entries.map((entry) =>
            entry.type === "fwmark" ? `${entry.mark}/${entry.family}` : `${formatIp(entry.first)}+${entry.count}:${entry.port}`,
        );
        expect(shown).toEqual(["10.1.0.1+1:80", "10.1.0.2+3:81", "10.1.1.0+4:82", "fd00::1+3:83", "9/4", "9/6"]);
        expect(servers[0]?.realServers[0]?.port).toBe(0);
    });

    // Given entries of a group that are no run of addresses. When they are read. Then each is told of and left out, as Keepalived does.
    it.each([
        ["10.1.0.9-8", "backward-range"],
        ["10.1.0.9-10.1.0.8", "backward-range"],
        ["fd00::9-8", "backward-range"],
        ["10.1.2.3/24", "host-bits"],
        ["fd00::1/64", "host-bits"],
    ])("leaves out %s", (entry, code) => {
        const entries = ["10.1.0.1-1", entry, "10.1.1.3/32", "10.1.2.0/23", "fd00::/127", "::/0"];
        const { value, complaints } = readForTest(root, `virtual_server_group G {\n${entries.map((one) => `${one} 80`).join("\n")}\n}`);
        expect(complaints).toMatchObject([{ code, errorClass: "general" }]);
        expect(value.virtual_server_group[0]?.entries).toHaveLength(5);
    });

    it.each([
        ["virtual_server 10.0.0.1 80 { protocol TCP }", 0, ["no-real-servers"]],
        ["virtual_server group G { protocol TCP; real_server 10.0.0.2 80 { weight 1 } }", 0, ["unknown-group"]],
        ["virtual_server_group G { }\nvirtual_server group G { protocol TCP; real_server 10.0.0.2 80 { weight 1 } }", 0, ["empty-group"]],
        [
            "virtual_server_group G { 10.0.0.1 80; fd00::1 80; fwmark 3 }\nvirtual_server group G { protocol TCP; real_server 10.0.0.2 80 { weight 1 } }",
            0,
            ["group-families"],
        ],
        [
            "virtual_server_group G { 10.0.0.0/8 80 }\nvirtual_server group G { protocol TCP; real_server 10.0.0.2 80 { weight 1 } }",
            1,
            ["too-many-addresses"],
        ],
        ["virtual_server 10.0.0.1 80 { real_server 10.0.0.2 80 { weight 1 } }", 1, ["no-protocol"]],
        ["virtual_server fwmark 3 { protocol TCP; real_server 10.0.0.2 { weight 1 } }", 1, ["protocol-with-fwmark"]],
        ["virtual_server 10.0.0.1 80 { protocol TCP; real_server fd00::2 80 { weight 1 } }", 0, ["server-family", "no-real-servers"]],
        [
            "virtual_server 10.0.0.1 80 { protocol TCP; sorry_server fd00::2 80; real_server 10.0.0.2 80 { weight 1 } }",
            1,
            ["server-family"],
        ],
        [
            "virtual_server 10.0.0.1 80 { protocol TCP; real_server 10.0.0.2 80 { weight 1 }\nreal_server 10.0.0.2 80 { weight 2 } }",
            1,
            ["duplicate-real-server"],
        ],
        ["virtual_server 10.0.0.1 80 { protocol TCP; ops; real_server 10.0.0.2 80 { weight 1 } }", 1, ["ops-needs-udp"]],
        [
            "virtual_server 10.0.0.1 80 { protocol TCP; lb_algo rr; sh-port; real_server 10.0.0.2 80 { weight 1 } }",
            1,
            ["flag-of-scheduler"],
        ],
        ["virtual_server 10.0.0.1 { protocol TCP; real_server 10.0.0.2 { weight 1 } }", 1, ["port-zero-persists"]],
        ["virtual_server 10.0.0.1 80 { protocol TCP; lb_kind DR; real_server 10.0.0.2 81 { weight 1 } }", 1, ["port-needs-nat"]],
        ["virtual_server 10.0.0.1 80 { protocol TCP; quorum 3; real_server 10.0.0.2 80 { weight 2 } }", 1, ["quorum-out-of-reach"]],
        [
            "virtual_server 10.0.0.1 80 { protocol TCP; quorum 2; hysteresis 2; real_server 10.0.0.2 80 { weight 2 } }",
            1,
            ["hysteresis-too-large"],
        ],
        ["virtual_server 10.0.0.1 80 { protocol TCP; lb_kind TUN type gue; real_server 10.0.0.2 80 { weight 1 } }", 1, ["tunnel-form"]],
        [
            "virtual_server 10.0.0.1 80 { protocol TCP; lb_kind TUN type gre port 9; real_server 10.0.0.2 80 { weight 1 } }",
            1,
            ["tunnel-form"],
        ],
        ["virtual_server 10.0.0.1 80 { protocol TCP; lb_kind DR type gue; real_server 10.0.0.2 80 { weight 1 } }", 1, ["tunnel-form"]],
    ])("%s", (text, count, codes) => {
        const outcome = complete(text);
        expect(outcome.codes).toEqual(codes);
        expect(outcome.servers).toHaveLength(count);
    });

    it("that serves what another one serves is left out", () => {
        const text = "virtual_server 10.0.0.1 80 { protocol TCP; real_server 10.0.0.2 80 { weight 1 } }";
        const { servers, codes } = complete(`${text}\n${text}`);
        expect([servers.length, codes]).toEqual([1, ["duplicate-virtual-server"]]);
    });

    it("has a quorum that can be reached, and a margin below it", () => {
        expect(
            complete("virtual_server 10.0.0.1 80 { protocol TCP; quorum 5; real_server 10.0.0.2 80 { weight 0 } }").servers[0],
        ).toMatchObject({
            quorum: 0,
            hysteresis: 0,
        });
        expect(one("quorum 3; hysteresis 2; weight 5", "10.0.0.1 80", "real_server 10.0.0.2 80 { lthreshold 1 }")).toMatchObject({
            quorum: 3,
            hysteresis: 2,
        });
    });
});

describe("a real server", () => {
    it.each([
        ["weight 7", "weight 3", { weight: 7 }],
        ["lthreshold 5; uthreshold 9", "weight 3", { weight: 3, lowerThreshold: 5, upperThreshold: 9 }],
        ["lvs_method TUN", "lb_kind DR", { forwarding: { method: "tunnel" } }],
        ["weight 1", "lb_kind DR", { forwarding: { method: "route" } }],
        ["weight 1", "inhibit_on_failure", { inhibits: true }],
        ["inhibit_on_failure off", "inhibit_on_failure", { inhibits: false }],
        ["smtp_alert off", "smtp_alert", { mails: false }],
        [
            'notify_up "/u x"; notify_down /d nobody nogroup',
            "",
            { notifyUp: { words: ["/u", "x"] }, notifyDown: { path: "/d", words: ["/d"] } },
        ],
    ])("with %s under %s", (lines, above, expected) => {
        expect(real(lines, above)).toMatchObject(expected);
    });

    it.each([
        ["TUN type gue port 6080 remcsum", { method: "tunnel", tunnel: { type: "gue", port: 6080, checksum: "remote" } }],
        ["TUN type gre csum", { method: "tunnel", tunnel: { type: "gre", port: 0, checksum: "full" } }],
        ["TUN type ipip", { method: "tunnel" }],
    ])("reached by %s", (method, expected) => {
        expect(real(`lvs_method ${method}`).forwarding).toEqual(expected);
    });
});

describe("a real server by its name", () => {
    const named = (service: string, name = "Web.Example.com.", lines = "") =>
        complete(`virtual_server ${service} { protocol TCP; quorum 9; real_server ${name} 80 { ${lines} } }`);

    it("is described once for each family that can be served, and its quorum is not limited", () => {
        const { servers, codes } = named("10.0.0.1 80", undefined, "resolve_interval 30");
        expect([servers, codes]).toMatchObject([
            [{ quorum: 9, realServers: [{ name: "[web.example.com]:tcp:80", named: { host: "web.example.com", interval: seconds(30) } }] }],
            [],
        ]);
        const families = (service: string) => named(service).servers[0]?.realServers.map(({ address }) => address.family);
        expect([families("10.0.0.1 80"), families("fd00::1 80")]).toEqual([[4], [6]]);
    });

    it("has its name asked for in pages", () => {
        const [first] = named("10.0.0.1 80", "web.example.com", "HTTP_GET { url { path /; status_code 200 } }").servers;
        expect(JSON.stringify(first?.realServers[0]?.checks)).toContain('"host":"web.example.com"');
    });

    it("is there once", () => {
        const real = "real_server web.example.com 80 { weight 1 }";
        const { servers, codes } = complete(
            `virtual_server 10.0.0.1 80 { protocol TCP; ${real}; real_server b.example.com 80 { weight 1 }; ${real} }`,
        );
        expect([servers[0]?.realServers.map(({ named }) => named?.host), codes]).toEqual([
            ["web.example.com", "b.example.com"],
            ["duplicate-real-server"],
        ]);
    });

    it.each(["10.0.0.300", "10.0.0", "web", "-a.example", "a..b", "10.0.0.2:80", "a_b.c/d"])("is none with %s", (name) => {
        const { complaints } = readForTest(root, `virtual_server 10.0.0.1 80 {\nreal_server ${name} 80 {\n}\n}`);
        expect(complaints).toMatchObject([{ code: "not-an-address", allowed: "IP|NAME" }]);
    });

    it("alone can be resolved now and then", () => {
        const { servers, codes } = complete(
            "virtual_server 10.0.0.1 80 { protocol TCP; real_server 10.0.0.2 80 { resolve_interval 30; weight 1 } }",
        );
        expect([servers[0]?.realServers.map(({ named }) => named), codes]).toEqual([[undefined], ["nothing-to-resolve"]]);
    });
});

describe("a sorry server", () => {
    it("is reached as the real servers are, unless it says otherwise", () => {
        expect(one("lb_kind DR; sorry_server 10.0.0.9").sorryServer).toMatchObject({
            name: "[10.0.0.9]:tcp:80",
            port: 80,
            forwarding: { method: "route" },
            inhibits: false,
        });
        expect(one("lb_kind DR; sorry_server 10.0.0.9 81; sorry_server_lvs_method NAT; sorry_server_inhibit").sorryServer).toMatchObject({
            port: 81,
            forwarding: { method: "nat" },
            inhibits: true,
        });
    });

    it("that is a real server too inhibits as that one does", () => {
        const { servers, codes } = complete(
            "virtual_server 10.0.0.1 80 { protocol TCP; sorry_server 10.0.0.2 80; real_server 10.0.0.2 80 { inhibit_on_failure } }",
        );
        expect([servers[0]?.sorryServer?.inhibits, codes]).toEqual([true, ["sorry-server-is-real"]]);
    });
});

describe("a check", () => {
    it.each([
        ["retry", "retry"],
        ["delay_loop", "delayLoop"],
        ["delay_before_retry", "delayBeforeRetry"],
        ["warmup", "warmup"],
    ] as const)("takes %s from itself, else its server, else the virtual server", (keyword, field) => {
        const [own, server, above] = [5, 6, 7].map((value) => `${keyword} ${value}`);
        const found = [check(`${own}`, server, above), check("alpha off", server, above), check("alpha off", "", above)];
        const unit = keyword === "retry" ? 1 : 1_000_000;
        expect(found.map(({ schedule }) => schedule[field] / unit)).toEqual([5, 6, 7]);
    });

    it("takes connect_timeout from itself, else its server, else the virtual server", () => {
        const [own, server, above] = [5, 6, 7].map((value) => `connect_timeout ${value}`);
        const found = [check(`${own}`, server, above), check("retry 1", server, above), check("retry 1", "", above)];
        expect(found.map(({ timeout }) => timeout)).toEqual([seconds(5), seconds(6), seconds(7)]);
    });

    it("is alpha where it, its server or the virtual server says so", () => {
        expect(
            [check("retry 1", "", "alpha"), check("alpha off", "alpha"), check("alpha")].map(({ schedule }) => schedule.isAlpha),
        ).toEqual([true, false, true]);
    });

    it("goes where it is told", () => {
        const lines = "connect_ip 10.9.9.9; connect_port 81; bindto 10.0.0.7; bind_port 1234; bind_if eth7; fwmark 5; connect_timeout 2";
        const { probe, timeout } = check(lines);
        const endpoint = "endpoint" in probe ? probe.endpoint : expect.fail();
        expect([formatIp(endpoint.address), endpoint.source && formatIp(endpoint.source)]).toEqual(["10.9.9.9", "10.0.0.7"]);
        expect(endpoint).toMatchObject({ port: 81, sourcePort: 1234, interfaceName: "eth7", mark: 5 });
        expect(timeout).toEqual(seconds(2));
    });

    it.each([
        ["virtual_server fwmark 7", "lb_kind DR", "10.0.0.2 80", 80],
        ["virtual_server 10.0.0.1", "protocol TCP", "10.0.0.2 80", 80],
        ["virtual_server 10.0.0.1 80", "lb_kind DR", "10.0.0.2 8080", 8_080],
        ["virtual_server 10.0.0.1 80", "lb_kind DR", "10.0.0.2", 80],
        ["virtual_server 10.0.0.1 80", "lb_kind DR", "10.0.0.2 0", 80],
        ["virtual_server 10.0.0.1 80", "lb_kind NAT", "10.0.0.2 0", 80],
    ])("of %s with %s goes to its server's port, whichever the kernel has (%s)", (service, line, server, port) => {
        const { servers } = complete(`${service} { ${line}; real_server ${server} { TCP_CHECK { } } }`);
        expect(servers[0]?.realServers[0]?.checks).toMatchObject([{ probe: { endpoint: { port } } }]);
    });

    it("logs every failure where it or global_defs says so", () => {
        expect(check("log_all_failures").schedule.logsAllFailures).toBe(true);
        const text =
            "global_defs { checker_log_all_failures }\nvirtual_server 10.0.0.1 80 { protocol TCP; real_server 10.0.0.2 80 { TCP_CHECK { } } }";
        expect(complete(text).servers[0]?.realServers[0]?.checks[0]).toMatchObject({ schedule: { logsAllFailures: true } });
    });
});

describe("a virtual server for the data plane nftables", () => {
    const NFTABLES = "global_defs { data_plane nftables }";
    const written = (lines: string, real = "weight 1") =>
        complete(`${NFTABLES}\nvirtual_server 10.0.0.1 80 { protocol TCP; ${lines}; real_server 10.0.0.2 80 { ${real} } }`);

    it.each(["lb_algo rr", "lb_algo wrr", "lb_algo sh", "lb_algo mh", "lb_algo fo", "lb_algo rr; lb_kind DR"])(
        "is taken with %s",
        (lines) => {
            const { servers, codes } = written(lines);
            expect(codes).toEqual([]);
            expect(servers).toHaveLength(1);
        },
    );

    it.each([
        ["the default scheduler", "quorum 1", ""],
        ["a scheduler that counts connections", "lb_algo lc", ""],
        ["a scheduler that it does not know", "lb_algo lblc", ""],
        ["tunnels", "lb_algo rr; lb_kind TUN", ""],
        ["a persistence engine", "lb_algo rr; persistence_engine sip", ""],
        ["thresholds", "lb_algo rr", "uthreshold 5"],
        ["servers of several methods", "lb_algo rr; real_server 10.0.0.3 80 { lvs_method DR }", ""],
    ])("is left out with %s", (_what, lines, real) => {
        const { servers, codes } = written(lines, real === "" ? "weight 1" : real);
        expect(codes).toContain("nftables-cannot");
        expect(servers).toEqual([]);
    });

    it("is left out with DR behind a firewall mark, and with one packet at a time", () => {
        const marked = `${NFTABLES}\nvirtual_server fwmark 7 { lb_algo rr; lb_kind DR; real_server 10.0.0.2 80 { weight 1 } }`;
        expect(complete(marked)).toEqual({ servers: [], codes: ["nftables-cannot"] });
        const ops = `${NFTABLES}\nvirtual_server 10.0.0.1 53 { protocol UDP; lb_algo rr; ops; real_server 10.0.0.2 53 { weight 1 } }`;
        expect(complete(ops)).toEqual({ servers: [], codes: ["nftables-cannot"] });
    });
});

describe("mails", () => {
    const GLOBALS = (lines: string) =>
        `global_defs { notification_email { a@b.test }; smtp_server 10.0.0.5; ${lines} }; virtual_server 10.0.0.1 80 { protocol TCP; `;

    it.each([
        ["nothing", "router_id x", ["", ""], [false, true]],
        ["smtp_alert", "smtp_alert true", ["", ""], [true, true]],
        ["smtp_alert off", "smtp_alert false", ["", ""], [false, false]],
        ["smtp_alert_checker before smtp_alert", "smtp_alert true; smtp_alert_checker false", ["", ""], [false, false]],
        ["the virtual server's own", "smtp_alert false", ["smtp_alert true; ", ""], [true, false]],
        ["the real server's own", "smtp_alert_checker true", ["smtp_alert false; ", "smtp_alert false; "], [false, false]],
    ])("are told of quorum and servers by %s", (_what, globals, [above, own], expected) => {
        const [server] = complete(`${GLOBALS(globals)}${above}real_server 10.0.0.2 80 { ${own}weight 1 } }`).servers;
        expect([server?.mailsQuorum, server?.realServers[0]?.mails]).toEqual(expected);
    });

    it("are told of nothing without anybody to write to", () => {
        const [server] = complete(
            "global_defs { smtp_alert true }; virtual_server 10.0.0.1 80 { protocol TCP; real_server 10.0.0.2 80 { weight 1 } }",
        ).servers;
        expect([server?.mailsQuorum, server?.realServers[0]?.mails]).toEqual([false, false]);
    });
});

describe("webhooks", () => {
    it("are told of a virtual server by its own and those of global_defs, of a real server by its own besides, none twice", () => {
        const hook = (name: string) => `notify_webhook http://${name}.test/`;
        const [server] = complete(
            `global_defs { ${hook("g")} }; virtual_server 10.0.0.1 80 { protocol TCP; ${hook("v")}; real_server 10.0.0.2 80 { ${hook("r")} } }`,
        ).servers;
        expect([...(server?.webhooks ?? [])].toSorted()).toEqual(["http://g.test/", "http://v.test/"]);
        expect([...(server?.realServers[0]?.webhooks ?? [])].toSorted()).toEqual(["http://g.test/", "http://r.test/", "http://v.test/"]);
        const twice = `virtual_server 10.0.0.1 80 { protocol TCP; ${hook("v")}; real_server 10.0.0.2 80 { ${hook("v")} } }`;
        expect(complete(twice).servers[0]?.realServers[0]?.webhooks).toEqual(["http://v.test/"]);
        expect(one("")).not.toHaveProperty("webhooks");
    });
});

describe("additions", () => {
    it("are off unless they are written, at the server or above it", () => {
        expect(real("weight 1")).not.toHaveProperty("slowStart");
        expect(real("slow_start 30").slowStart).toEqual(seconds(30));
        expect(real("weight 1", "slow_start 20").slowStart).toEqual(seconds(20));
        expect(real("slow_start 0", "slow_start 20")).not.toHaveProperty("slowStart");
        expect([real("weight 1").drain, real("drain").drain, real("drain 60").drain]).toEqual([undefined, {}, { timeout: seconds(60) }]);
    });
});
