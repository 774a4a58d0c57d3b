// Upgrades of a master that advertises every ten milliseconds: the longest time between two of its advertisements while nothing happens and while it
// is upgraded, and what a backup and a neighbour in BFD (10 ms × 5) make of it. Keepalived has nothing like it.
//
//   node scripts/run-ts.mjs bench/upgrade.ts [--rounds 5]
import { spawn } from "node:child_process";
import { join } from "node:path";
import { Lab } from "../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../src/app/cli/lab/lab-daemon.ts";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { pause } from "../src/app/cli/lab/until.ts";
import { bfdInstance } from "../test/labs/harness/bfd-neighbors.ts";
import { configuration } from "../test/labs/harness/configuration.ts";
import { programOf } from "../test/labs/harness/daemon-kind.ts";
import { untilLogged, untilMaster } from "../test/labs/harness/router-pair.ts";
import { benchOptions } from "./harness/options.ts";

const INTERVAL = 0.01;
const GLOBALS = ["vrrp_rt_priority 50", "bfd_rt_priority 50"];

function textOf(priority: number, source: string, neighbor: string): string {
    return [
        configuration({ version: 3, family: 4, interval: INTERVAL, priority, globals: GLOBALS }),
        bfdInstance("b1", { neighbor, source, interval: 10, multiplier: 5 }),
    ].join("\n");
}

/** What the wire shows from that moment on. */
function seenSince(lab: Lab, from: number): readonly string[] {
    const own = lab.capture.advertisements({ node: "r1", after: from });
    const gaps = own.slice(1).map(({ at }, index) => at - (own[index]?.at ?? at));
    const others = lab.capture.advertisements({ node: "r2", after: from });
    return [`${own.length}`, `${Math.max(...gaps).toFixed(1)} ms`, `${others.length}`];
}

async function upgrade(daemon: LabDaemon): Promise<string> {
    const [program = "", ...first] = programOf("holdfast");
    const child = spawn(program, [...first, "upgrade", "-p", join(daemon.directory, "parent.pid")], { stdio: "ignore" });
    const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return status === 0 ? "done" : `status ${status}`;
}

async function main(): Promise<void> {
    const { numbers } = benchOptions({ rounds: 5 });
    const lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }] });
    const rows: string[][] = [["", "advertisements", "longest gap", "of the backup", "neighbour's session went down"]];
    try {
        const order = { program: programOf("holdfast"), isQuiet: true };
        const master = lab.start("r1", { ...order, configuration: textOf(200, "10.77.0.1", "10.77.0.2") });
        await untilMaster(lab, "r1");
        const backup = lab.start("r2", { ...order, configuration: textOf(100, "10.77.0.2", "10.77.0.1") });
        await untilLogged(backup, "Entering Up state");
        await pause(6_000);
        const downs = () => backup.log().split("Entering Down state").length - 1;
        for (let round = 1; round <= (numbers["rounds"] ?? 1); round++) {
            const [before, calm] = [downs(), lab.capture.now];
            await pause(3_000);
            rows.push(["nothing happens", ...seenSince(lab, calm), `${downs() - before}`]);
            const [then, from] = [downs(), lab.capture.now];
            const status = await upgrade(master);
            rows.push([`upgrade ${round}: ${status}`, ...seenSince(lab, from), `${downs() - then}`]);
        }
    } finally {
        lab.close();
    }
    console.log(textTable(rows));
}

await main();
