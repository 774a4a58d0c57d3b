import { writeFileSync } from "node:fs";
import type { SyncDaemon } from "../../../../src/core/netlink/ipvs-daemon.ts";
import { IpvsQuestions } from "../../../../src/io/ipvs/ipvs-questions.ts";
import { IpvsTable } from "../../../../src/io/ipvs/ipvs-table.ts";
import { loadAddon, thisPlace } from "../../../../src/io/native/load.ts";
import { runSuite, type SuiteStep } from "../../../compliance/data-plane-suite.ts";
import { ip, makeVethPair } from "../../../compliance/own-namespace.ts";

/** What the suite of all data planes has seen of IPVS. */
export interface DataPlaneSeen {
    readonly steps: readonly SuiteStep[];
    readonly refusals: readonly string[];
    /** The numbers of the sync daemons that run after each order. */
    readonly daemons: readonly (readonly string[])[];
}

/** In milliseconds. */
const SETTLING = 200;

const root = process.argv[2] ?? "";
const system = loadAddon({ ...thisPlace(), root });
const refusals: string[] = [];
const steps = runSuite((world) => new IpvsTable({ system, ...world, onRefused: (what, code) => refusals.push(`${what}: ${code}`) }));
const seen: DataPlaneSeen = { steps, refusals, daemons: orderDaemons() };
writeFileSync("/run/results/result.json", JSON.stringify(seen));

/** A process starts its daemons, a successor does so, and another one that wants one of them otherwise. */
function orderDaemons(): DataPlaneSeen["daemons"] {
    makeVethPair("sync0", "sync1");
    ip("addr add 10.250.0.1/24 dev sync0");
    const questions = new IpvsQuestions(system);
    const orders: readonly SyncDaemon[][] = [
        [daemon("master", 5), daemon("backup", 5)],
        [daemon("master", 5), daemon("backup", 5)],
        [daemon("master", 5), daemon("backup", 6)],
    ];
    return orders.map((wanted) => {
        const onRefused = (what: string, code: string) => refusals.push(`${what}: ${code}`);
        const table = new IpvsTable({ system, bulk: { add: () => undefined }, onNews: () => undefined, onRefused });
        for (const one of wanted) {
            table.startDaemon(one);
        }
        table.close();
        // The kernel acknowledges no end of a daemon that has not come to run yet.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLING);
        return questions.readDaemons().map(({ state, syncId }) => `${state} ${syncId}`);
    });
}

function daemon(state: SyncDaemon["state"], syncId: number): SyncDaemon {
    return { state, interfaceName: "sync0", syncId };
}
