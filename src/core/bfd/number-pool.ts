/** Numbers of a range, handed out by chance, each to one owner at a time as long as there are enough. */
export class NumberPool {
    readonly #first: number;
    readonly #count: number;
    readonly #random: () => number;
    readonly #taken = new Set<number>();

    /** @param random from 0 up to but never 1 */
    constructor(first: number, last: number, random: () => number) {
        this.#first = first;
        this.#count = last - first + 1;
        this.#random = random;
    }

    /** A number that nobody else has; when all are taken, any. */
    take(): number {
        const start = Math.floor(this.#random() * this.#count);
        const isFull = this.#taken.size >= this.#count;
        let step = 0;
        while (!isFull && this.#taken.has(this.#first + ((start + step) % this.#count))) {
            step++;
        }
        return this.reserve(this.#first + ((start + step) % this.#count));
    }

    /** Takes this very number, which its owner had before. */
    reserve(number: number): number {
        this.#taken.add(number);
        return number;
    }

    /** The owner needs it no more. */
    release(number: number): void {
        this.#taken.delete(number);
    }
}
