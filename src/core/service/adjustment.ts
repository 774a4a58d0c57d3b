import { unreachable } from "../base/result.ts";

/** What a checker makes of its server's weight. */
export type Adjustment =
    /** That weight in place of the configured one. */
    | { readonly type: "to"; readonly weight: number }
    /** So much more. */
    | { readonly type: "by"; readonly bonus: number }
    /** So many hundredths of the configured one, rounded up. */
    | { readonly type: "share"; readonly percent: number };

/** What an adjustment adds to a configured weight. */
export function bonusOf(adjustment: Adjustment, configured: number): number {
    switch (adjustment.type) {
        case "to":
            return adjustment.weight - configured;
        case "by":
            return adjustment.bonus;
        case "share":
            return Math.ceil((configured * adjustment.percent) / 100) - configured;
        default:
            return unreachable(adjustment);
    }
}
