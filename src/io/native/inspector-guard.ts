import { createRequire } from "node:module";

/** Long enough for a SIGUSR1 that Node itself caught to have opened the debugger. */
const LOOK_AGAIN_AFTER_MS = [0, 100, 1_000];

/**
 * Closes a debugger that a SIGUSR1 opened before the addon took that signal away from Node; looks again a few times, as it opens in a thread.
 *
 * One that was asked for on the command line, or in NODE_OPTIONS, stays.
 */
export function keepInspectorShut(): void {
    const options = [...process.execArgv, ...(process.env["NODE_OPTIONS"] ?? "").split(/\s+/)];
    if (options.some((option) => /^--inspect(-brk|-wait)?(=|$)/.test(option))) {
        return;
    }
    for (const delay of LOOK_AGAIN_AFTER_MS) {
        setTimeout(closeInspector, delay).unref();
    }
    closeInspector();
}

function closeInspector(): void {
    try {
        const inspector = createRequire(import.meta.url)("node:inspector") as typeof import("node:inspector");
        if (inspector.url() !== undefined) {
            inspector.close();
        }
    } catch (error) {
        // A Node without a debugger cannot open one.
        if ((error as { readonly code?: string }).code !== "ERR_INSPECTOR_NOT_AVAILABLE") {
            throw error;
        }
    }
}
