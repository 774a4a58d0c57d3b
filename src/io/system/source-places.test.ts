import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withSourcePlaces } from "./source-places.ts";

/** It starts two programs. */
const LIMIT = 60_000;

let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-places-"));
});

afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
});

describe("places of a stack", () => {
    it(
        "are those of the sources",
        async () => {
            const source = join(folder, "source.ts");
            writeFileSync(
                source,
                "interface Nothing {}\n\nfunction fail(_: Nothing): never {\n    throw new Error('on line 4');\n}\nfail({});\n",
            );
            const outfile = join(folder, "bundle.mjs");
            await build({ entryPoints: [source], outfile, bundle: true, format: "esm", sourcemap: "linked", logLevel: "error" });
            const { stderr } = spawnSync(process.execPath, [outfile], { encoding: "utf8" });
            expect(stderr).toContain("bundle.mjs:");
            expect(withSourcePlaces(stderr.slice(stderr.indexOf("Error:")))).toContain(`at fail (${source}:4:11)`);
        },
        LIMIT,
    );

    it("stay as they are where there is no map, or no sound one", () => {
        const bundle = pathToFileURL(join(folder, "bundle.mjs")).href;
        const text = `Error: x\n    at fail (${bundle}:2:9)\n    at node:internal/main:1:1`;
        expect(withSourcePlaces(text)).toBe(text);
        writeFileSync(join(folder, "bundle.mjs.map"), "{");
        expect(withSourcePlaces(text)).toBe(text);
        expect(withSourcePlaces("Entering MASTER STATE")).toBe("Entering MASTER STATE");
    });
});
