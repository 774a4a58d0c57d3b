import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { BalanceNetwork, REAL, VIRTUAL } from "./balance/balance-network.ts";
import { programOf } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { untilLogged } from "./harness/router-pair.ts";

const CAN_RUN = canRunLabs() && hasTool("nft") && !existsSync("/proc/net/ip_vs");
const { nat4, nat4Second } = VIRTUAL;

/** Nothing is said of a data plane. The second server of the first service weighs nothing; the second service is for every port. */
const CONFIGURATION = [
    "global_defs {\n router_id lab\n}",
    service(`${nat4} 80`, ["protocol TCP"], [`${REAL[4].one} 80 {\n weight 1`, `${REAL[4].two} 80 {\n weight 0`]),
    service(`${nat4Second} 0`, ["protocol TCP", "persistence_timeout 60"], [`${REAL[4].two} 0 {\n weight 1`]),
    service(`${nat4} 99`, ["protocol SCTP"], [`${REAL[4].one} 99 {\n weight 1`]),
].join("\n");

function service(where: string, lines: readonly string[], servers: readonly string[]): string {
    return `virtual_server ${where} {\n lb_kind NAT\n lb_algo rr\n ${lines.join("\n ")}\n${servers.map((one) => ` real_server ${one}\n }`).join("\n")}\n}`;
}

// Given a kernel without IPVS and a configuration that names no data plane.
describe.skipIf(!CAN_RUN)(
    `a load balancer that finds no IPVS${CAN_RUN ? "" : " (skipped: needs root, nft and a kernel without IPVS)"}`,
    () => {
        let net: BalanceNetwork;
        let daemon: LabDaemon;

        beforeAll(async () => {
            net = new BalanceNetwork();
            await net.serve("one", "two");
            daemon = net.lab.start("director", { program: programOf("holdfast"), configuration: CONFIGURATION, flags: ["-C"] });
            await untilLogged(daemon, "Startup complete", 60_000);
        }, 120_000);

        afterAll(() => net?.close());

        test("when it starts, then it says that nftables balances in its place", async () => {
            await untilLogged(daemon, "nftables balances in its place");
            expect(daemon.log().match(/IPVS: Can't initialize ipvs/g)).toHaveLength(1);
        });

        test("when clients ask, then servers have their weights: one of weight 0 has nobody", async () => {
            await net.untilAnswered({ host: nat4, count: 4 }, ["one"]);
            expect(net.ask({ host: nat4, count: 10 })).toEqual({ one: 10 });
        });

        test("when clients ask for any port of a service for all, then the server is asked for the same port", async () => {
            await net.untilAnswered({ host: nat4Second, count: 2 }, ["two"]);
            expect(net.ask({ host: nat4Second, port: 80, count: 4 })).toEqual({ two: 4 });
            expect(net.ask({ host: nat4Second, port: 81, count: 1 })).toEqual({ ECONNREFUSED: 1 });
        });

        test("when the rules are read, then those for SCTP are there", () => {
            expect(net.run("director", "nft", "list ruleset")).toMatch(/sctp/);
        });
    },
);
