import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { NativeAddon } from "./addon.ts";

/** Where the addon is looked for, and for which machine. */
export interface AddonPlace {
    /** The folder of the package, which holds `prebuilds/` and `native/`. */
    readonly root: string;
    readonly arch: string;
    readonly libc: "glibc" | "musl";
    /** The environment's HOLDFAST_NATIVE: a file that is taken instead of any other. */
    readonly override: string | undefined;
}

const BUILD_COMMAND = "npm run build:native";

/** The addon could not be loaded; the message says from where, why, and how to build it. */
export class AddonMissingError extends Error {
    readonly code = "ERR_HOLDFAST_NATIVE";
}

/** Loads the addon: HOLDFAST_NATIVE, else a build of one's own, else the binary shipped for this machine. @throws AddonMissingError */
export function loadAddon(place: AddonPlace = thisPlace()): NativeAddon {
    const file = findAddon(place);
    if (file === undefined) {
        throw new AddonMissingError(
            `No native addon for linux-${place.arch} (${place.libc}). Build it with "${BUILD_COMMAND}" in ${place.root} (needs a C compiler); looked for:\n  ${addonCandidates(place).join("\n  ")}`,
        );
    }
    try {
        return createRequire(import.meta.url)(file) as NativeAddon;
    } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new AddonMissingError(
            `Cannot load ${file}: ${reason}\nBuild one for this machine with "${BUILD_COMMAND}" in ${place.root}.`,
            {
                cause,
            },
        );
    }
}

/** The file that {@link loadAddon} would load; undefined when there is none. */
export function findAddon(place: AddonPlace): string | undefined {
    return addonCandidates(place).find((file) => existsSync(file));
}

/** Every file that may be the addon, best first. */
export function addonCandidates(place: AddonPlace): readonly string[] {
    if (place.override !== undefined && place.override !== "") {
        return [place.override];
    }
    const suffix = place.libc === "musl" ? "-musl" : "";
    return [
        join(place.root, "native", "build", "Release", "holdfast.node"),
        join(place.root, "prebuilds", `linux-${place.arch}${suffix}`, "holdfast.node"),
    ];
}

/** This package, on this machine. */
export function thisPlace(): AddonPlace {
    return { root: packageRoot(), arch: process.arch, libc: libcInUse(), override: process.env["HOLDFAST_NATIVE"] };
}

function packageRoot(): string {
    const start = dirname(fileURLToPath(import.meta.url));
    let folder = start;
    while (!existsSync(join(folder, "package.json"))) {
        const above = dirname(folder);
        if (above === folder) {
            return start;
        }
        folder = above;
    }
    return folder;
}

/** Which C library this Node runs on: musl's loader is mapped into every process that uses it. */
function libcInUse(): "glibc" | "musl" {
    return readFileSync("/proc/self/maps", "latin1").includes("/ld-musl-") ? "musl" : "glibc";
}
