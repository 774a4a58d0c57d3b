import { setFlagsFromString } from "node:v8";

const EVERYTHING = "*";
const NOTHING = "~";

/** Milliseconds. */
const BRIEFLY = 20;

/**
 * V8 begins to optimize nothing until `resumeCompiling`; what it has begun it ends. It does so in a thread that takes the processor away for milliseconds
 * where there are few of them, and it does so when much is done at last: just in the moment that counts. A function whose turn
 * it was meanwhile may wait for long until V8 thinks of it again: not to be held for longer than a moment.
 */
export function holdCompiling(): void {
    optimizeOnly(NOTHING);
}

/** The same for whoever is told that something may happen, and not that it did not. */
export function holdCompilingBriefly(): void {
    holdCompiling();
    setTimeout(resumeCompiling, BRIEFLY).unref();
}

/** As before. */
export function resumeCompiling(): void {
    optimizeOnly(EVERYTHING);
}

/** Both compilers have a filter of functions' names, which is asked before one is begun with. */
function optimizeOnly(names: string): void {
    setFlagsFromString(`--turbo-filter=${names}`);
    setFlagsFromString(`--maglev-filter=${names}`);
}
