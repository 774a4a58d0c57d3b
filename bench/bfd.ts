// BFD: how long over the Detection Time a dead path is found, how soon the neighbour is told, and how soon an address moves that hangs on the session.
// The path is cut at the switch, between two packets. Both daemons in turn, round by round; their neighbours are Keepalived, FRR and BIRD in turn.
//
//   node scripts/run-ts.mjs bench/bfd.ts [--rounds 20] [--realtime 1] [--daemons holdfast]
import type { Lab } from "../src/app/cli/lab/lab.ts";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { pause, until } from "../src/app/cli/lab/until.ts";
import { type BfdPlan, bfdInstance, NEIGHBORS, type NeighborKind, startNeighbor } from "../test/labs/harness/bfd-neighbors.ts";
import { configuration } from "../test/labs/harness/configuration.ts";
import { type DaemonKind, programOf } from "../test/labs/harness/daemon-kind.ts";
import { openPair, untilLogged, untilMaster } from "../test/labs/harness/router-pair.ts";
import { benchOptions } from "./harness/options.ts";
import { spreadCells } from "./harness/summary.ts";

const INTERVALS = [10, 50] as const;
const MULTIPLIER = 5;
const [OWN, OTHER] = ["10.77.0.1", "10.77.0.3"] as const;
/** Milliseconds over the Detection Time in which this process sleeps: what happens then is not to wait for a processor that looks at it. */
const UNWATCHED = 100;
/** What is added to a daemon's global_defs when its BFD process is to come before all others. */
const REAL_TIME = "global_defs {\n    bfd_rt_priority 50\n    vrrp_rt_priority 50\n}\n";

interface Detection {
    /** The Down packet, over the Detection Time since the neighbour's last packet. */
    readonly down: number;
    /** The advertisement of priority 0, by which the address moves, after the Down packet. */
    readonly moved: number;
}

interface Case {
    readonly interval: number;
    readonly globals: string;
}

function planOf(interval: number, own: string, other: string): BfdPlan {
    return { source: own, neighbor: other, interval, multiplier: MULTIPLIER };
}

function startRouter(lab: Lab, kind: DaemonKind, interval: number, globals: string) {
    const instance = configuration({ version: 3, family: 4, priority: 200, interval: 1, lines: ["track_bfd {", "b1", "}"] });
    return lab.start("r1", {
        program: programOf(kind),
        configuration: globals + bfdInstance("b1", planOf(interval, OWN, OTHER)) + instance,
        flags: [],
        isQuiet: true,
    });
}

async function runRound(kind: DaemonKind, neighbor: NeighborKind, { interval, globals }: Case): Promise<Detection> {
    const lab = openPair();
    try {
        await startNeighbor(lab, "client", neighbor, planOf(interval, OTHER, OWN));
        const near = startRouter(lab, kind, interval, globals);
        await untilLogged(near, "(b1) Entering Up state", 60_000);
        await untilMaster(lab, "r1", 60_000);
        await until(() => lab.capture.bfd("r1").at(-1)?.seen.isPoll === false, { what: "the poll sequence to end", limit: 5_000 });
        await pause(2_500 + Math.random() * interval);
        lab.network.cut("client");
        await pause(interval * MULTIPLIER + UNWATCHED);
        const isDown = () => lab.capture.bfd("r1").at(-1)?.seen.state === "Down";
        await until(isDown, { what: "the Down packet", limit: 10_000 });
        await until(() => lab.capture.lastAdvertisement({ node: "r1" })?.seen.priority === 0, { what: "priority 0", limit: 10_000 });
        const last = Math.max(...lab.capture.bfd("client").map(({ at }) => at));
        const down = lab.capture.bfd("r1").find(({ at, seen }) => at > last && seen.state === "Down")?.at ?? Number.NaN;
        const moved = lab.capture.advertisements({ node: "r1", priority: 0, after: last })[0]?.at ?? Number.NaN;
        return { down: down - last - interval * MULTIPLIER, moved: moved - last - interval * MULTIPLIER };
    } finally {
        lab.close();
    }
}

async function detect(daemons: readonly DaemonKind[], rounds: number, globals: string): Promise<void> {
    const neighbors = Object.keys(NEIGHBORS) as NeighborKind[];
    const rows: string[][] = [["case", "daemon", "what", "over: median", "9 in 10", "worst"]];
    for (const interval of INTERVALS) {
        const measured = new Map<DaemonKind, Detection[]>(daemons.map((kind) => [kind, []]));
        for (let round = 0; round < rounds; round++) {
            const neighbor = neighbors[round % neighbors.length] as NeighborKind;
            for (const kind of daemons) {
                measured.get(kind)?.push(await runRound(kind, neighbor, { interval, globals }));
            }
        }
        for (const [kind, detections] of measured) {
            const name = `${interval} ms x ${MULTIPLIER}`;
            rows.push([name, kind, "Down packet", ...spreadCells(detections.map(({ down }) => down))]);
            rows.push([name, kind, "priority 0", ...spreadCells(detections.map(({ moved }) => moved))]);
            rows.push([name, kind, "from Down to priority 0", ...spreadCells(detections.map(({ down, moved }) => moved - down))]);
        }
    }
    console.log(textTable(rows));
    console.log(
        `Milliseconds over the Detection Time; ${rounds} rounds each, in turn. Wanted: Down packet at most 1, priority 0 at most 1 after it.`,
    );
}

async function main(): Promise<void> {
    const { daemons, numbers } = benchOptions({ rounds: 20, realtime: 0 });
    await detect(daemons, numbers.rounds, numbers.realtime > 0 ? REAL_TIME : "");
}

await main();
