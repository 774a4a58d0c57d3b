// BFD: does a session ever go down for no reason? Ours with every neighbour, and Keepalived's with itself, all side by side: in peace, then with all cores busy.
//
//   node scripts/run-ts.mjs bench/bfd-watch.ts [--idle 600] [--load 120] [--hogs 4]
import type { Lab } from "../src/app/cli/lab/lab.ts";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { pause, until } from "../src/app/cli/lab/until.ts";
import { type BfdPlan, bfdInstance, NEIGHBORS, type NeighborKind, startNeighbor } from "../test/labs/harness/bfd-neighbors.ts";
import { type DaemonKind, programOf } from "../test/labs/harness/daemon-kind.ts";
import { hasTool } from "../test/labs/harness/prerequisites.ts";
import { openPair, untilLogged } from "../test/labs/harness/router-pair.ts";
import { benchOptions } from "./harness/options.ts";
import { startSpinners, stopSpinners } from "./harness/spinners.ts";
import { type Standstills, StandstillWatch } from "./harness/standstills.ts";

const INTERVALS = [10, 50] as const;
const MULTIPLIER = 5;
/** What is added to a daemon's global_defs when its BFD process is to come before all others. */
const REAL_TIME = "global_defs {\n    bfd_rt_priority 50\n}\n";
/** Until the start of so many daemons is over, which is load too. */
const SETTLING = 3_000;
const UP = "(b1) Entering Up state";
const DOWN = "(b1) Entering Down state";
const EXPIRED = `${DOWN} (Local diagnostic - Control Detection Time Expired`;

/** A session: whose it is, and who is at its other end. */
interface Pairing {
    readonly own: DaemonKind;
    readonly other: DaemonKind | NeighborKind;
    readonly interval: number;
}

/** What the log of one end says. */
interface Outcome {
    /** How often that end missed the other. */
    readonly missed: number;
    /** How often the other end missed this one. */
    readonly wasMissed: number;
}

const peers = (Object.keys(NEIGHBORS) as NeighborKind[]).filter((kind) => hasTool(NEIGHBORS[kind]));

function pairings(daemons: readonly DaemonKind[]): readonly Pairing[] {
    const ours = daemons.includes("holdfast")
        ? (["holdfast", ...peers] as const).map((other) => ({ own: "holdfast", other }) as const)
        : [];
    const theirs = daemons.includes("keepalived") ? [{ own: "keepalived", other: "keepalived" } as const] : [];
    return INTERVALS.flatMap((interval) => [...ours, ...theirs].map((pair) => ({ ...pair, interval })));
}

async function startSession(lab: Lab, { own, other, interval }: Pairing, globals: string) {
    const near: BfdPlan = { source: "10.77.0.1", neighbor: "10.77.0.2", interval, multiplier: MULTIPLIER };
    const far: BfdPlan = { ...near, source: near.neighbor, neighbor: near.source };
    const daemon = lab.start("r1", { program: programOf(own), configuration: globals + bfdInstance("b1", near), flags: [], isQuiet: true });
    if (other === "holdfast" || other === "keepalived") {
        lab.start("r2", { program: programOf(other), configuration: globals + bfdInstance("b1", far), flags: [], isQuiet: true });
    } else {
        await startNeighbor(lab, "r2", other, far);
    }
    await untilLogged(daemon, UP, 60_000);
    await until(() => lab.capture.bfd("r1").at(-1)?.seen.isPoll === false, { what: "the poll sequence to end", limit: 10_000 });
    return daemon;
}

function outcomeOf(log: string): Outcome {
    const missed = log.split(EXPIRED).length - 1;
    return { missed, wasMissed: log.split(DOWN).length - 1 - missed };
}

/** Watches all sessions for that long. */
async function watch(
    all: readonly Pairing[],
    seconds: number,
    { hogs, globals, machine }: { hogs: number; globals: string; machine: StandstillWatch },
): Promise<{ readonly outcomes: readonly Outcome[]; readonly standstills: Standstills }> {
    const labs = all.map(() => openPair());
    let busy: ReturnType<typeof startSpinners> = [];
    try {
        const daemons = await Promise.all(labs.map((lab, index) => startSession(lab, all[index] as Pairing, globals)));
        await pause(SETTLING);
        const before = daemons.map((daemon) => daemon.log().length);
        machine.take();
        busy = startSpinners(hogs, seconds);
        await pause(seconds * 1_000);
        return { outcomes: daemons.map((daemon, index) => outcomeOf(daemon.log().slice(before[index]))), standstills: machine.take() };
    } finally {
        stopSpinners(busy);
        for (const lab of labs) {
            lab.close();
        }
    }
}

async function main(): Promise<void> {
    // Each lab cleans up when the program ends.
    process.setMaxListeners(0);
    const { daemons, numbers } = benchOptions({ idle: 600, load: 120, hogs: 4 });
    const all = pairings(daemons);
    const stages = [
        { name: "idle", seconds: numbers.idle, hogs: 0, globals: "" },
        { name: "busy", seconds: numbers.load, hogs: numbers.hogs, globals: "" },
        { name: "busy, bfd_rt_priority", seconds: numbers.load, hogs: numbers.hogs, globals: REAL_TIME },
    ];
    const machine = new StandstillWatch();
    for (const { name, seconds, ...how } of stages.filter((stage) => stage.seconds > 0)) {
        const { outcomes, standstills } = await watch(all, seconds, { ...how, machine });
        const rows = all.map(({ own, other, interval }, index) => {
            const { missed = Number.NaN, wasMissed = Number.NaN } = outcomes[index] ?? {};
            return [`${interval} ms x ${MULTIPLIER}`, own, other, String(missed), String(wasMissed)];
        });
        console.log(textTable([["case", "this end", "other end", "it missed the other", "the other missed it"], ...rows]));
        console.log(
            `${name}: how often a session went down for no reason in ${seconds} s, ${all.length} sessions side by side. Wanted: never.`,
        );
        const { overTenMilliseconds, overFortyMilliseconds, longest } = standstills;
        console.log(
            `The machine itself stood still: ${overTenMilliseconds} times for over 10 ms, ${overFortyMilliseconds} for over 40 ms, at most ${longest} ms.\n`,
        );
    }
    machine.stop();
}

await main();
