import type { BulkWork } from "../host/world.ts";

/** So many virtual routers are told of in one step: to gather what one of them knows takes some hundredths of a millisecond. */
const SHARE = 16;

/** What a reload has made of virtual routers on its way to the parent, as bulk work: with thousands of them no advertisement waits for it. */
export class SnapshotTeller implements BulkWork {
    readonly #changed: string[];
    readonly #publish: (routers: readonly string[], gone: readonly string[]) => void;
    #gone: readonly string[];

    /** @param changed virtual routers that have other settings or are new @param gone names that nobody has any more */
    constructor(
        changed: readonly string[],
        gone: readonly string[],
        publish: (routers: readonly string[], gone: readonly string[]) => void,
    ) {
        this.#changed = [...changed];
        this.#gone = gone;
        this.#publish = publish;
    }

    step(): boolean {
        const gone = this.#gone;
        this.#gone = [];
        const share = this.#changed.splice(0, SHARE);
        if (share.length + gone.length > 0) {
            this.#publish(share, gone);
        }
        return this.#changed.length > 0;
    }
}
