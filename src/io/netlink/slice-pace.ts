/** The kernel's work on one slice, in nanoseconds: a step of bulk work is to be that short. */
const STEP = 2_000_000;
const FIRST = 2;
/** As many as one system call takes at most. */
export const LARGEST_SLICE = 256;

/**
 * How many addresses go to the kernel at once: few at first, for the sooner the first one can be used; then as many as fit a step. The more
 * addresses an interface has the longer each takes, and those of IPv6 take a hundred times as long as those of IPv4.
 */
export class SlicePace {
    #size = FIRST;

    /** For the next slice. */
    get size(): number {
        return this.#size;
    }

    /** This many took so long, in nanoseconds. */
    took(count: number, nanoseconds: number): void {
        const fitting = Math.floor((count * STEP) / Math.max(nanoseconds, 1));
        this.#size = Math.max(1, Math.min(fitting, 2 * this.#size, LARGEST_SLICE));
    }
}
