import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { type Answers, BalanceNetwork, REAL, VIRTUAL } from "./balance/balance-network.ts";
import { programOf } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { untilLogged } from "./harness/router-pair.ts";

const CAN_RUN = canRunLabs() && hasTool("nft");
const CHECK = "TCP_CHECK {\n connect_port 80\n connect_timeout 2\n retry 1\n delay_before_retry 1\n }";

interface Service {
    readonly where: string;
    readonly lines?: readonly string[];
    readonly family?: 4 | 6;
    readonly weights?: readonly [number, number];
    readonly port?: number;
}

function service({ where, lines = [], family = 4, weights = [1, 1], port = 80 }: Service): string {
    const { one, two } = REAL[family];
    const real = (address: string, weight: number) => `real_server ${address} ${port} {\n weight ${weight}\n ${CHECK}\n }`;
    return `${where} {\n delay_loop 1\n ${lines.join("\n ")}\n ${real(one, weights[0])}\n ${real(two, weights[1])}\n}`;
}

const TCP_NAT = ["protocol TCP", "lb_kind NAT"];
const TCP_DIRECT = ["protocol TCP", "lb_kind DR"];

function configuration(weights: readonly [number, number]): string {
    return [
        "global_defs {\n router_id lab\n data_plane nftables\n}",
        "virtual_server_group pair {\n 10.77.0.100-101 86\n}",
        service({
            where: `virtual_server ${VIRTUAL.nat4} 80`,
            weights,
            lines: [...TCP_NAT, "lb_algo wrr", `sorry_server ${REAL[4].sorry} 80`],
        }),
        service({ where: `virtual_server ${VIRTUAL.nat4} 82`, lines: [...TCP_NAT, "lb_algo sh"] }),
        service({ where: `virtual_server ${VIRTUAL.nat4} 83`, lines: [...TCP_NAT, "lb_algo rr", "persistence_timeout 60"] }),
        service({ where: "virtual_server fwmark 7", lines: ["lb_kind NAT", "lb_algo rr"] }),
        service({ where: "virtual_server group pair", lines: [...TCP_NAT, "lb_algo rr"] }),
        service({ where: `virtual_server ${VIRTUAL.nat4} 53`, port: 53, lines: ["protocol UDP", "lb_kind NAT", "lb_algo rr"] }),
        service({ where: `virtual_server ${VIRTUAL.nat6} 80`, family: 6, lines: [...TCP_NAT, "lb_algo rr"] }),
        service({ where: `virtual_server ${VIRTUAL.direct4} 80`, weights, lines: [...TCP_DIRECT, "lb_algo wrr"] }),
        service({ where: `virtual_server ${VIRTUAL.direct4Second} 80`, lines: [...TCP_DIRECT, "lb_algo rr", "persistence_timeout 60"] }),
        service({ where: `virtual_server ${VIRTUAL.direct6} 80`, family: 6, lines: [...TCP_DIRECT, "lb_algo rr"] }),
        service({ where: `virtual_server ${VIRTUAL.direct4} 53`, port: 53, lines: ["protocol UDP", "lb_kind DR", "lb_algo rr"] }),
    ].join("\n");
}

/** What is asked under the group's second address is answered as under the first. */
const GROUP_PORT = 86;

describe.skipIf(!CAN_RUN)(`balancing by nftables${CAN_RUN ? "" : " (skipped: needs root and nft)"}`, () => {
    let net: BalanceNetwork;
    let daemon: LabDaemon;
    const { nat4, nat4Second, nat6, direct4, direct4Second, direct6 } = VIRTUAL;
    const tables = () => net.run("director", "nft", "list", "tables");
    const onlyOne = (answers: Answers) => expect(Object.values(answers)).toEqual([answers["one"] ?? answers["two"]]);

    /** What the daemon tells of the service behind address translation, when it is asked for its state. */
    async function countedConnections(): Promise<number> {
        const said = () => daemon.log().split("Printing checker data for process(").length;
        const before = said();
        daemon.signal("SIGUSR1");
        await until(() => said() > before, { what: "the state", limit: 10_000 });
        const [, text] = daemon.file("keepalived_check.data").split(` VS = [${nat4}]:tcp:80\n`);
        return Number(/^ {3}connections = (\d+)$/m.exec(text ?? "")?.[1]);
    }

    beforeAll(async () => {
        net = new BalanceNetwork();
        net.prepareDirect("one", "two");
        await net.serve("one", "two", "sorry");
        net.run("director", "nft", "add table ip theirs");
        net.run("director", "nft", "add chain ip theirs marking { type filter hook prerouting priority mangle; }");
        net.run("director", "nft", `add rule ip theirs marking ip daddr ${nat4Second} tcp dport 80 meta mark set 7`);
        daemon = net.lab.start("director", { program: programOf("holdfast"), configuration: configuration([3, 1]), flags: ["-C"] });
        await untilLogged(daemon, "Startup complete", 60_000);
        await net.untilAnswered({ host: nat4, count: 8 }, ["one", "two"]);
    }, 300_000);

    afterAll(() => net?.close());

    // Given weights 3 and 1. When a client asks a thousand times. Then the weights hold to the last request.
    test("NAT: weights hold over a thousand requests, and clients see the virtual address alone", () => {
        expect(net.ask({ host: nat4, count: 1_000 })).toEqual({ one: 750, two: 250 });
        expect(net.ask({ node: "director", host: nat4, count: 4 })).toEqual({ one: 3, two: 1 });
    });

    test("NAT for IPv6, UDP, firewall marks and groups, in turn", () => {
        const evenly = { one: 5, two: 5 };
        expect(net.ask({ host: nat6, count: 10 })).toEqual(evenly);
        expect(net.ask({ host: nat4, port: 53, udp: true, count: 10 })).toEqual(evenly);
        expect(net.ask({ host: nat4Second, count: 10 })).toEqual(evenly);
        expect(net.ask({ host: nat4, port: GROUP_PORT, count: 10 })).toEqual(evenly);
        expect(net.ask({ host: nat4Second, port: GROUP_PORT, count: 10 })).toEqual(evenly);
    });

    test("DR: servers answer the client themselves, for IPv4, IPv6 and UDP", () => {
        expect(net.ask({ host: direct4, count: 40 })).toEqual({ one: 30, two: 10 });
        expect(net.ask({ host: direct6, count: 10 })).toEqual({ one: 5, two: 5 });
        expect(net.ask({ host: direct4, port: 53, udp: true, count: 10 })).toEqual({ one: 5, two: 5 });
        const counted = net.run("director", "nft", "list counters netdev");
        expect(counted).toMatch(/packets [1-9]/);
    });

    // Given two clients' worth of addresses. When each asks again and again. Then each has a server of its own, and not all have the same.
    test("source hashing and persistence keep a client with its server", () => {
        const own = Array.from({ length: 8 }, (_, index) => `10.77.9.${index + 1}`);
        for (const address of own) {
            net.lab.network.ip("client", "address", "add", `${address}/16`, "dev", "eth0");
        }
        onlyOne(net.ask({ host: nat4, port: 82, count: 10, from: own.slice(0, 1) }));
        expect(Object.keys(net.ask({ host: nat4, port: 82, count: 8, from: own })).sort()).toEqual(["one", "two"]);
        onlyOne(net.ask({ host: nat4, port: 83, count: 10, from: own.slice(0, 1) }));
        onlyOne(net.ask({ host: direct4Second, count: 10 }));
        expect(net.ask({ host: nat4, port: 83, count: 8, from: own })).toEqual({ one: 4, two: 4 });
    });

    // Given open connections, one translated and one handed on. When a reload changes weights and the checkers process is killed.
    // Then both answer on from the same port and server, and the new weights hold.
    test("connections outlive a reload and the death of the checkers process", async () => {
        const open = await Promise.all([net.open(nat4), net.open(direct4)]);
        const before = await Promise.all(open.map(({ ask }) => ask()));
        const counted = await countedConnections();
        expect(counted).toBeGreaterThan(1_000);
        writeFileSync(join(daemon.directory, "keepalived.conf"), configuration([1, 1]));
        daemon.signal("SIGHUP");
        await until(() => rules(net).includes("nat 1 0 0 of 1") && !rules(net).includes("nat 3 0 0"), {
            what: "new weights",
            limit: 60_000,
        });
        const former = daemon.file("checkers.pid").trim();
        process.kill(Number(former), "SIGKILL");
        await until(
            () => daemon.log().split("Starting Healthcheck child process").length > 2 && daemon.file("checkers.pid").trim() !== former,
            {
                what: "a successor",
                limit: 60_000,
            },
        );
        expect(await Promise.all(open.map(({ ask }) => ask()))).toEqual(before);
        expect(await countedConnections()).toBe(counted);
        expect(net.ask({ host: nat4, count: 10 })).toEqual({ one: 5, two: 5 });
        expect(await countedConnections()).toBe(counted + 10);
        expect(await Promise.all(open.map(({ ask }) => ask()))).toEqual(before);
        for (const { close } of open) {
            close();
        }
    });

    // Given two servers. When one dies, when both are dead, when one is back. Then the other, the sorry server, the one answers; nobody is refused.
    test("dead servers leave, the sorry server steps in, and they return", async () => {
        await net.kill("one");
        await net.untilAnswered({ host: nat4, count: 4 }, ["two"]);
        await net.untilAnswered({ host: direct4, count: 4 }, ["two"]);
        await net.kill("two");
        await net.untilAnswered({ host: nat4, count: 4 }, ["sorry"]);
        await net.untilAnswered({ host: nat6, count: 2 }, ["ECONNREFUSED"]);
        await net.serve("one");
        await net.untilAnswered({ host: nat4, count: 4 }, ["one"]);
        await net.untilAnswered({ host: direct4, count: 4 }, ["one"]);
    });

    test("nothing of ours is left after the end, and all of theirs", async () => {
        expect(tables()).toContain("holdfast_lvs");
        await daemon.terminate();
        expect(tables()).toBe("table ip theirs\n");
        expect(daemon.log()).not.toMatch(/cannot|defect|nftables table/);
    });
});

function rules(net: BalanceNetwork): string {
    return net.run("director", "nft", "list table ip holdfast_lvs");
}
