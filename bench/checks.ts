// Thousands of checks: what one costs, and how late they come. Each real server is an address of its own on the loopback interface of a namespace, all
// of them one small program in C, which also writes down when it was asked: late is what is over `delay_loop` between two connections to a server.
//
// Keepalived ends its checkers where the kernel has no IPVS, so it is given a stand-in that says yes to everything (bench/checked/balancer.c): what
// is counted is the time of the process that checks, long after it has told its kernel of the servers. Holdfast checks without a balancer, too.
// bench/kernel-checks.ts compares them where the kernel has IPVS.
//
//   node scripts/run-ts.mjs bench/checks.ts [--servers 5000] [--seconds 6] [--rounds 3] [--daemons holdfast]
import { Lab } from "../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../src/app/cli/lab/lab-daemon.ts";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { until } from "../src/app/cli/lab/until.ts";
import { type DaemonKind, programOf } from "../test/labs/harness/daemon-kind.ts";
import { type CheckFigures, type CheckRound, INTERVAL, watchChecks } from "./checked/check-figures.ts";
import { checkTable } from "./checked/check-table.ts";
import { CheckedServers, type CheckKind, checkedConfiguration, compileBalancer, compileServer } from "./checked/checked-servers.ts";
import { benchOptions } from "./harness/options.ts";

/** Holdfast would take nftables in place of IPVS, and the kernel then follow each check's connection. */
const UNBALANCED: Readonly<Record<DaemonKind, string>> = { holdfast: "global_defs {\n    data_plane ipvs\n}\n", keepalived: "" };

async function runRound(
    daemon: DaemonKind,
    kind: CheckKind,
    { servers, seconds }: { readonly servers: number; readonly seconds: number },
): Promise<CheckFigures> {
    const lab = Lab.open({ nodes: [{ name: "r1" }] });
    try {
        const namespace = lab.network.namespace("r1");
        lab.network.ip("r1", "link", "set", "lo", "up");
        const checked = new CheckedServers(namespace, { program: compileServer(lab.directory), servers });
        const prefix = daemon === "keepalived" ? ["env", `LD_PRELOAD=${compileBalancer(lab.directory)}`] : [];
        const started = lab.start("r1", {
            program: [...prefix, ...programOf(daemon)],
            configuration: `${UNBALANCED[daemon]}${checkedConfiguration(kind, servers, INTERVAL)}`,
            flags: ["-C"],
            isQuiet: true,
        });
        const pid = await until(() => checkersPid(started), { what: "a checkers process", limit: 30_000 });
        const figures = await watchChecks({ checked, servers, seconds, pid });
        await started.killDead();
        return figures;
    } finally {
        lab.close();
    }
}

function checkersPid(daemon: LabDaemon): number | undefined {
    const pid = Number.parseInt(daemon.file("checkers.pid"), 10);
    return Number.isNaN(pid) ? undefined : pid;
}

const { daemons, numbers } = benchOptions({ servers: 5_000, seconds: 6, rounds: 3 });
const rounds: CheckRound[] = [];
for (const kind of ["TCP", "HTTP"] as const) {
    for (let round = 0; round < numbers.rounds; round++) {
        for (const daemon of round % 2 === 0 ? daemons : daemons.toReversed()) {
            rounds.push({ kind, daemon, figures: await runRound(daemon, kind, numbers) });
        }
    }
}
console.log(textTable(checkTable(rounds)));
console.log(
    `Medians of ${numbers.rounds} rounds in turn, ${numbers.servers} servers, delay_loop ${INTERVAL}; lateness in ms, after each interval, as the servers saw it.`,
);
