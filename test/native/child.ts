import { spawn } from "node:child_process";
import { findAddon, thisPlace } from "../../src/io/native/load.ts";

/** The addon that is under test. */
export const ADDON_FILE = findAddon(thisPlace()) ?? "";

/** How a child program ended. */
export interface Ending {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly output: string;
    readonly errors: string;
}

/** A Node of its own that runs `program`, in which `addon` is the addon and `C` its constants. */
export function startChild(program: string, flags: readonly string[] = []) {
    const prologue = `const addon = require(${JSON.stringify(ADDON_FILE)}); const C = addon.constants;\n`;
    return spawn(process.execPath, [...flags, "-e", prologue + program], { stdio: ["pipe", "pipe", "pipe"] });
}

/** Waits for a child's end and gathers what it printed. */
export function ending(child: ReturnType<typeof startChild>): Promise<Ending> {
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk) => {
        output += chunk;
    });
    child.stderr.on("data", (chunk) => {
        errors += chunk;
    });
    return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, output, errors })));
}

/** Runs a child program to its end. */
export function runChild(program: string, flags: readonly string[] = []): Promise<Ending> {
    return ending(startChild(program, flags));
}

/** Waits until the child has printed `text`. */
export function printed(child: ReturnType<typeof startChild>, text: string): Promise<void> {
    return new Promise((resolve) => {
        let seen = "";
        child.stdout.on("data", (chunk) => {
            seen += chunk;
            if (seen.includes(text)) {
                resolve();
            }
        });
    });
}
