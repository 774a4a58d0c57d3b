// Runs the benchmarks that stand side by side with Keepalived, one after the other.
//
//   node scripts/bench.mjs                all of bench/*.ts
//   node scripts/bench.mjs failover parse only these
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";

const folder = join(import.meta.dirname, "../bench");
const all = readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .map((name) => basename(name, ".ts"));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
    console.error(`no such benchmark: ${unknown.join(", ")}; there are: ${all.join(", ")}`);
    process.exit(2);
}
for (const name of wanted.length === 0 ? all : wanted) {
    console.log(`\n== ${name}`);
    const { status } = spawnSync(process.execPath, [join(import.meta.dirname, "run-ts.mjs"), join(folder, `${name}.ts`)], {
        stdio: "inherit",
    });
    process.exitCode ||= status ?? 1;
}
