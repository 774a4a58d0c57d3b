import { isSameData } from "../core/base/same-data.ts";
import type { ChildMessage, ParentMessage, Role, SnapshotOf } from "../core/supervise/messages.ts";
import type { Channel } from "../io/ipc/channel.ts";

const RETRY_MILLISECONDS = 100;

/** Changed snapshots on their way to the parent: those of one turn of the loop together, the last one of each name. */
export class PublishedSnapshots<R extends Role> {
    readonly #channel: Channel<ChildMessage<R>, ParentMessage<R>>;
    readonly #changed = new Map<string, SnapshotOf<R>>();
    /** What the parent knows. */
    #told = new Map<string, SnapshotOf<R>>();
    readonly #gone = new Set<string>();
    #isScheduled = false;

    constructor(channel: Channel<ChildMessage<R>, ParentMessage<R>>) {
        this.#channel = channel;
    }

    /** @param gone the names of those that are void */
    add(snapshots: readonly SnapshotOf<R>[], gone: readonly string[] = []): void {
        for (const name of gone) {
            this.#changed.delete(name);
            this.#gone.add(name);
        }
        for (const snapshot of snapshots) {
            this.#changed.set(snapshot.name, snapshot);
            this.#gone.delete(snapshot.name);
        }
        if (!this.#isScheduled && this.#changed.size + this.#gone.size > 0) {
            this.#isScheduled = true;
            setImmediate(() => this.#send());
        }
    }

    /** These are all there are: tells what the parent does not know yet. */
    tellAll(snapshots: readonly SnapshotOf<R>[]): void {
        const isWhole = snapshots.length !== this.#told.size || snapshots.some(({ name }) => !this.#told.has(name));
        const news = isWhole ? snapshots : snapshots.filter((snapshot) => !isSameData(snapshot, this.#told.get(snapshot.name)));
        this.#changed.clear();
        this.#gone.clear();
        this.#told = new Map(snapshots.map((snapshot) => [snapshot.name, snapshot]));
        if (isWhole || news.length > 0) {
            this.#channel.send({ type: "snapshots", snapshots: news, isWhole });
        }
    }

    #send(): void {
        if (this.#channel.isCongested) {
            // A parent that does not read gets the newest state once it does.
            setTimeout(() => this.#send(), RETRY_MILLISECONDS).unref();
            return;
        }
        this.#isScheduled = false;
        if (this.#changed.size + this.#gone.size > 0) {
            const gone = this.#gone.size === 0 ? {} : { gone: [...this.#gone] };
            this.#channel.send({ type: "snapshots", snapshots: [...this.#changed.values()], isWhole: false, ...gone });
        }
        for (const name of this.#gone) {
            this.#told.delete(name);
        }
        this.#gone.clear();
        for (const [name, snapshot] of this.#changed) {
            this.#told.set(name, snapshot);
        }
        this.#changed.clear();
    }
}
