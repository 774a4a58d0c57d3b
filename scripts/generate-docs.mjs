// Writes the documents that are made from the configuration tables; with --check only says which checked-in file differs, and fails.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const home = join(dirname(fileURLToPath(import.meta.url)), "..");
const docs = join(home, "docs");

const bundle = await build({
    stdin: {
        contents: 'export { documentsOf } from "./src/core/config/manual.ts"; export { root } from "./src/core/config/blocks/root.ts";',
        resolveDir: home,
        loader: "ts",
    },
    bundle: true,
    write: false,
    format: "esm",
});
const { documentsOf, root } = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`);

const wanted = documentsOf(root);
const stale = readdirSync(join(docs, "reference"), { withFileTypes: true })
    .filter((entry) => entry.isFile() && !wanted.has(`reference/${entry.name}`))
    .map((entry) => join(docs, "reference", entry.name));
const different = [...wanted].filter(([name, text]) => read(join(docs, name)) !== text).map(([name]) => join(docs, name));

if (process.argv.includes("--check")) {
    for (const file of [...different, ...stale]) {
        console.error(`${relative(home, file)} is not what the tables say: run node scripts/generate-docs.mjs`);
    }
    process.exit(different.length + stale.length > 0 ? 1 : 0);
}
for (const file of stale) {
    rmSync(file);
}
for (const file of different) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, wanted.get(relative(docs, file)));
}
console.log(`${wanted.size} documents, ${different.length} written, ${stale.length} removed`);

function read(file) {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}
