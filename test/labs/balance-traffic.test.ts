import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { BalanceNetwork, REAL, VIRTUAL } from "./balance/balance-network.ts";
import { HandMadeSctp } from "./balance/hand-made-sctp.ts";
import { type Answers, NamespaceSockets } from "./balance/namespace-sockets.ts";
import { HTTP_PORTS, runTrafficSuite, type TrafficGround, trafficConfiguration } from "./balance/traffic-suite.ts";
import { programOf } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { untilLogged } from "./harness/router-pair.ts";

/** Such a kernel would answer SCTP packets itself. */
const SPEAKS_SCTP = /^SCTP/m.test(readFileSync("/proc/net/protocols", "utf8"));
const CAN_RUN = canRunLabs() && hasTool("nft") && !SPEAKS_SCTP;
const BY_NFTABLES = "global_defs {\n data_plane nftables\n}\n";
const servers = [REAL[4].one, REAL[4].two] as const;
/** The client's addresses are on the interface that the virtual address is reached by. */
const PLACES = [
    { kind: "NAT", address: VIRTUAL.nat4, servers, network: "10.77", link: "eth0" },
    { kind: "DR", address: VIRTUAL.direct4, servers, network: "10.78", link: "eth1" },
] as const;

describe.skipIf(!CAN_RUN)(
    `traffic of all kinds by nftables${CAN_RUN ? "" : " (skipped: needs root, nft, and a kernel without SCTP of its own)"}`,
    () => {
        let net: BalanceNetwork;
        let daemon: LabDaemon;
        let common: Pick<TrafficGround, "sockets" | "namespace" | "configure" | "askBySctp">;
        let sctp: HandMadeSctp;

        beforeAll(async () => {
            net = new BalanceNetwork();
            net.prepareDirect("one", "two");
            const places = { client: inside("client"), one: inside("one"), two: inside("two") };
            const sockets = new NamespaceSockets(net.lab.addon);
            for (const port of HTTP_PORTS) {
                sockets.serveHttp(places.one, "one", { port });
                sockets.serveHttp(places.two, "two", { port });
            }
            sctp = new HandMadeSctp(net.lab.addon, places.client, { one: places.one, two: places.two });
            common = { sockets, namespace: places.client, configure, askBySctp };
            const configuration = BY_NFTABLES + trafficConfiguration(PLACES[0]);
            daemon = net.lab.start("director", { program: programOf("holdfast"), configuration, flags: ["-C"] });
            await untilLogged(daemon, "Startup complete", 60_000);
        }, 120_000);

        afterAll(() => {
            sctp?.close();
            net?.close();
        });

        function inside(node: string): string {
            return net.lab.network.namespace(node);
        }

        async function configure(configuration: string): Promise<void> {
            writeFileSync(join(daemon.directory, "keepalived.conf"), BY_NFTABLES + configuration);
            daemon.signal("SIGHUP");
        }

        async function askBySctp(address: string, port: number, count: number): Promise<Answers> {
            const answers: Record<string, number> = {};
            for (let asked = 0; asked < count; asked++) {
                const name = await sctp.associate(address, port);
                answers[name] = (answers[name] ?? 0) + 1;
            }
            return answers;
        }

        // Given services for every port, with weights that change, and for SCTP. When clients speak. Then it is as with IPVS.
        test.each(PLACES)(
            "is balanced as by every data plane: $kind",
            async ({ network, link, ...place }) => {
                const sources = [1, 2, 3, 4].map((last) => `${network}.9.${last}`);
                for (const source of sources) {
                    net.lab.network.ip("client", "address", "add", `${source}/16`, "dev", link);
                }
                const steps = await runTrafficSuite({ ...common, ...place, sources });
                expect(steps.map(({ name, seen }) => ({ name, seen }))).toEqual(steps.map(({ name, wanted }) => ({ name, seen: wanted })));
                expect(steps.length).toBeGreaterThan(6);
            },
            120_000,
        );
    },
);
