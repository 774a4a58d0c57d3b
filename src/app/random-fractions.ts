import { randomFillSync } from "node:crypto";

const POOL_SIZE = 256;

/** Numbers that cannot be guessed, fetched from the system many at a time: to draw one costs next to nothing, even in the moment that counts. */
export class RandomFractions {
    readonly #pool = new Uint32Array(POOL_SIZE);
    #left = 0;

    /** From 0 up to but never 1. */
    next(): number {
        if (this.#left === 0) {
            randomFillSync(this.#pool);
            this.#left = POOL_SIZE;
        }
        this.#left -= 1;
        return (this.#pool[this.#left] ?? 0) / 0x1_0000_0000;
    }
}
