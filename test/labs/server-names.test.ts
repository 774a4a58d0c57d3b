import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { runTool } from "../../src/app/cli/lab/run-tool.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { untilLogged } from "./harness/router-pair.ts";

const CAN_RUN = canRunLabs() && hasTool("nft") && hasTool("dnsmasq") && UNDER_TEST === "holdfast";
const HOST = "web.example.com";
const CONFIGURATION = [
    "global_defs {\n data_plane nftables\n}",
    "virtual_server 10.99.0.1 80 {\n protocol TCP\n lb_kind NAT\n lb_algo rr",
    ` real_server ${HOST} 80 {\n weight 3\n resolve_interval 1\n }\n}`,
].join("\n");

describe.skipIf(!CAN_RUN)(`real servers by their name${CAN_RUN ? "" : " (skipped: needs root, nft and dnsmasq)"}`, () => {
    let lab: Lab;
    /** What `ip netns exec` lays over /etc in the namespace of that name. */
    let overlay: string;
    let nameServer: ChildProcess | undefined;

    beforeEach(() => {
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }] });
        overlay = join("/etc/netns", lab.network.namespace("r1"));
        mkdirSync(overlay, { recursive: true });
        writeFileSync(join(overlay, "resolv.conf"), "nameserver 127.0.0.1\n");
    });

    afterEach(async () => {
        await stopNameServer();
        lab.close();
        rmSync(overlay, { recursive: true, force: true });
    });

    const hosts = () => join(lab.directory, "hosts");

    function startNameServer(): void {
        const words = ["--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--log-facility=-"];
        const own = [`--addn-hosts=${hosts()}`, "--local=/example.com/", "--bind-interfaces", "--listen-address=127.0.0.1", "--pid-file="];
        const namespace = ["netns", "exec", lab.network.namespace("r1")];
        nameServer = spawn("ip", [...namespace, "dnsmasq", ...words, ...own], { stdio: "ignore" });
    }

    async function stopNameServer(): Promise<void> {
        if (nameServer !== undefined) {
            const gone = once(nameServer, "exit");
            nameServer.kill("SIGKILL");
            await gone;
            nameServer = undefined;
        }
    }

    function record(...addresses: readonly string[]): void {
        writeFileSync(hosts(), addresses.map((address) => `${address} ${HOST}\n`).join(""));
        nameServer?.kill("SIGHUP");
    }

    /** The servers of the kernel's table, by their last byte; one that leaves may stay for its clients. */
    function balanced(): readonly string[] {
        const rules = runTool(["ip", "netns", "exec", lab.network.namespace("r1"), "nft", "list", "ruleset"]);
        return [...new Set(Array.from(rules.matchAll(/\b10\.99\.0\.([2-9])\b/g), (match) => match[1] ?? ""))].toSorted();
    }

    const untilBalanced = (...wanted: readonly string[]) =>
        until(() => balanced().join() === wanted.join(), { what: `servers ${wanted.join()}, not ${balanced().join()}`, limit: 20_000 });

    function count(daemon: LabDaemon, text: string): number {
        return daemon.log().split(text).length - 1;
    }

    // Given no name server. When one comes, its records change, it goes away, and the process dies. Then the servers follow what was last known.
    test("follow its records, and stay when it cannot be resolved", async () => {
        const daemon = lab.start("r1", { program: programOf("holdfast"), configuration: CONFIGURATION, flags: [] });
        await untilLogged(
            daemon,
            `Cannot resolve ${HOST}: no name server is there; it is asked for again, it has no real servers until then`,
            20_000,
        );
        expect(balanced()).toEqual([]);
        record("10.99.0.2", "10.99.0.3");
        startNameServer();
        await untilLogged(daemon, `Real servers of ${HOST}: 10.99.0.2, 10.99.0.3`, 20_000);
        await untilBalanced("2", "3");
        record("10.99.0.3", "10.99.0.4");
        await untilLogged(daemon, `Real servers of ${HOST}: 10.99.0.3, 10.99.0.4`, 20_000);
        await untilLogged(daemon, "Draining service [10.99.0.2]:tcp:80 of VS [10.99.0.1]:tcp:80");
        await stopNameServer();
        await untilLogged(
            daemon,
            `Cannot resolve ${HOST}: no name server is there; it is asked for again, its real servers stay as they are`,
            20_000,
        );
        await untilBalanced("2", "3", "4");
        const before = count(daemon, "Startup complete");
        process.kill(Number(daemon.file("checkers.pid")), "SIGKILL");
        await until(() => count(daemon, "Startup complete") > before, { what: "another checkers process", limit: 20_000 });
        await until(() => count(daemon, "its real servers stay as they are") > 1, { what: "its first question", limit: 20_000 });
        await untilBalanced("2", "3", "4");
        expect(count(daemon, "its real servers stay as they are")).toBe(2);
    });
});
