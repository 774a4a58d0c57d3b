// Builds what is installed: bundled files for all processes with their source maps, the command that loads them, and the library.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");

rmSync(join(root, "dist"), { recursive: true, force: true });
const common = {
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
};
// What is loaded as few files is loaded faster: each kind of child shares none with others.
const children = ["vrrp", "runner", "checkers", "bfd"];
const childrenApart = {
    name: "children-apart",
    setup({ onResolve }) {
        onResolve({ filter: new RegExp(`^\\./(${children.join("|")})\\.ts$`) }, ({ path, kind }) =>
            kind === "dynamic-import" ? { path: path.replace(/^\.\/(.*)\.ts$/, "./chunks/$1-process.mjs"), external: true } : undefined,
        );
    },
};
await build({ ...common, entryPoints: { holdfast: join(root, "src/app/main.ts") }, plugins: [childrenApart] });
for (const name of children) {
    await build({ ...common, entryPoints: { [`chunks/${name}-process`]: join(root, `src/app/${name}.ts`) } });
}

mkdirSync(join(root, "bin"), { recursive: true });
writeFileSync(join(root, "bin/holdfast"), '#!/usr/bin/env node\nimport "../dist/holdfast.mjs";\n');
chmodSync(join(root, "bin/holdfast"), 0o755);

const { status } = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.lib.json"], {
    cwd: root,
    stdio: "inherit",
});
process.exitCode = status ?? 1;
