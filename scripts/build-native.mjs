// Builds the native addon with a C compiler alone.
//
//   node scripts/build-native.mjs                    this machine's, into native/build/Release
//   node scripts/build-native.mjs --prebuilds [TARGET…]  the shipped ones, into prebuilds/ (all targets, or those named)
//   node scripts/build-native.mjs --hash             prints the hash of the sources
//   node scripts/build-native.mjs --sanitize FILE    a build with the address and undefined-behaviour sanitizers, into FILE
//
// Environment: CC (this machine's compiler), NODE_HEADERS (the folder that holds node_api.h), MUSL_ARM64 (the folder of musl's headers for arm64:
// usr/include/aarch64-linux-musl of a musl-dev package).
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sourceFolder = join(root, "native");
const flags = ["-std=gnu11", "-D_GNU_SOURCE", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra"];
const release = ["-O2", "-Wl,-s", "-Wl,--build-id=none"];

/** Compiler, headers and extra arguments of each shipped binary. */
const targets = {
    "linux-x64": () => ({ compiler: "x86_64-linux-gnu-gcc", extra: [] }),
    "linux-arm64": () => ({ compiler: "aarch64-linux-gnu-gcc", extra: ["-mno-outline-atomics"] }),
    "linux-x64-musl": (scratch) => ({
        compiler: "x86_64-linux-gnu-gcc",
        extra: muslArguments(scratch, "x86_64", "/usr/include/x86_64-linux-musl", "/usr/include/x86_64-linux-gnu/asm"),
    }),
    "linux-arm64-musl": (scratch) => ({
        compiler: "aarch64-linux-gnu-gcc",
        extra: [
            "-mno-outline-atomics",
            ...muslArguments(
                scratch,
                "aarch64",
                process.env.MUSL_ARM64 ?? "/usr/include/aarch64-linux-musl",
                "/usr/aarch64-linux-gnu/include/asm",
            ),
        ],
    }),
};

/** Headers of musl and the kernel only, and a stand-in to link against: the real C library is already in the process that loads the addon. */
function muslArguments(scratch, machine, muslHeaders, asmHeaders) {
    if (!existsSync(join(muslHeaders, "stdio.h"))) {
        throw new Error(`no musl headers for ${machine} in ${muslHeaders}`);
    }
    const kernel = join(scratch, `kernel-${machine}`);
    mkdirSync(kernel);
    symlinkSync("/usr/include/linux", join(kernel, "linux"));
    symlinkSync("/usr/include/asm-generic", join(kernel, "asm-generic"));
    symlinkSync(asmHeaders, join(kernel, "asm"));
    const library = join(scratch, `libc.musl-${machine}.so.1`);
    writeFileSync(join(scratch, "empty.c"), "");
    execFileSync(`${machine}-linux-gnu-gcc`, [
        "-shared",
        "-nostdlib",
        `-Wl,-soname,libc.musl-${machine}.so.1`,
        "-o",
        library,
        join(scratch, "empty.c"),
    ]);
    const compilerHeaders = execFileSync(`${machine}-linux-gnu-gcc`, ["-print-file-name=include"], { encoding: "utf8" }).trim();
    return [
        "-nostdinc",
        "-isystem",
        muslHeaders,
        "-isystem",
        kernel,
        "-isystem",
        compilerHeaders,
        "-nostdlib",
        "-Wl,--no-as-needed",
        library,
    ];
}

/** Names of the C sources and headers, in a fixed order. */
function sources() {
    return readdirSync(sourceFolder)
        .filter((name) => /\.[ch]$/.test(name))
        .sort();
}

/** One hash over every source's name and bytes. */
function sourceHash() {
    const hash = createHash("sha256");
    for (const name of sources()) {
        hash.update(`${name}\n`).update(readFileSync(join(sourceFolder, name)));
    }
    return hash.digest("hex");
}

/** The folder of node_api.h: named by hand, beside this Node, or where npm was told. */
function nodeHeaders() {
    const candidates = [
        process.env.NODE_HEADERS,
        resolve(dirname(process.execPath), "../include/node"),
        process.env.npm_config_nodedir && join(process.env.npm_config_nodedir, "include/node"),
        "/usr/include/node",
        "/usr/local/include/node",
    ];
    const found = candidates.find((folder) => folder && existsSync(join(folder, "node_api.h")));
    if (found === undefined) {
        throw new Error("node_api.h not found: set NODE_HEADERS to the folder that holds Node's headers");
    }
    return found;
}

function compile(compiler, extra, output) {
    mkdirSync(dirname(output), { recursive: true });
    const files = sources().filter((name) => name.endsWith(".c"));
    const define = `-DHOLDFAST_SOURCE_SHA256="${sourceHash()}"`;
    execFileSync(compiler, [...flags, "-shared", define, "-idirafter", nodeHeaders(), ...files, ...extra, "-o", output], {
        cwd: sourceFolder,
        stdio: "inherit",
    });
    console.log(output);
}

function buildPrebuilds(names) {
    const scratch = mkdtempSync(join(tmpdir(), "holdfast-native-"));
    try {
        for (const name of names.length > 0 ? names : Object.keys(targets)) {
            const { compiler, extra } = targets[name](scratch);
            compile(compiler, [...release, ...extra], join(root, "prebuilds", name, "holdfast.node"));
        }
    } finally {
        rmSync(scratch, { recursive: true });
    }
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === "--hash") {
    console.log(sourceHash());
} else if (mode === "--prebuilds") {
    buildPrebuilds(rest);
} else if (mode === "--sanitize") {
    compile(process.env.CC ?? "gcc", ["-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address,undefined"], resolve(rest[0]));
} else {
    compile(process.env.CC ?? "gcc", release, join(sourceFolder, "build", "Release", "holdfast.node"));
}
