// Both cores kept busy by other processes, and the master by reloads without a pause: does anybody take over who should not, and how long is the master
// silent at most? At 0.1 s with ordinary priority, at 0.01 s with vrrp_rt_priority.
//
//   node scripts/run-ts.mjs bench/under-load.ts [--seconds 60] [--spinners 4] [--addresses 200] [--daemons holdfast]
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { pause } from "../src/app/cli/lab/until.ts";
import { configuration, type InstancePlan } from "../test/labs/harness/configuration.ts";
import type { DaemonKind } from "../test/labs/harness/daemon-kind.ts";
import { openPair, startQuietly, untilLogged, untilMaster } from "../test/labs/harness/router-pair.ts";
import { benchOptions } from "./harness/options.ts";
import { startSpinners, stopSpinners } from "./harness/spinners.ts";

const CASES = [
    { interval: 0.1, globals: [] },
    { interval: 0.01, globals: ["vrrp_rt_priority 50"] },
] as const;
const LOADS = ["processors", "processors and reloads"] as const;
/** Milliseconds between two reloads. */
const RELOAD_PAUSE = 300;

interface Peace {
    /** Advertisements of the backup: each is a false takeover. */
    readonly falseTakeovers: number;
    /** The master's longest time between two advertisements, in milliseconds. */
    readonly longestGap: number;
    readonly advertisements: number;
}

async function runCase(
    kind: DaemonKind,
    what: (typeof CASES)[number],
    load: { readonly seconds: number; readonly spinners: number; readonly addresses: number },
): Promise<Peace> {
    const lab = openPair();
    const instance = { version: 3, family: 4, ...what } as const satisfies Partial<InstancePlan>;
    try {
        const master = startQuietly(lab, "r1", kind, [{ ...instance, priority: 150 }]);
        await untilMaster(lab, "r1", 60_000);
        await untilLogged(startQuietly(lab, "r2", kind, [{ ...instance, priority: 100 }]), "Entering BACKUP STATE", 60_000);
        await pause(1_000);
        const from = lab.capture.now;
        const spinners = startSpinners(load.spinners, load.seconds);
        for (let round = 0; lab.capture.now < from + load.seconds * 1_000; round++) {
            await pause(RELOAD_PAUSE);
            if (load.addresses > 0) {
                const more = Array.from({ length: round % 2 === 0 ? load.addresses : 0 }, (_, index) => `10.79.0.${index}/32 dev eth0`);
                const lines = ["virtual_ipaddress_excluded {", ...more, "}"];
                writeFileSync(join(master.directory, "keepalived.conf"), configuration({ ...instance, priority: 150, lines }));
                master.signal("SIGHUP");
            }
        }
        stopSpinners(spinners);
        const times = lab.capture.advertisements({ node: "r1", after: from }).map(({ at }) => at);
        return {
            falseTakeovers: lab.capture.advertisements({ node: "r2", after: from }).length,
            longestGap: Math.max(0, ...times.slice(1).map((at, index) => at - (times[index] ?? at))),
            advertisements: times.length,
        };
    } finally {
        lab.close();
    }
}

async function main(): Promise<void> {
    const { daemons, numbers } = benchOptions({ seconds: 60, spinners: 4, addresses: 200 });
    const rows: string[][] = [
        ["interval", "real-time priority", "busy with", "daemon", "false takeovers", "longest silence", "advertisements"],
    ];
    for (const what of CASES) {
        for (const busyWith of LOADS) {
            for (const kind of daemons) {
                const load = { ...numbers, addresses: busyWith === "processors" ? 0 : numbers.addresses };
                const { falseTakeovers, longestGap, advertisements } = await runCase(kind, what, load);
                const priority = what.globals.length === 0 ? "no" : "50";
                const figures = [String(falseTakeovers), longestGap.toFixed(1), String(advertisements)];
                rows.push([`${what.interval} s`, priority, busyWith, kind, ...figures]);
            }
        }
    }
    console.log(textTable(rows));
    console.log(`${numbers.spinners} busy processes for ${numbers.seconds} s; silence in ms. Wanted: no false takeover.`);
}

await main();
