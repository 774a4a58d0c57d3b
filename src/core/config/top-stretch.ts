import type { OpenValue, Row } from "./compiled-table.ts";
import type { TopBlock } from "./kept-blocks.ts";

/** Some lines of the top level while they are read: whether they are one block of which there may be many, and nothing else. */
export class TopStretch {
    #statements = 0;
    #block: TopBlock | undefined;
    /** A block with a keyword that is not acted upon is read again each time, so that it is told of each time. */
    #hasUnacted = false;

    /** What follows is the next one. @param isAtTop else what was begun before is not whole */
    begin(isAtTop: boolean): void {
        this.#statements = isAtTop ? 0 : 1;
        this.#block = undefined;
        this.#hasUnacted = false;
    }

    /** The block, if there is nothing but one. */
    get soleBlock(): TopBlock | undefined {
        return this.#statements === 1 && !this.#hasUnacted ? this.#block : undefined;
    }

    /** A statement of the top level. */
    noteStatement(): void {
        this.#statements += 1;
    }

    noteUnacted(): void {
        this.#hasUnacted = true;
    }

    /** A block of the top level. Those that may stand once by name have to be looked at together. */
    noteBlock({ key, keyword }: Row, value: OpenValue | undefined): void {
        if (keyword.kind === "block" && keyword.many && keyword.about.uniqueHead !== true) {
            this.#block = { key, value: value as OpenValue };
        }
    }
}
