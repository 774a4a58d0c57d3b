import { writeFileSync } from "node:fs";
import { IpvsTable } from "../../../../src/io/ipvs/ipvs-table.ts";
import { loadAddon, thisPlace } from "../../../../src/io/native/load.ts";
import { runSuite, type SuiteStep } from "../../../compliance/data-plane-suite.ts";

/** What the suite of all data planes has seen of IPVS. */
export interface DataPlaneSeen {
    readonly steps: readonly SuiteStep[];
    readonly refusals: readonly string[];
}

const root = process.argv[2] ?? "";
const system = loadAddon({ ...thisPlace(), root });
const refusals: string[] = [];
const steps = runSuite((world) => new IpvsTable({ system, ...world, onRefused: (what, code) => refusals.push(`${what}: ${code}`) }));
const seen: DataPlaneSeen = { steps, refusals };
writeFileSync("/run/results/result.json", JSON.stringify(seen));
