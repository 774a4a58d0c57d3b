import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { microseconds, seconds } from "../core/base/instant.ts";
import { LatenessHistogram } from "./lateness.ts";

describe("lateness", () => {
    it("is nothing at first", () => {
        expect(new LatenessHistogram().summary()).toMatchObject({ count: 0, max: 0, p99: 0 });
    });

    it("falls into the bucket whose limit it stays below", () => {
        for (const [lateness, bucket] of [
            [0, 0],
            [63, 0],
            [64, 1],
            [127, 1],
            [128, 2],
            [1_000_000, 14],
            [60_000_000, 20],
        ] as const) {
            const histogram = new LatenessHistogram();
            histogram.record(microseconds(lateness));
            const counts = histogram.summary().buckets.map((one) => one.count);
            expect(counts.indexOf(1), `${lateness} µs`).toBe(bucket);
        }
    });

    it("has a 99th percentile that is no lower than the true one and at most twice as high", () => {
        fc.assert(
            fc.property(fc.array(fc.integer({ min: 64, max: 20_000_000 }), { minLength: 1, maxLength: 300 }), (values) => {
                const histogram = new LatenessHistogram();
                for (const value of values) {
                    histogram.record(microseconds(value));
                }
                const sorted = [...values].sort((left, right) => left - right);
                const exact = sorted[Math.ceil(values.length * 0.99) - 1] ?? 0;
                const { p99, max } = histogram.summary();
                expect(p99).toBeGreaterThanOrEqual(exact);
                expect(p99).toBeLessThanOrEqual(2 * exact);
                expect(max).toBe(sorted.at(-1));
            }),
        );
    });

    it("of minutes is counted without a limit", () => {
        const histogram = new LatenessHistogram();
        histogram.record(seconds(600));
        expect(histogram.summary()).toMatchObject({ count: 1, p99: seconds(600), max: seconds(600) });
    });
});
