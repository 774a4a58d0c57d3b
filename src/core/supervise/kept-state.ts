import type { NamedSnapshot } from "./messages.ts";

/** What a process said last of each thing that it looks after: handed to its successor when it dies, and shown when it cannot answer. */
export class KeptState<Snapshot extends NamedSnapshot> {
    #snapshots: Map<string, Snapshot>;

    /** @param snapshots known from before */
    constructor(snapshots: readonly Snapshot[] = []) {
        this.#snapshots = new Map(snapshots.map((snapshot) => [snapshot.name, snapshot]));
    }

    /** The last state of all of them. */
    get snapshots(): readonly Snapshot[] {
        return [...this.#snapshots.values()];
    }

    /** Takes news. @param isWhole whether these are all there are; else the others stay as they are, but for those that are gone */
    take(snapshots: readonly Snapshot[], isWhole: boolean, gone: readonly string[] = []): void {
        for (const name of gone) {
            this.#snapshots.delete(name);
        }
        if (isWhole) {
            this.#snapshots.clear();
        }
        for (const snapshot of snapshots) {
            this.#snapshots.set(snapshot.name, snapshot);
        }
    }
}
