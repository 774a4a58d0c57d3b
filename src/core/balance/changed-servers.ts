import type { ServerSnapshot } from "./snapshot.ts";
import { snapshotName, type VirtualServer } from "./virtual-server.ts";

/** Of which real servers a successor has to know something else than it would have been told before. */
export class ChangedServers {
    readonly #changed = new Map<string, { readonly server: VirtualServer; readonly name: string }>();
    readonly #gone = new Set<string>();

    /** That real server has changed. */
    note(server: VirtualServer, name: string): void {
        const key = snapshotName(server.settings.key, name);
        this.#changed.set(key, { server, name });
        this.#gone.delete(key);
    }

    /** There is no such real server any more. */
    noteGone({ settings }: VirtualServer, name: string): void {
        const key = snapshotName(settings.key, name);
        this.#changed.delete(key);
        this.#gone.add(key);
    }

    /** How those stand that have changed since this was asked last. */
    take(): readonly ServerSnapshot[] {
        const changed = Array.from(this.#changed.values(), ({ server, name }) => server.snapshot(name));
        this.#changed.clear();
        return changed;
    }

    /** The names of snapshots that are void. */
    takeGone(): readonly string[] {
        const gone = [...this.#gone];
        this.#gone.clear();
        return gone;
    }
}
