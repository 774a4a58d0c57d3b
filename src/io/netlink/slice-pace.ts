import { type Duration, microseconds } from "../../core/base/instant.ts";

const FIRST = 2;
/** As many as one system call takes at most. */
export const LARGEST_SLICE = 512;
const NANOSECONDS = 1_000;

/**
 * How many addresses go to the kernel at once: few at first, for the sooner the first one can be used; then as many as fit the time that there
 * is. The more addresses an interface has the longer each takes, and those of IPv6 take a hundred times as long as those of IPv4.
 */
export class SlicePace {
    #largest = FIRST;
    /** What one took last, in nanoseconds. */
    #cost = 0;

    /** For the next slice, when it may take so long. */
    sizeWithin(span: Duration): number {
        const fitting = this.#cost === 0 ? FIRST : Math.floor((span * NANOSECONDS) / this.#cost);
        return Math.max(1, Math.min(fitting, this.#largest));
    }

    /** This many took so long, in nanoseconds. */
    took(count: number, nanoseconds: number): void {
        this.#cost = Math.max(nanoseconds / count, 1);
        this.#largest = Math.min(2 * Math.max(count, FIRST), LARGEST_SLICE);
    }
}

/** No hurry at all. */
export const NO_HURRY = microseconds(1_000_000);
