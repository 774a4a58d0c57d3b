import type { Parameters } from "fast-check";

const SECONDS = Number(process.env["HOLDFAST_FUZZ_SECONDS"] ?? 2);

/**
 * As many runs as fit into the time budget (HOLDFAST_FUZZ_SECONDS for each target, 2 by default). A failure prints the seed with which it comes
 * again; the smallest counterexample then becomes a case of the target's own tests.
 *
 * @param share of the budget: where there are many targets each gets less
 */
export function withinBudget<Values>(share = 1): Parameters<Values> {
    return { numRuns: 10_000_000, interruptAfterTimeLimit: share * SECONDS * 1_000, markInterruptAsFailure: false };
}
