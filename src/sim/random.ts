/**
 * Chance that can be had again: the same seed gives the same run, on every machine.
 *
 * The generator is SplitMix32: small, and good enough to choose faults by; never for secrets.
 */
export class SeededRandom {
    #state: number;

    /** @param seed any integer; only its lowest 32 bits count */
    constructor(seed: number) {
        this.#state = seed >>> 0;
    }

    /** A number from 0 up to but never 1. */
    fraction(): number {
        this.#state = (this.#state + 0x9e3779b9) >>> 0;
        let mixed = this.#state;
        mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
        mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
        return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000;
    }

    /** A whole number from `lowest` to `highest`, both included. */
    integer(lowest: number, highest: number): number {
        return lowest + Math.floor(this.fraction() * (highest - lowest + 1));
    }

    /** True with this probability. */
    chance(probability: number): boolean {
        return this.fraction() < probability;
    }

    /** One of several. The list must not be empty. */
    pick<Item>(items: readonly Item[]): Item {
        const item = items[this.integer(0, items.length - 1)];
        if (item === undefined) {
            throw new RangeError("nothing to pick from");
        }
        return item;
    }
}
