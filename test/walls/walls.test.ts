import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

/**
 * Given a file that reaches through a wall between two rings,
 * when the linter (or, for globals, the compiler) looks at it,
 * then it is refused. A wall that cannot be broken in a test may not be standing.
 */

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

const FORBIDDEN = [
    ["src/core/base", "node:fs"],
    ["src/core/base", "fast-check"],
    ["src/core/base", "../vrrp/settings.ts"],
    ["src/core/packet", "node:buffer"],
    ["src/core/packet", "../vrrp/settings.ts"],
    ["src/core/netlink", "../config/schema.ts"],
    ["src/core/vrrp", "node:timers"],
    ["src/core/vrrp", "../../host/world.ts"],
    ["src/core/vrrp", "../../io/native/addon.ts"],
    ["src/core/address", "../../sim/world.ts"],
    ["src/core/config", "../vrrp/settings.ts"],
    ["src/core/config", "../../app/main.ts"],
    ["src/core/config/blocks", "../../packet/vrrp.ts"],
    ["src/core/report", "../../io/journal.ts"],
    ["src/host", "node:timers"],
    ["src/host", "../io/native/addon.ts"],
    ["src/io", "../sim/world.ts"],
    ["src/io", "../app/main.ts"],
    ["src/io", "node:http2"],
    ["src/app", "node:http2"],
    ["src", "node:http2"],
    ["src/sim", "node:fs"],
    ["src/sim", "../io/native/addon.ts"],
    ["src/sim", "../app/main.ts"],
] as const;

const ALLOWED = [
    ["src/core/vrrp", "../base/ip.ts"],
    ["src/core/packet", "../base/ip.ts"],
    ["src/host", "../core/base/ip.ts"],
    ["src/io", "node:fs"],
] as const;

const GLOBALS = ["Buffer", "console", "process", "setTimeout", "performance"];

const intruders = new Map<string, string>();
let lint = "";
let compiler = "";

function intruderOf(folder: string, specifier: string): string {
    return `${folder}/wall-intruder-${specifier.replace(/[^a-z]+/g, "-")}-${process.pid}.ts`;
}

function run(tool: string, ...args: readonly string[]): string {
    const result = spawnSync(join(root, "node_modules/.bin", tool), args, { cwd: root, encoding: "utf8" });
    return `${result.stdout}${result.stderr}`;
}

beforeAll(() => {
    for (const [folder, specifier] of [...FORBIDDEN, ...ALLOWED]) {
        intruders.set(intruderOf(folder, specifier), `import * as outside from "${specifier}";\n\nexport const intruder = outside;\n`);
    }
    const names = GLOBALS.map((name, index) => `export const intruder${index} = ${name};\n`).join("");
    intruders.set(intruderOf("src/core/base", "globals"), names);
    for (const [file, text] of intruders) {
        mkdirSync(dirname(join(root, file)), { recursive: true });
        writeFileSync(join(root, file), text);
    }
    lint = run("biome", "lint", "--reporter=github", "--max-diagnostics=none", ...intruders.keys());
    compiler = run("tsc", "-p", "tsconfig.core.json");
    removeIntruders();
}, 60_000);

afterAll(removeIntruders);

function removeIntruders(): void {
    for (const file of intruders.keys()) {
        rmSync(join(root, file), { force: true });
    }
}

it.each(FORBIDDEN)("%s may not import %s", (folder, specifier) => {
    expect(lint).toMatch(new RegExp(`noRestrictedImports,file=[^,]*${intruderOf(folder, specifier)}`));
});

it.each(ALLOWED)("%s may import %s", (folder, specifier) => {
    expect(lint).not.toMatch(new RegExp(`noRestrictedImports,file=[^,]*${intruderOf(folder, specifier)}`));
});

it.each(GLOBALS)("core knows no %s", (name) => {
    expect(compiler).toMatch(new RegExp(`wall-intruder-globals.*'${name}'`));
});

it("the compiler is at its strictest", () => {
    expect(JSON.parse(run("tsc", "-p", "tsconfig.json", "--showConfig")).compilerOptions).toMatchObject({
        strict: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        erasableSyntaxOnly: true,
        verbatimModuleSyntax: true,
        noPropertyAccessFromIndexSignature: true,
    });
});
