// SIGKILL of one process of the master, of its parent, and of all: what a client sees of it (a question every 10 ms), who serves afterwards, and what
// is left on the machine. Both daemons in turn.
//
//   node scripts/run-ts.mjs bench/process-death.ts [--rounds 1] [--daemons holdfast]
import { existsSync } from "node:fs";
import { echoesOf, longestOutage } from "../src/app/cli/lab/echo-record.ts";
import type { Lab } from "../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../src/app/cli/lab/lab-daemon.ts";
import { Probe } from "../src/app/cli/lab/probe.ts";
import { childrenOf, isRunning } from "../src/app/cli/lab/process-tree.ts";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { pause } from "../src/app/cli/lab/until.ts";
import { bfdInstance } from "../test/labs/harness/bfd-neighbors.ts";
import { configuration, SERVICE_ADDRESS } from "../test/labs/harness/configuration.ts";
import { type DaemonKind, programOf } from "../test/labs/harness/daemon-kind.ts";
import { openPair, untilMaster } from "../test/labs/harness/router-pair.ts";
import { benchOptions } from "./harness/options.ts";

const VICTIMS = ["vrrp", "checkers", "bfd", "parent", "all"] as const;
type Victim = (typeof VICTIMS)[number];

const INTERVAL = 1;
/** Several times what others wait until they take over, and what a parent waits until it starts a child again. */
const AFTERMATH = 8_000;

interface Aftermath {
    readonly outage: number;
    readonly server: string;
    readonly left: readonly string[];
}

const SERVICE = "virtual_server 10.77.0.100 80 {\n delay_loop 5\n protocol TCP\n real_server 10.77.0.2 80 {\n TCP_CHECK {\n }\n }\n}\n";

function textOf(priority: number, own: string, neighbor: string): string {
    const plan = { version: 2, family: 4, interval: INTERVAL, priority } as const;
    const routing = ["virtual_routes {\n 10.88.0.0/16 via 10.77.0.9 dev eth0\n }", "virtual_rules {\n from 10.88.0.0/16 table 188\n }"];
    return [configuration({ ...plan, lines: routing }), bfdInstance("b1", { neighbor, source: own, interval: 100, multiplier: 5 })].join(
        "\n",
    );
}

async function runRound(kind: DaemonKind, victim: Victim): Promise<Aftermath | undefined> {
    const needsChecks = victim === "checkers";
    if (needsChecks && kind === "keepalived" && !existsSync("/proc/net/ip_vs")) {
        // Without IPVS in the kernel it does not run at all once a virtual server is configured.
        return undefined;
    }
    const lab = openPair();
    const probe = Probe.start(lab.addon, lab.network, { node: "client", address: SERVICE_ADDRESS[4], every: 10 });
    try {
        const order = { program: programOf(kind), isQuiet: true };
        const master = lab.start("r1", { ...order, configuration: textOf(150, "10.77.0.1", "10.77.0.2") + (needsChecks ? SERVICE : "") });
        await untilMaster(lab, "r1", 60_000);
        lab.start("r2", { ...order, configuration: textOf(100, "10.77.0.2", "10.77.0.1"), flags: ["-P"] });
        await pause(5_000);
        const pids = [master.pid, ...childrenOf(master.pid)];
        if (!(await kill(master, victim))) {
            return undefined;
        }
        await pause(AFTERMATH);
        probe.stop();
        return { outage: longestOutage(echoesOf(lab.capture.frames, SERVICE_ADDRESS[4])), ...whatIsLeft(lab, pids) };
    } finally {
        probe.stop();
        lab.close();
    }
}

/** False when there is no such process. */
async function kill(master: LabDaemon, victim: Victim): Promise<boolean> {
    if (victim === "all") {
        await master.killDead();
        return true;
    }
    const pid = victim === "parent" ? master.pid : Number.parseInt(master.file(`${victim}.pid`), 10);
    if (!isRunning(pid)) {
        return false;
    }
    process.kill(pid, "SIGKILL");
    return true;
}

function whatIsLeft(lab: Lab, pids: readonly number[]): Omit<Aftermath, "outage"> {
    const server = lab.capture.master() ?? "nobody";
    if (server === "r1") {
        return { server, left: ["all, in use"] };
    }
    const facts: readonly (readonly [string, boolean])[] = [
        ["address", lab.network.addresses("r1").includes(SERVICE_ADDRESS[4])],
        ["route", lab.network.ip("r1", "route").includes("10.88.0.0/16")],
        ["rule", lab.network.ip("r1", "rule").includes("10.88.0.0/16")],
        ["processes", pids.some(isRunning)],
    ];
    return { server, left: facts.flatMap(([name, isThere]) => (isThere ? [name] : [])) };
}

async function main(): Promise<void> {
    const { daemons, numbers } = benchOptions({ rounds: 1 });
    const rows: string[][] = [["SIGKILL of", "daemon", "client's outage", "serves afterwards", "left on the machine"]];
    for (const victim of VICTIMS) {
        for (const kind of daemons) {
            const seen: Aftermath[] = [];
            for (let round = 0; round < (numbers["rounds"] ?? 1); round++) {
                const aftermath = await runRound(kind, victim);
                seen.push(...(aftermath === undefined ? [] : [aftermath]));
            }
            const worst = seen.toSorted((one, other) => other.outage - one.outage)[0];
            const cells =
                worst === undefined
                    ? ["-", "no such process on this kernel", "-"]
                    : [`${Math.round(worst.outage)} ms`, worst.server, worst.left.join(", ") || "nothing"];
            rows.push([victim, kind, ...cells]);
        }
    }
    console.log(textTable(rows));
}

await main();
