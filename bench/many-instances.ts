// Hundreds of virtual routers in one daemon: what an advertisement costs, how punctual they are, and how fast all of them change over when the
// peer dies. Version 2, one second, one address each; 250 virtual routers an interface.
//
//   node scripts/run-ts.mjs bench/many-instances.ts [--seconds 20] [--rounds 1] [--daemons holdfast]
import { Lab } from "../src/app/cli/lab/lab.ts";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { pause, until } from "../src/app/cli/lab/until.ts";
import type { DaemonKind } from "../test/labs/harness/daemon-kind.ts";
import { masterDownInterval } from "../test/labs/harness/protocol-limits.ts";
import { startQuietly } from "../test/labs/harness/router-pair.ts";
import { manyRouters, segmentsOf, totalSeconds } from "./harness/many-routers.ts";
import { benchOptions } from "./harness/options.ts";
import { median, quantile } from "./harness/summary.ts";

const COUNTS = [255, 1_000] as const;
const INTERVAL = 1_000;
const PLAN = { version: 2, interval: INTERVAL / 1_000 } as const;
const BACKUP_PRIORITY = 100;
/** What runs for months is compared, not how it begins: a just-in-time compiler and the collections after a start have done their work by then. */
const WARM_UP = 90_000;

interface Figures {
    /** Processor time for an advertisement sent and received, in microseconds. */
    readonly sent: number;
    readonly received: number;
    /** How far the times between advertisements are from the interval, in milliseconds. */
    readonly jitter: readonly number[];
    /** How late each virtual router took over, in milliseconds after its own Master_Down_Interval. */
    readonly late: readonly number[];
}

async function runRound(kind: DaemonKind, count: number, seconds: number): Promise<Figures> {
    const interfaces = segmentsOf(count);
    const lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }], interfaces });
    try {
        const master = startQuietly(lab, "r1", kind, manyRouters(count, { ...PLAN, priority: 255 }));
        await until(() => speakers(lab, "r1").size === count, { what: `${count} masters`, limit: 30_000, every: 100 });
        const backup = startQuietly(lab, "r2", kind, manyRouters(count, { ...PLAN, priority: BACKUP_PRIORITY }));
        await until(() => backup.log().split("Entering BACKUP STATE").length > count, {
            what: `${count} backups`,
            limit: 30_000,
            every: 100,
        });
        await pause(WARM_UP);
        const from = lab.capture.now;
        const [sending, receiving] = [totalSeconds(master), totalSeconds(backup)];
        await pause(seconds * 1_000);
        const sentSeconds = totalSeconds(master) - sending;
        const receivedSeconds = totalSeconds(backup) - receiving;
        const sent = lab.capture.advertisements({ node: "r1", after: from }).length;
        await master.killDead();
        await until(() => speakers(lab, "r2").size === count, { what: `${count} takeovers`, limit: 30_000, every: 100 });
        return {
            sent: (sentSeconds / sent) * 1e6,
            received: (receivedSeconds / sent) * 1e6,
            jitter: jitter(lab, from),
            late: lateness(lab),
        };
    } finally {
        lab.close();
    }
}

/** One key for each virtual router that this machine has advertised for. */
function speakers(lab: Lab, node: string): ReadonlyMap<string, readonly number[]> {
    const times = new Map<string, number[]>();
    for (const { at, segment, seen } of lab.capture.advertisements({ node })) {
        const key = `${segment}/${seen.vrid}`;
        const known = times.get(key);
        if (known === undefined) {
            times.set(key, [at]);
        } else {
            known.push(at);
        }
    }
    return times;
}

function jitter(lab: Lab, from: number): readonly number[] {
    return [...speakers(lab, "r1").values()].flatMap((all) => {
        const times = all.filter((at) => at > from);
        return times.slice(1).map((at, index) => Math.abs(at - (times[index] ?? at) - INTERVAL));
    });
}

function lateness(lab: Lab): readonly number[] {
    const limit = masterDownInterval({ priority: BACKUP_PRIORITY, interval: INTERVAL });
    const taken = speakers(lab, "r2");
    return [...speakers(lab, "r1")].map(([key, times]) => (taken.get(key)?.[0] ?? Number.NaN) - (times.at(-1) ?? Number.NaN) - limit);
}

function cells(measured: readonly Figures[]): readonly string[] {
    const cell = (value: (figures: Figures) => number, digits: number) => median(measured.map(value)).toFixed(digits);
    return [
        cell(({ sent }) => sent, 1),
        cell(({ received }) => received, 1),
        ...[0.5, 0.99, 1].map((share) => cell(({ jitter }) => quantile(jitter, share), 2)),
        ...[0.5, 0.99, 1].map((share) => cell(({ late }) => quantile(late, share), 1)),
    ];
}

async function main(): Promise<void> {
    const { daemons, numbers } = benchOptions({ seconds: 20, rounds: 1 });
    const heading = ["instances", "daemon", "CPU µs sent", "received", "jitter p50", "p99", "max", "late p50", "p99", "max"];
    const rows: string[][] = [heading];
    for (const count of COUNTS) {
        const figures = new Map<DaemonKind, Figures[]>(daemons.map((kind) => [kind, []]));
        for (let round = 0; round < numbers.rounds; round++) {
            for (const kind of daemons) {
                figures.get(kind)?.push(await runRound(kind, count, numbers.seconds));
            }
        }
        for (const [kind, measured] of figures) {
            rows.push([String(count), kind, ...cells(measured)]);
        }
    }
    console.log(textTable(rows));
    console.log(
        "CPU of parent and children per advertisement, in µs; jitter and lateness in ms, lateness counted from each router's Master_Down_Interval.",
    );
}

await main();
