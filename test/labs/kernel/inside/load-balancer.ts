import { writeFileSync } from "node:fs";
import { IpvsQuestions } from "../../../../src/io/ipvs/ipvs-questions.ts";
import { loadAddon } from "../../../../src/io/native/load.ts";
import { NamespaceSockets } from "../../balance/namespace-sockets.ts";
import type { TrafficStep } from "../../balance/traffic-suite.ts";
import { ChangingPool, type ChangingPoolSeen } from "./changing-pool.ts";
import { buildDirectors, Directors, type DirectorsSeen } from "./directors.ts";
import { run } from "./machine.ts";
import { type ExampleSeen, OFFICE, OperatorsExample } from "./operators-example.ts";
import { OrderMonitor } from "./orders.ts";
import { buildTableSpaces, compareTables, type TablesSeen } from "./tables.ts";
import { watchTraffic } from "./traffic.ts";

/** What was seen in one boot. */
export interface LoadBalancerSeen {
    readonly tables: TablesSeen;
    readonly directors: DirectorsSeen;
    readonly example: ExampleSeen;
    readonly pool: ChangingPoolSeen;
    readonly traffic: readonly TrafficStep[];
}

const MODULES = ["nlmon", "ipip", "ip_gre", "fou", "ip6_tunnel", "sch_ingress", "cls_u32", "act_skbedit", "ip_vs_pe_sip"];

const [root = "", folder = "", depth] = process.argv.slice(2);
const isThorough = depth === "thorough";
run(`/run/modprobe -a ${MODULES.join(" ")}`);
const addon = loadAddon({ root, arch: process.arch, libc: "glibc", override: undefined });
const sockets = new NamespaceSockets(addon);
const { familyId } = new IpvsQuestions(addon);
const started = performance.now();
const log = (what: string) => console.log(`${((performance.now() - started) / 1_000).toFixed(1)} s: ${what}`);

async function watchTables(): Promise<TablesSeen> {
    buildTableSpaces();
    const seen = await compareTables(root, new OrderMonitor(addon, "t1", familyId), isThorough);
    log("tables are compared");
    return seen;
}

async function watchPool(): Promise<ChangingPoolSeen> {
    const seen = await new ChangingPool(root).watch();
    log("the pool has changed");
    return seen;
}

async function watchOwnTraffic(): Promise<readonly TrafficStep[]> {
    const steps = await watchTraffic(root, sockets);
    log("traffic of all kinds has gone through");
    return steps;
}

async function watchDirectors(lab: Directors): Promise<Pick<LoadBalancerSeen, "directors" | "example">> {
    const directors = await lab.watch();
    log("directors have failed over");
    const example = await new OperatorsExample({ root, folder, sockets, master: lab.first, backup: lab.second }).watch();
    log("the operators' example is tried");
    return { directors, example };
}

buildDirectors(OFFICE);
const lab = new Directors({ root, sockets, orders: new OrderMonitor(addon, "d1", familyId) });
await lab.started();
log("directors have started");
// What one part waits for leaves the processor to the other.
const [tables, pool, traffic, rest] = await Promise.all([watchTables(), watchPool(), watchOwnTraffic(), watchDirectors(lab)]);
writeFileSync("/run/results/result.json", JSON.stringify({ tables, pool, traffic, ...rest } satisfies LoadBalancerSeen));
process.exit(0);
