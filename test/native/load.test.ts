import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { CONSTANT_NAMES } from "../../src/io/native/constants.ts";
import { AddonMissingError, addonCandidates, loadAddon, thisPlace } from "../../src/io/native/load.ts";

describe("loadAddon", () => {
    const addon = loadAddon();

    it("finds the binary for this machine from the sources", () => {
        expect(addon.buildInfo.nodeApi).toBe(8);
        expect(addon.buildInfo.libc).toBe(thisPlace().libc);
    });

    it("hands out a number for every name that the sources may ask for, and no others", () => {
        expect(Object.keys(addon.constants).sort()).toEqual([...CONSTANT_NAMES].sort());
        expect(Object.values(addon.constants).every(Number.isInteger)).toBe(true);
    });

    it("names errors", () => {
        expect(addon.errnoNames[98]).toBe("EADDRINUSE");
    });

    it("prefers the file that the environment names", () => {
        expect(addonCandidates({ root: "/r", arch: "x64", libc: "glibc", override: "/elsewhere.node" })).toEqual(["/elsewhere.node"]);
    });

    it("looks for a build of one's own, then for the shipped binary of machine and C library", () => {
        expect(addonCandidates({ root: "/r", arch: "arm64", libc: "musl", override: undefined })).toEqual([
            "/r/native/build/Release/holdfast.node",
            "/r/prebuilds/linux-arm64-musl/holdfast.node",
        ]);
    });

    it("finds the binary from a bundled program, whose package holds it beside dist/", async () => {
        const folder = mkdtempSync(join(tmpdir(), "holdfast-native-"));
        try {
            const root = join(import.meta.dirname, "../..");
            const entry = "import { loadAddon } from './load.ts'; console.log(loadAddon().buildInfo.nodeApi);";
            await build({
                stdin: { contents: entry, resolveDir: join(root, "src/io/native"), loader: "ts" },
                outfile: join(folder, "dist/holdfast.mjs"),
                bundle: true,
                platform: "node",
                format: "esm",
            });
            writeFileSync(join(folder, "package.json"), "{}");
            cpSync(join(root, "prebuilds"), join(folder, "prebuilds"), { recursive: true });
            const output = execFileSync(process.execPath, [join(folder, "dist/holdfast.mjs")], { encoding: "utf8", cwd: "/" });
            expect(output).toBe("8\n");
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("says how to build one where none fits", () => {
        const attempt = () => loadAddon({ root: "/nowhere", arch: "riscv64", libc: "glibc", override: undefined });
        expect(attempt).toThrow(AddonMissingError);
        expect(attempt).toThrow(/No native addon for linux-riscv64 \(glibc\)\. Build it with "npm run build:native" in \/nowhere/);
    });

    it("says how to build one where the binary does not load", () => {
        const attempt = () => loadAddon({ root: "/r", arch: "x64", libc: "glibc", override: import.meta.filename });
        expect(attempt).toThrow(/Cannot load .*npm run build:native/s);
    });
});
