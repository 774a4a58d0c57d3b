// Thousands of checks: what one costs, and how late they come. Each real server is an address of its own on the loopback interface of a namespace, all
// of them one small program in C, which also writes down when it was asked: late is what is over `delay_loop` between two connections to a server.
//
// Keepalived ends its checkers where the kernel has no IPVS, so it is given a stand-in that says yes to everything (bench/checked/balancer.c): what
// is counted is the time of the process that checks, long after it has told its kernel of the servers. Holdfast checks without a balancer, too.
//
//   node scripts/run-ts.mjs bench/checks.ts [--servers 5000] [--seconds 6] [--rounds 3] [--daemons holdfast]
import { Lab } from "../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../src/app/cli/lab/lab-daemon.ts";
import { processorSeconds } from "../src/app/cli/lab/process-tree.ts";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { pause, until } from "../src/app/cli/lab/until.ts";
import { type DaemonKind, programOf } from "../test/labs/harness/daemon-kind.ts";
import { CheckedServers, type CheckKind, checkedConfiguration, compileTools } from "./checked/checked-servers.ts";
import { benchOptions } from "./harness/options.ts";
import { median, quantile } from "./harness/summary.ts";

/** Seconds. */
const INTERVAL = 2;
/** What runs for months is compared, not how it begins: a just-in-time compiler has done its work by then. */
const WARM_UP = 12_000;

/** Holdfast would take nftables in place of IPVS, and the kernel then follow each check's connection. */
const UNBALANCED: Readonly<Record<DaemonKind, string>> = { holdfast: "global_defs {\n    data_plane ipvs\n}\n", keepalived: "" };

interface Figures {
    /** Milliseconds of processor time for 1 000 checks. */
    readonly cost: number;
    /** Checks a second. */
    readonly rate: number;
    /** Milliseconds. */
    readonly late: readonly number[];
}

async function runRound(
    daemon: DaemonKind,
    kind: CheckKind,
    { servers, seconds }: { readonly servers: number; readonly seconds: number },
): Promise<Figures> {
    const lab = Lab.open({ nodes: [{ name: "r1" }] });
    try {
        const tools = compileTools(lab.directory);
        const checked = new CheckedServers(lab, "r1", { program: tools.server, servers });
        const prefix = daemon === "keepalived" ? ["env", `LD_PRELOAD=${tools.balancer}`] : [];
        const started = lab.start("r1", {
            program: [...prefix, ...programOf(daemon)],
            configuration: `${UNBALANCED[daemon]}${checkedConfiguration(kind, servers, INTERVAL)}`,
            flags: ["-C"],
            isQuiet: true,
        });
        const pid = await until(() => checkersPid(started), { what: "a checkers process", limit: 30_000 });
        await untilAsked(checked, servers);
        await pause(WARM_UP);
        await checked.arrivals();
        const [from, before] = [performance.now(), processorSeconds(pid)];
        await pause(seconds * 1_000);
        const used = processorSeconds(pid) - before;
        const span = performance.now() - from;
        const { count, spans } = await checked.arrivals();
        await started.killDead();
        return { cost: (used / count) * 1e6, rate: count / (span / 1_000), late: spans.map((one) => one - INTERVAL * 1_000) };
    } finally {
        lab.close();
    }
}

function checkersPid(daemon: LabDaemon): number | undefined {
    const pid = Number.parseInt(daemon.file("checkers.pid"), 10);
    return Number.isNaN(pid) ? undefined : pid;
}

async function untilAsked(checked: CheckedServers, servers: number): Promise<void> {
    const limit = performance.now() + 60_000;
    for (let asked = 0; asked < servers; asked += (await checked.arrivals()).count) {
        if (performance.now() > limit) {
            throw new Error(`only ${asked} of ${servers} servers were asked`);
        }
        await pause(100);
    }
}

function cells(measured: readonly Figures[]): readonly string[] {
    const cell = (value: (figures: Figures) => number, digits = 0) => median(measured.map(value)).toFixed(digits);
    return [
        cell(({ cost }) => cost, 1),
        cell(({ rate }) => rate),
        ...[0.5, 0.99, 1].map((share) => cell(({ late }) => quantile(late, share), 1)),
    ];
}

async function main(): Promise<void> {
    const { daemons, numbers } = benchOptions({ servers: 5_000, seconds: 6, rounds: 3 });
    const rows: string[][] = [["check", "daemon", "CPU ms per 1 000", "checks/s", "late p50", "p99", "max"]];
    for (const kind of ["TCP", "HTTP"] as const) {
        const figures = new Map<DaemonKind, Figures[]>(daemons.map((daemon) => [daemon, []]));
        for (let round = 0; round < numbers.rounds; round++) {
            for (const daemon of round % 2 === 0 ? daemons : daemons.toReversed()) {
                figures.get(daemon)?.push(await runRound(daemon, kind, numbers));
            }
        }
        for (const [daemon, measured] of figures) {
            rows.push([kind, daemon, ...cells(measured)]);
        }
        const [ours, theirs] = ["holdfast", "keepalived"].map((daemon) =>
            median((figures.get(daemon as DaemonKind) ?? []).map(({ cost }) => cost)),
        );
        rows.push([kind, "ratio", ((ours ?? Number.NaN) / (theirs ?? Number.NaN)).toFixed(2)]);
    }
    console.log(textTable(rows));
    console.log(
        `Medians of ${numbers.rounds} rounds in turn, ${numbers.servers} servers, delay_loop ${INTERVAL}; lateness in ms, after each interval, as the servers saw it.`,
    );
}

await main();
