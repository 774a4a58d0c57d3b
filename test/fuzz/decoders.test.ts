import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../src/sim/random.ts";
import { budgetMilliseconds } from "./budget.ts";
import { corpusOf, keep } from "./corpus.ts";
import { spoil } from "./spoiler.ts";
import { TARGETS, type Target } from "./targets.ts";

/** So many inputs between two looks at the clock. */
const ROUND = 200;
const FEWEST = 2_000;

function errorOf(target: Target, bytes: Uint8Array): unknown {
    try {
        target(bytes.slice());
        return undefined;
    } catch (error) {
        return error;
    }
}

/** As short as it goes while it still fails. */
function shortened(target: Target, bytes: Uint8Array): Uint8Array {
    let shortest = bytes;
    for (let length = bytes.length - 1; length >= 0; length--) {
        if (errorOf(target, bytes.subarray(0, length)) !== undefined) {
            shortest = bytes.slice(0, length);
        }
    }
    return shortest;
}

function explore(name: string, target: Target, seed: number): void {
    const random = new SeededRandom(seed);
    const corpus = corpusOf(name);
    const end = Date.now() + budgetMilliseconds(0.25);
    for (let run = 0; run < FEWEST || run % ROUND !== 0 || Date.now() < end; run++) {
        const bytes = spoil(corpus, random);
        const error = errorOf(target, bytes);
        if (error !== undefined) {
            const kept = shortened(target, bytes);
            const why = `seed ${seed}, run ${run}: ${String(error).split("\n")[0]}`;
            keep(name, kept, why);
            expect.fail(`${name} threw for ${Buffer.from(kept).toString("hex")} (kept in its corpus); ${why}`);
        }
    }
}

describe("what is kept", () => {
    it.each(Object.entries(TARGETS))("%s: there is something, and nothing of it makes the decoder throw", (name, target) => {
        const corpus = corpusOf(name);
        expect(corpus.length).toBeGreaterThan(0);
        for (const bytes of corpus) {
            target(bytes);
        }
    });
});

describe("any bytes", () => {
    const seed = Number(process.env["HOLDFAST_FUZZ_SEED"] ?? Date.now() % 1_000_000_007);

    it.each(Object.entries(TARGETS))(`%s (seed ${seed})`, (name, target) => {
        explore(name, target, seed);
    });
});
