import type { Adjustment } from "../service/adjustment.ts";

/** How one try of a check ended. */
export type Outcome =
    /** Without an adjustment the check leaves the weight as it is configured. */
    | { readonly type: "success"; readonly adjustment?: Adjustment }
    /** The server did not do what was asked of it. `reason` is for people: `connection refused`. */
    | { readonly type: "failure"; readonly reason: string }
    /** It could not be asked, by no fault of its own: nothing is known of it. */
    | { readonly type: "impossible"; readonly reason: string };

/** A try that the server failed. @param reason in words for people */
export function failed(reason: string): Outcome {
    return { type: "failure", reason };
}
