import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withinBudget } from "./budget.ts";
import { corpusOf, keep } from "./corpus.ts";
import { TARGETS, type Target } from "./targets.ts";

/** Any bytes, or something kept with bytes changed, cut out, doubled or put behind. */
function inputs(corpus: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
    const any = fc.uint8Array({ maxLength: 400, size: "max" });
    if (corpus.length === 0) {
        return any;
    }
    const part = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    const change = fc.record({ at: part, value: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 127, 128, 255)) });
    const spoilt = fc
        .record({
            one: fc.constantFrom(...corpus),
            changes: fc.array(change, { maxLength: 8 }),
            from: part,
            to: part,
            tail: fc.option(any),
        })
        .map(({ one, changes, from, to, tail }) => {
            const bytes = one.slice();
            for (const { at, value } of changes) {
                bytes[Math.floor(at * bytes.length)] = value;
            }
            const [first, last] = [Math.floor(from * bytes.length), Math.floor(to * bytes.length)];
            const kept = first < last ? [bytes.subarray(0, first), bytes.subarray(last)] : [bytes, bytes.subarray(last, first)];
            return Uint8Array.from(Buffer.concat(tail === null ? kept.slice(0, 1) : [...kept, tail]));
        });
    return fc.oneof({ arbitrary: spoilt, weight: 4 }, { arbitrary: any, weight: 1 });
}

function explore(name: string, target: Target): void {
    const property = fc.property(inputs(corpusOf(name)), (bytes) => {
        target(bytes);
    });
    const result = fc.check(property, withinBudget(0.5));
    const [bytes] = result.counterexample ?? [];
    if (bytes !== undefined) {
        const why = `seed ${result.seed}, path ${result.counterexamplePath}: ${String(result.errorInstance)}`;
        keep(name, bytes, why.replaceAll("\n", " "));
        expect.fail(`${name} threw for ${Buffer.from(bytes).toString("hex")} (kept in its corpus); ${why}`);
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
    it.each(Object.entries(TARGETS))("%s", (name, target) => {
        explore(name, target);
    });
});
