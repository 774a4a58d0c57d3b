import { type Duration, microseconds, NO_TIME } from "../core/base/instant.ts";

const FIRST_LIMIT = 64;
const BUCKETS = 20;

/** How late deadlines were served: what metrics show of a loop's health. */
export interface LatenessSummary {
    readonly count: number;
    readonly max: Duration;
    /** A limit that 99 of 100 deadlines kept. */
    readonly p99: Duration;
    /** How many were late by less than `limit` but not by less than the limit before; the last one has no limit. */
    readonly buckets: readonly { readonly limit?: Duration; readonly count: number }[];
}

/** Counts lateness in buckets that double: 64 µs, 128 µs, … half a minute. Recording costs no memory. */
export class LatenessHistogram {
    readonly #counts = new Uint32Array(BUCKETS + 1);
    #max = NO_TIME;

    record(lateness: Duration): void {
        const bucket = Math.min(BUCKETS, Math.max(0, 32 - Math.clz32(Math.floor(lateness / FIRST_LIMIT))));
        this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
        if (lateness > this.#max) {
            this.#max = lateness;
        }
    }

    summary(): LatenessSummary {
        const count = this.#counts.reduce((total, one) => total + one, 0);
        return { count, max: this.#max, p99: this.#quantile(count * 0.99), buckets: Array.from(this.#counts, describeBucket) };
    }

    #quantile(rank: number): Duration {
        let seen = 0;
        for (const [bucket, count] of this.#counts.entries()) {
            seen += count;
            if (seen >= rank && bucket < BUCKETS) {
                return microseconds(Math.min(FIRST_LIMIT * 2 ** bucket, this.#max));
            }
        }
        return this.#max;
    }
}

function describeBucket(count: number, bucket: number): { readonly limit?: Duration; readonly count: number } {
    return bucket === BUCKETS ? { count } : { limit: microseconds(FIRST_LIMIT * 2 ** bucket), count };
}
