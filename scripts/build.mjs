// Builds what is installed: one bundled file for all processes with its source map, the command that loads it, and the library.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");

rmSync(join(root, "dist"), { recursive: true, force: true });
await build({
    entryPoints: { holdfast: join(root, "src/app/main.ts") },
    outdir: join(root, "dist"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    sourcemap: "linked",
    // Parts that only some processes need become files of their own.
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    logLevel: "warning",
});

mkdirSync(join(root, "bin"), { recursive: true });
writeFileSync(join(root, "bin/holdfast"), '#!/usr/bin/env node\nimport "../dist/holdfast.mjs";\n');
chmodSync(join(root, "bin/holdfast"), 0o755);

const { status } = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.lib.json"], {
    cwd: root,
    stdio: "inherit",
});
process.exitCode = status ?? 1;
