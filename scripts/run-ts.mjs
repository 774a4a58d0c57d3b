// Runs one TypeScript file of this project on any supported Node: bundles it into a scratch folder, runs it there, removes it.
//
//   node scripts/run-ts.mjs bench/parse.ts --rounds 5
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { build } from "esbuild";

const [file, ...rest] = process.argv.slice(2);
if (file === undefined) {
    console.error("usage: node scripts/run-ts.mjs FILE.ts [ARGUMENT…]");
    process.exit(2);
}
const root = join(import.meta.dirname, "..");
// Inside the project, so that packages and the addon are found from the bundle as from the sources.
const scratch = mkdtempSync(join(root, "node_modules/.run-ts-"));
const bundle = join(scratch, `${basename(file, ".ts")}.mjs`);
let status = 1;
try {
    await build({
        entryPoints: [resolve(file)],
        outfile: bundle,
        bundle: true,
        platform: "node",
        format: "esm",
        target: "node20",
        packages: "external",
        sourcemap: "inline",
        logLevel: "warning",
    });
    status = spawnSync(process.execPath, ["--enable-source-maps", bundle, ...rest], { stdio: "inherit" }).status ?? 1;
} finally {
    rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = status;
