import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "../harness/daemon-kind.ts";

const SCRIPT = join(ROOT, "scripts/kernel-lab.sh");

/** Why no kernel with IPVS can be had here; undefined when it can. */
export function missingKernel(): string | undefined {
    const { status, stderr } = spawnSync(SCRIPT, ["--check"], { encoding: "utf8" });
    return status === 0 ? undefined : stderr.trim();
}

/**
 * Boots a kernel with IPVS, runs a program of `inside/` in it, and answers with what that wrote into `result.json`.
 *
 * @param program its file's name without the ending
 * @throws Error with the program's output when it fails
 */
export async function runInKernel<Result>(program: string): Promise<Result> {
    const results = mkdtempSync(join(tmpdir(), "holdfast-kernel-"));
    try {
        await build({
            entryPoints: [join(ROOT, `test/labs/kernel/inside/${program}.ts`)],
            outfile: join(results, "program.mjs"),
            bundle: true,
            platform: "node",
            format: "esm",
            target: "node20",
            logLevel: "warning",
        });
        const { status } = spawnSync(SCRIPT, [results, process.execPath, "/run/results/program.mjs", ROOT], {
            encoding: "utf8",
            cwd: ROOT,
        });
        const read = (name: string) => readFileSync(join(results, name), "utf8");
        if (status !== 0) {
            throw new Error(`${program} ended with ${status}:\n${read("output").slice(-8_000)}`);
        }
        return JSON.parse(read("result.json"));
    } finally {
        rmSync(results, { recursive: true, force: true });
    }
}
