/** The value below which this share (0 to 1) of the values lies; NaN when there are none. */
export function quantile(values: readonly number[], share: number): number {
    const sorted = [...values].sort((left, right) => left - right);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle value. */
export function median(values: readonly number[]): number {
    return quantile(values, 0.5);
}

/** Median, nine in ten, and worst, as cells of a table. */
export function spreadCells(values: readonly number[], digits = 2): readonly string[] {
    return [0.5, 0.9, 1].map((share) => quantile(values, share).toFixed(digits));
}
