import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { afterEach, describe, expect, it } from "vitest";
import { holdCompiling, holdCompilingBriefly, resumeCompiling } from "./compiling.ts";

/** In V8's answer to GetOptimizationStatus: the one bit or, from Node 22 on, the other. */
const OPTIMIZED = (1 << 4) | (1 << 3);
const BURSTS = 50;
const CALLS = 2_000;

setFlagsFromString("--allow-natives-syntax");
const statusOf = new Function("subject", "return %GetOptimizationStatus(subject)") as (subject: unknown) => number;
setFlagsFromString("--no-allow-natives-syntax");

type Subject = (count: number) => number;

let made = 0;

/** Functions that nobody has called so far: so many that V8 does not put them into the one that calls. */
function fresh(): Subject[] {
    return Array.from({ length: 8 }, () => {
        made += 1;
        return new Function("count", `let sum = ${made}; for (let i = 0; i < 20; i++) { sum += (count ^ i) % 7; } return sum;`) as Subject;
    });
}

/** Calls them again and again until V8 has optimized one. */
async function isOptimizedSoon(subjects: readonly Subject[]): Promise<boolean> {
    for (let burst = 0; burst < BURSTS; burst++) {
        for (let call = 0; call < CALLS; call++) {
            for (const subject of subjects) {
                subject(call);
            }
        }
        await turn();
        if (subjects.some((subject) => (statusOf(subject) & OPTIMIZED) !== 0)) {
            return true;
        }
    }
    return false;
}

describe("compiling", () => {
    afterEach(resumeCompiling);

    /** Given functions that are called many thousand times, when V8 is held, then none is optimized; the next ones are when V8 goes on. */
    it("is left until later", async () => {
        holdCompiling();
        expect(await isOptimizedSoon(fresh())).toBe(false);
        resumeCompiling();
        expect(await isOptimizedSoon(fresh())).toBe(true);
    });

    /** Given that nobody says when it is over, when V8 is held briefly, then it goes on by itself. */
    it("goes on by itself when held briefly", async () => {
        holdCompilingBriefly();
        await pause(50);
        expect(await isOptimizedSoon(fresh())).toBe(true);
    });
});
