import type { BulkLane, BulkWork } from "./world.ts";

/** So many are dealt with in one step: to render a report for the log, or to gather what a virtual router knows, takes a few hundredths of a millisecond. */
const SHARE = 16;

/** Things to be dealt with in order, as bulk work: when a thousand virtual routers change over, no advertisement waits for the log. */
export class BulkQueue<Item> implements BulkWork {
    readonly #bulk: BulkLane;
    readonly #handle: (items: readonly Item[]) => void;
    #waiting: Item[] = [];
    #handled = 0;

    constructor(bulk: BulkLane, handle: (items: readonly Item[]) => void) {
        this.#bulk = bulk;
        this.#handle = handle;
    }

    add(item: Item): void {
        this.#waiting.push(item);
        this.#bulk.add(this);
    }

    step(): boolean {
        const items = this.#waiting.slice(this.#handled, this.#handled + SHARE);
        this.#handled += items.length;
        if (this.#handled === this.#waiting.length) {
            this.#waiting = [];
            this.#handled = 0;
        }
        if (items.length > 0) {
            this.#handle(items);
        }
        return this.#waiting.length > 0;
    }

    /** Deals with all that is left, now: for a process that is about to end. */
    finish(): void {
        while (this.step()) {}
    }
}
