import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { milliseconds, NO_TIME } from "../base/instant.ts";
import { causeOf, HOLD_UP_CAUSES, type HoldUpEvidence } from "./hold-up.ts";

const NOTHING: HoldUpEvidence = {
    lateness: milliseconds(100),
    suspended: NO_TIME,
    collecting: NO_TIME,
    working: NO_TIME,
    waiting: NO_TIME,
    stolen: NO_TIME,
};

describe("the cause of a hold-up", () => {
    it.each([
        ["stopped", {}],
        ["stopped", { working: milliseconds(20), waiting: milliseconds(5) }],
        ["own-work", { working: milliseconds(98) }],
        ["own-work", { working: milliseconds(98), collecting: milliseconds(30) }],
        ["collection", { working: milliseconds(98), collecting: milliseconds(60) }],
        ["processor", { working: milliseconds(10), waiting: milliseconds(85) }],
        ["steal", { working: milliseconds(10), stolen: milliseconds(90) }],
        // The machine's figures come in hundredths of a second, and are those of all its processors.
        ["processor", { waiting: milliseconds(95), stolen: milliseconds(10) }],
        ["suspended", { suspended: milliseconds(100), working: milliseconds(40) }],
    ] as const)("is %s with %j", (cause, evidence) => {
        expect(causeOf({ ...NOTHING, ...evidence })).toBe(cause);
    });

    it("is always one of them, whatever was measured", () => {
        const span = fc.integer({ min: -1_000, max: 10_000_000 }).map((value) => value as typeof NO_TIME);
        const evidence = fc.record({ lateness: span, suspended: span, collecting: span, working: span, waiting: span, stolen: span });
        fc.assert(fc.property(evidence, (one) => HOLD_UP_CAUSES.includes(causeOf(one))));
    });
});
