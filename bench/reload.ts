// A reload of many virtual routers: how late the advertisements of another one are meanwhile, which has nothing to do with it. Both daemons in turn.
//
//   node scripts/run-ts.mjs bench/reload.ts [--instances 2000] [--rounds 3] [--daemons holdfast]
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Lab } from "../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../src/app/cli/lab/lab-daemon.ts";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { pause, until } from "../src/app/cli/lab/until.ts";
import { configuration, type InstancePlan } from "../test/labs/harness/configuration.ts";
import type { DaemonKind } from "../test/labs/harness/daemon-kind.ts";
import { startQuietly } from "../test/labs/harness/router-pair.ts";
import { benchOptions } from "./harness/options.ts";
import { spreadCells } from "./harness/summary.ts";

const PER_SEGMENT = 250;
/** Of the router that is watched, on an interface of its own. */
const WATCHED = { name: "WATCHED", version: 3, family: 4, interval: 0.1, priority: 255, vrid: 255, interface: "eth0" } as const;
const INTERVAL = 100;
/** By then each daemon has long taken on what it read. */
const AFTERMATH = 8_000;
const WARM_UP = 5_000;

/** What the file says of the many, before the first reload and after each. */
const STEPS = [
    { name: "nothing changed", share: 0.5, priority: 255 },
    { name: "as many again added", share: 1, priority: 255 },
    { name: "each priority changed", share: 1, priority: 254 },
    { name: "half of them removed", share: 0.5, priority: 254 },
] as const;

function instances(count: number, priority: number): readonly InstancePlan[] {
    const many = Array.from({ length: count }, (_, index) => ({
        ...({ name: `VI_${index}`, version: 2, family: 4, interval: 1, priority, vrid: (index % PER_SEGMENT) + 1 } as const),
        interface: `eth${1 + Math.floor(index / PER_SEGMENT)}`,
        addresses: [`10.99.${index >> 8}.${index & 0xff}/32`],
    }));
    return [WATCHED, ...many];
}

/** The longest time between two advertisements of the router that is watched, less its interval. */
async function longestDelay(lab: Lab, daemon: LabDaemon, plans: readonly InstancePlan[]): Promise<number> {
    const from = lab.capture.now - 2 * INTERVAL;
    writeFileSync(join(daemon.directory, "keepalived.conf"), configuration(...plans));
    daemon.signal("SIGHUP");
    const end = lab.capture.now + AFTERMATH;
    while (lab.capture.now < end) {
        // Its buffer is emptied all the while.
        lab.capture.master();
        await pause(50);
    }
    const times = lab.capture.advertisements({ vrid: WATCHED.vrid, after: from }).map(({ at }) => at);
    return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at))) - INTERVAL;
}

async function runRound(kind: DaemonKind, count: number): Promise<readonly number[]> {
    const names = Array.from({ length: 1 + Math.ceil(count / PER_SEGMENT) }, (_, index) => `eth${index}`);
    const lab = Lab.open({ nodes: [{ name: "r1" }], interfaces: names });
    try {
        const [first] = STEPS;
        const daemon = startQuietly(lab, "r1", kind, instances(first.share * count, first.priority));
        const speaks = () => new Set(lab.capture.advertisements().map(({ segment, seen }) => `${segment} ${seen.vrid}`)).size;
        await until(() => speaks() > first.share * count, { what: "all masters", limit: 60_000, every: 200 });
        await pause(WARM_UP);
        const delays: number[] = [];
        for (const { share, priority } of STEPS) {
            delays.push(await longestDelay(lab, daemon, instances(share * count, priority)));
        }
        return delays;
    } finally {
        lab.close();
    }
}

async function main(): Promise<void> {
    const { daemons, numbers } = benchOptions({ instances: 2_000, rounds: 3 });
    const measured = new Map<DaemonKind, (readonly number[])[]>(daemons.map((kind) => [kind, []]));
    for (let round = 0; round < numbers.rounds; round++) {
        for (const kind of daemons) {
            measured.get(kind)?.push(await runRound(kind, numbers.instances));
        }
    }
    const rows = STEPS.flatMap(({ name }, step) =>
        [...measured].map(([kind, rounds]) => [
            name,
            kind,
            ...spreadCells(
                rounds.map((delays) => delays[step] ?? Number.NaN),
                1,
            ),
        ]),
    );
    console.log(textTable([["reload", "daemon", "delay: median", "9 in 10", "worst"], ...rows]));
    console.log(
        `Milliseconds over an interval of ${INTERVAL} between two advertisements of one router while ${numbers.instances} others are reloaded. Wanted: at most 10.`,
    );
}

await main();
