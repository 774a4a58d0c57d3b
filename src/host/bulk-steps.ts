import type { BulkWork } from "./world.ts";

/** Steps that are done one after the other as bulk work, in the order in which they were added: between two of them the loop turns. */
export class BulkSteps implements BulkWork {
    readonly #steps: (() => void)[] = [];

    /** Its owner adds it to the bulk lane. */
    add(...steps: readonly (() => void)[]): void {
        this.#steps.push(...steps);
    }

    step(): boolean {
        this.#steps.shift()?.();
        return this.#steps.length > 0;
    }

    /** Does all that is left, now. */
    finish(): void {
        while (this.step()) {}
    }
}
