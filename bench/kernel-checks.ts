// Thousands of checks beside the kernel's load balancer: both daemons in turn in one boot of the kernel lab, each in a network namespace of its own
// with its servers. One processor does all there, the servers' work included, and system calls are about ten times as dear as elsewhere: who uses too
// much of it is late. bench/checks.ts measures the same on this machine's own kernel.
//
//   node scripts/run-ts.mjs bench/kernel-checks.ts [--servers 5000] [--seconds 10] [--rounds 2]
import { parseArgs } from "node:util";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { missingKernel, runInKernel } from "../test/labs/kernel/boot.ts";
import { type CheckRound, INTERVAL } from "./checked/check-figures.ts";
import { checkTable } from "./checked/check-table.ts";

const { values } = parseArgs({
    options: {
        servers: { type: "string", default: "5000" },
        seconds: { type: "string", default: "10" },
        rounds: { type: "string", default: "2" },
    },
});
const { servers, seconds, rounds } = values;
const missing = missingKernel();
if (missing !== undefined) {
    console.log(`skipped: ${missing}`);
} else {
    const measured = await runInKernel<readonly CheckRound[]>("bench/kernel/check-rounds.ts", [rounds, servers, seconds]);
    console.log(textTable(checkTable(measured)));
    console.log(
        `Medians of ${rounds} rounds in turn in one boot, ${servers} servers, delay_loop ${INTERVAL}; lateness in ms, after each interval, as the servers saw it.`,
    );
}
