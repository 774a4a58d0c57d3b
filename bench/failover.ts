// Time over the protocol's limit: from the last advertisement (or the one of priority 0) of the old master to the first of the new one, less what
// the protocol itself waits. That is all that an implementation can do better or worse. Both daemons in turn, round by round.
//
//   node scripts/run-ts.mjs bench/failover.ts [--rounds 20] [--interval 0.01] [--daemons holdfast]
//
// Without an interval (or with 0) at all three of them.
import { echoesOf, longestOutage } from "../src/app/cli/lab/echo-record.ts";
import type { Lab } from "../src/app/cli/lab/lab.ts";
import { Probe } from "../src/app/cli/lab/probe.ts";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { pause, until } from "../src/app/cli/lab/until.ts";
import { type InstancePlan, SERVICE_ADDRESS } from "../test/labs/harness/configuration.ts";
import type { DaemonKind } from "../test/labs/harness/daemon-kind.ts";
import { masterDownInterval, skewTime } from "../test/labs/harness/protocol-limits.ts";
import { openPair, startQuietly, untilLogged, untilMaster } from "../test/labs/harness/router-pair.ts";
import { benchOptions } from "./harness/options.ts";
import { median, spreadCells } from "./harness/summary.ts";

const CASES = [
    { version: 2, interval: 1 },
    { version: 3, interval: 0.1 },
    { version: 3, interval: 0.01 },
] as const;

/** kill: all processes die, the host stays. node: and the switch port goes down. term: SIGTERM. */
const MODES = ["kill", "node", "term"] as const;

type Case = (typeof CASES)[number];
type Mode = (typeof MODES)[number];

interface Failure {
    readonly over: number;
    readonly outage: number;
}

async function runRound(kind: DaemonKind, what: Case, mode: Mode): Promise<Failure> {
    const lab = openPair();
    const probe = Probe.start(lab.addon, lab.network, { node: "client", address: SERVICE_ADDRESS[4], every: 1 });
    try {
        const instance = { ...what, family: 4 } satisfies Partial<InstancePlan>;
        const master = startQuietly(lab, "r1", kind, [{ ...instance, priority: 255, state: "MASTER" }]);
        await untilMaster(lab, "r1");
        const backup = startQuietly(lab, "r2", kind, [{ ...instance, priority: 100 }]);
        await untilLogged(backup, "Entering BACKUP STATE");
        const heard = lab.capture.now;
        await until(() => lab.capture.lastAdvertisement({ node: "r1", after: heard }), { what: "one more advertisement", limit: 5_000 });
        // Anywhere between two advertisements.
        await pause(Math.random() * what.interval * 1_000);
        if (mode === "node") {
            lab.network.cut("r1");
        }
        await (mode === "term" ? master.terminate() : master.killDead());
        await untilMaster(lab, "r2");
        await pause(50);
        return measure(lab, what, mode);
    } finally {
        probe.stop();
        lab.close();
    }
}

function measure(lab: Lab, { interval }: Case, mode: Mode): Failure {
    const timing = { priority: 100, interval: interval * 1_000 };
    const limit = mode === "term" ? skewTime(timing) : masterDownInterval(timing);
    const first = lab.capture.advertisements({ node: "r2" })[0]?.at ?? Number.NaN;
    const last = lab.capture.advertisements({ node: "r1" }).findLast(({ at }) => at < first)?.at ?? Number.NaN;
    return { over: first - last - limit, outage: longestOutage(echoesOf(lab.capture.frames, SERVICE_ADDRESS[4])) };
}

async function main(): Promise<void> {
    const { daemons, numbers } = benchOptions({ rounds: 20, interval: 0 });
    const rows: string[][] = [["case", "mode", "daemon", "over: median", "9 in 10", "worst", "client's outage"]];
    for (const what of CASES.filter(({ interval }) => numbers.interval === 0 || interval === numbers.interval)) {
        for (const mode of MODES) {
            const failures = new Map<DaemonKind, Failure[]>(daemons.map((kind) => [kind, []]));
            for (let round = 0; round < numbers.rounds; round++) {
                for (const kind of daemons) {
                    failures.get(kind)?.push(await runRound(kind, what, mode));
                }
            }
            for (const [kind, measured] of failures) {
                const over = spreadCells(measured.map((failure) => failure.over));
                const outage = median(measured.map((failure) => failure.outage)).toFixed(0);
                rows.push([`version ${what.version}, ${what.interval} s`, mode, kind, ...over, outage]);
            }
            console.error(`${what.interval} s, ${mode}: ${numbers.rounds} rounds each`);
        }
    }
    console.log(textTable(rows));
    console.log(
        `Milliseconds; ${numbers.rounds} rounds each, in turn. Wanted on an idle machine: median at most 0.5, nine in ten at most 2.`,
    );
}

await main();
