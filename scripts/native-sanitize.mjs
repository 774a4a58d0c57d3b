// Runs the native tests against a build with the address and undefined-behaviour sanitizers. Arguments go to vitest.
//
// V8 never frees some of its own memory, so leaks are not looked for; the tests count descriptors and collected objects instead.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), "holdfast-sanitize-"));
const library = join(scratch, "holdfast.node");
const compiler = process.env.CC ?? "gcc";

try {
    execFileSync(process.execPath, [join(root, "scripts/build-native.mjs"), "--sanitize", library], { stdio: "inherit" });
    const preload = ["libasan.so", "libubsan.so"].map((name) =>
        execFileSync(compiler, [`-print-file-name=${name}`], { encoding: "utf8" }).trim(),
    );
    const result = spawnSync(
        process.execPath,
        [join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", "native", ...process.argv.slice(2)],
        {
            cwd: root,
            stdio: "inherit",
            env: {
                ...process.env,
                HOLDFAST_NATIVE: library,
                LD_PRELOAD: preload.join(":"),
                ASAN_OPTIONS: `detect_leaks=0:log_path=${join(scratch, "report")}`,
                UBSAN_OPTIONS: `print_stacktrace=1:log_path=${join(scratch, "report")}`,
            },
        },
    );
    const reports = readdirSync(scratch).filter((name) => name.startsWith("report"));
    for (const name of reports) {
        console.log(readFileSync(join(scratch, name), "utf8"));
    }
    console.log(`sanitizer reports: ${reports.length}`);
    process.exitCode = result.status === 0 && reports.length === 0 ? 0 : 1;
} finally {
    rmSync(scratch, { recursive: true });
}
