import type { ChildMessage, ParentMessage, Role, SnapshotOf } from "../core/supervise/messages.ts";
import type { Channel } from "../io/ipc/channel.ts";

const RETRY_MILLISECONDS = 100;

/** Changed snapshots on their way to the parent: those of one turn of the loop together, the last one of each name. */
export class PublishedSnapshots<R extends Role> {
    readonly #channel: Channel<ChildMessage<R>, ParentMessage<R>>;
    readonly #changed = new Map<string, SnapshotOf<R>>();
    #isScheduled = false;

    constructor(channel: Channel<ChildMessage<R>, ParentMessage<R>>) {
        this.#channel = channel;
    }

    add(snapshots: readonly SnapshotOf<R>[]): void {
        for (const snapshot of snapshots) {
            this.#changed.set(snapshot.name, snapshot);
        }
        if (!this.#isScheduled && this.#changed.size > 0) {
            this.#isScheduled = true;
            setImmediate(() => this.#send());
        }
    }

    #send(): void {
        if (this.#channel.isCongested) {
            // A parent that does not read gets the newest state once it does.
            setTimeout(() => this.#send(), RETRY_MILLISECONDS).unref();
            return;
        }
        this.#isScheduled = false;
        this.#channel.send({ type: "snapshots", snapshots: [...this.#changed.values()], isWhole: false });
        this.#changed.clear();
    }
}
