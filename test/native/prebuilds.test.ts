import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONSTANT_NAMES } from "../../src/io/native/constants.ts";

const root = join(import.meta.dirname, "../..");
const hash = execFileSync(process.execPath, [join(root, "scripts/build-native.mjs"), "--hash"], { encoding: "utf8" }).trim();
const sources = [
    "arguments",
    "batches",
    "constants",
    "epoll",
    "exec",
    "files",
    "module",
    "pacer",
    "pacing",
    "pollers",
    "privileges",
    "processes",
    "signals",
    "sockets",
    "spawn",
];
const code = sources.map((name) => readFileSync(join(root, "native", `${name}.c`), "utf8")).join("\n");

/** ELF's machine numbers. */
const MACHINES = { x64: 62, arm64: 183 } as const;

describe.each([
    ["linux-x64", MACHINES.x64, "libc.so.6"],
    ["linux-arm64", MACHINES.arm64, "libc.so.6"],
    ["linux-x64-musl", MACHINES.x64, "libc.musl-x86_64.so.1"],
    ["linux-arm64-musl", MACHINES.arm64, "libc.musl-aarch64.so.1"],
])("the shipped binary for %s", (target, machine, library) => {
    const file = join(root, "prebuilds", target, "holdfast.node");

    it("is made of the sources that stand here", () => {
        expect(existsSync(file)).toBe(true);
        expect(readFileSync(file, "latin1")).toContain(hash);
    });

    it("is for that machine and C library", () => {
        const bytes = readFileSync(file);
        expect(bytes.readUInt16LE(18)).toBe(machine);
        expect(bytes.toString("latin1")).toContain(`\0${library}\0`);
    });

    it("needs no glibc newer than 2.17", () => {
        const versions = readFileSync(file, "latin1").match(/GLIBC_\d+\.\d+/g) ?? [];
        const newest = Math.max(0, ...versions.map((version) => Number(version.split(".")[1])));
        expect(newest).toBeLessThanOrEqual(17);
        expect(versions.length > 0).toBe(!target.endsWith("musl"));
    });
});

describe("the sources", () => {
    it("never lock all memory, which kills V8", () => {
        expect(code).not.toMatch(/mlockall|SYS_mlockall|MCL_/);
    });

    it("hand out the numbers that TypeScript knows by name, in the same order", () => {
        const names = [...code.matchAll(/^ +NUMBER\((\w+)\),$/gm)].map((match) => match[1]);
        expect(names).toEqual([...CONSTANT_NAMES]);
    });

    it("are all named to the compiler of an ordinary add-on build", () => {
        const gyp = readFileSync(join(root, "native/binding.gyp"), "utf8");
        expect([...gyp.matchAll(/"(\w+)\.c"/g)].map((match) => match[1])).toEqual(sources);
    });
});
