// Thousands of real servers in the kernel's load balancer: programmed at the start, one changed, all replaced, removed at the end. Both daemons in
// turn in one boot of the kernel lab, each in a network namespace of its own. System calls are about ten times as dear there as elsewhere, and so is a
// page that a program touches first: ratios count, and least of all those of a start.
//
//   node scripts/run-ts.mjs bench/ipvs.ts [--servers 10000] [--rounds 3]
import { parseArgs } from "node:util";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { missingKernel, runInKernel } from "../test/labs/kernel/boot.ts";
import { median } from "./harness/summary.ts";
import type { IpvsFigures, IpvsRound } from "./kernel/ipvs-rounds.ts";

/** What is measured, and which share of Keepalived's time is aimed at. */
const ROWS = [
    { name: "start: exec to the last server", of: (round: IpvsRound) => round.start, aim: 0.3 },
    { name: "start: first service to last server", of: (round: IpvsRound) => round.programming, aim: 0.3 },
    { name: "reload, one server changed", of: (round: IpvsRound) => round.oneChanged, aim: 0.5 },
    { name: "reload, all servers replaced", of: (round: IpvsRound) => round.allReplaced, aim: 0.05 },
    { name: "stop: table empty", of: (round: IpvsRound) => round.stop, aim: 0.1 },
] as const;

const { values } = parseArgs({ options: { servers: { type: "string", default: "10000" }, rounds: { type: "string", default: "3" } } });
const missing = missingKernel();
if (missing !== undefined) {
    console.log(`skipped: ${missing}`);
} else {
    const { rounds, kernelAlone, firstTouch, idleNode } = await runInKernel<IpvsFigures>("bench/kernel/ipvs-rounds.ts", [
        values.rounds,
        values.servers,
    ]);
    const table = [["", "holdfast", "keepalived", "ratio", "aim", ""]];
    for (const { name, of, aim } of ROWS) {
        const [ours = Number.NaN, theirs = Number.NaN] = (["holdfast", "keepalived"] as const).map((kind) =>
            median(rounds.filter((round) => round.kind === kind).map(of)),
        );
        const ratio = ours / theirs;
        table.push([name, ours.toFixed(0), theirs.toFixed(0), ratio.toFixed(3), `≤ ${aim}`, ratio <= aim ? "met" : "missed"]);
    }
    console.log(textTable(table));
    console.log(`Milliseconds; medians of ${values.rounds} rounds, ${values.servers} real servers, both daemons in turn in one boot.`);
    const floor = median(kernelAlone);
    const theirs = median(rounds.filter(({ kind }) => kind === "keepalived").map(({ allReplaced }) => allReplaced));
    console.log(
        `The kernel alone takes ${floor.toFixed(0)} ms for the commands that replace all servers, made before and sent in our batches: ${(floor / theirs).toFixed(3)} of Keepalived's time.`,
    );
    const [ours = Number.NaN, itsPages = Number.NaN] = (["holdfast", "keepalived"] as const).map((kind) =>
        median(rounds.filter((round) => round.kind === kind).map(({ pages }) => pages)),
    );
    console.log(
        `Replacing all servers takes Holdfast ${ours} pages of fresh memory, Keepalived ${itsPages}; a first touch costs ${firstTouch.toFixed(0)} µs in this kernel, ${((ours * firstTouch) / 1_000).toFixed(0)} ms of Holdfast's time.`,
    );
    console.log(`A Node.js that does nothing takes ${idleNode.toFixed(0)} ms in this kernel; Holdfast starts two, one after the other.`);
}
