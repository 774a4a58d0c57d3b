import { writeFileSync } from "node:fs";
import { compareTables, type TablesShown } from "./tables.ts";
import { type TrafficSeen, watchTraffic } from "./traffic.ts";

/** What was seen in one boot. */
export interface LoadBalancerSeen {
    readonly tables: Readonly<Record<"keepalived" | "holdfast", TablesShown>>;
    readonly traffic: TrafficSeen;
}

const root = process.argv[2] ?? "";
const seen: LoadBalancerSeen = { tables: await compareTables(root), traffic: await watchTraffic(root) };
writeFileSync("/run/results/result.json", JSON.stringify(seen));
