import type { Parameters } from "fast-check";

const SECONDS = Number(process.env["HOLDFAST_FUZZ_SECONDS"] ?? 2);

/**
 * As many runs as fit into the time budget (HOLDFAST_FUZZ_SECONDS for each target, 2 by default). A failure prints the seed with which it comes
 * again; the smallest counterexample then becomes a case of the target's own tests.
 */
export function withinBudget<Values>(): Parameters<Values> {
    return { numRuns: 10_000_000, interruptAfterTimeLimit: SECONDS * 1_000, markInterruptAsFailure: false };
}

/** The budget of one of many targets, of which each gets a share. */
export function budgetMilliseconds(share: number): number {
    return share * SECONDS * 1_000;
}
