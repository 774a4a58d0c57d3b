import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "../harness/daemon-kind.ts";

const SCRIPT = join(ROOT, "scripts/kernel-lab.sh");
/** More than ten times what it takes on an idle machine. In seconds. */
const LIMIT = 590;

/** Why no kernel with IPVS can be had here; undefined when it can. */
export function missingKernel(): string | undefined {
    const { status, stderr } = spawnSync(SCRIPT, ["--check"], { encoding: "utf8" });
    return status === 0 ? undefined : stderr.trim();
}

/**
 * Boots a kernel with IPVS, runs a program in it, and answers with what that wrote into `result.json`.
 *
 * @param program its file, as seen from the repository's folder; it is given the repository's folder and `words`
 * @throws Error with the program's output when it fails
 */
export async function runInKernel<Result>(program: string, words: readonly string[] = []): Promise<Result> {
    const results = mkdtempSync(join(tmpdir(), "holdfast-kernel-"));
    try {
        await build({
            entryPoints: [join(ROOT, program)],
            outfile: join(results, "program.mjs"),
            bundle: true,
            platform: "node",
            format: "esm",
            target: "node20",
            logLevel: "warning",
        });
        const { status } = spawnSync(SCRIPT, [results, process.execPath, "/run/results/program.mjs", ROOT, ...words], {
            encoding: "utf8",
            cwd: ROOT,
            env: { ...process.env, KERNEL_LAB_SECONDS: String(LIMIT), KERNEL_LAB_MEMORY: "1G" },
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
