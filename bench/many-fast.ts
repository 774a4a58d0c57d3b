// 255 virtual routers of 0.01 s in one daemon, master and backup on two processors: does the backup ever take over though the master is there? 25,500
// advertisements a second leave and arrive. Both daemons in turn.
//
//   node scripts/run-ts.mjs bench/many-fast.ts [--seconds 60] [--instances 255] [--daemons holdfast]
import { Lab } from "../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../src/app/cli/lab/lab-daemon.ts";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { pause, until } from "../src/app/cli/lab/until.ts";
import type { DaemonKind } from "../test/labs/harness/daemon-kind.ts";
import { startQuietly } from "../test/labs/harness/router-pair.ts";
import { manyRouters, segmentsOf, totalSeconds } from "./harness/many-routers.ts";
import { benchOptions } from "./harness/options.ts";

const INTERVAL = 0.01;
const PLAN = { version: 3, interval: INTERVAL } as const;
/** By then a daemon that has just started is at rest. */
const SETTLING = 3_000;
const PATIENCE = { limit: 60_000, every: 100 } as const;

interface Peace {
    readonly falseTakeovers: number;
    /** The share of one processor that the daemon took. */
    readonly sending: number;
    readonly receiving: number;
}

// The capture is not asked for anything: to look at each of these packets would take the processors that both daemons need.
async function runCase(kind: DaemonKind, count: number, seconds: number): Promise<Peace> {
    const interfaces = segmentsOf(count);
    const lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }], interfaces });
    try {
        const master = startQuietly(lab, "r1", kind, manyRouters(count, { ...PLAN, priority: 255 }));
        await until(() => takeovers(master) === count, { what: `${count} masters`, ...PATIENCE });
        const backup = startQuietly(lab, "r2", kind, manyRouters(count, { ...PLAN, priority: 100 }));
        await until(() => backup.log().split("Entering BACKUP STATE").length > count, { what: `${count} backups`, ...PATIENCE });
        await pause(SETTLING);
        const before = { sending: totalSeconds(master), receiving: totalSeconds(backup), takeovers: takeovers(backup) };
        await pause(seconds * 1_000);
        return {
            falseTakeovers: takeovers(backup) - before.takeovers,
            sending: (totalSeconds(master) - before.sending) / seconds,
            receiving: (totalSeconds(backup) - before.receiving) / seconds,
        };
    } finally {
        lab.close();
    }
}

function takeovers(daemon: LabDaemon): number {
    return daemon.log().split("Entering MASTER STATE").length - 1;
}

async function main(): Promise<void> {
    const { daemons, numbers } = benchOptions({ seconds: 60, instances: 255 });
    const rows: string[][] = [["daemon", "false takeovers", "processor of the master", "of the backup"]];
    for (const kind of daemons) {
        const { falseTakeovers, sending, receiving } = await runCase(kind, numbers.instances, numbers.seconds);
        rows.push([kind, String(falseTakeovers), `${(100 * sending).toFixed(0)} %`, `${(100 * receiving).toFixed(0)} %`]);
    }
    console.log(textTable(rows));
    console.log(`${numbers.instances} virtual routers of ${INTERVAL} s for ${numbers.seconds} s. Wanted: no false takeover.`);
}

await main();
