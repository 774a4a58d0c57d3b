import { takeAll } from "../base/take-all.ts";
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

    /** All real servers of that virtual server have. */
    noteAll(server: VirtualServer): void {
        for (const { name } of server.settings.realServers) {
            this.note(server, name);
        }
    }

    /** A reload leaves that virtual server these real servers: of new ones there is nothing to remember yet. */
    noteReload(server: VirtualServer, staying: ReadonlySet<string>): void {
        for (const { name } of server.settings.realServers) {
            if (staying.has(name)) {
                this.note(server, name);
            } else {
                this.#noteGone(server, name);
            }
        }
    }

    /** How those stand that have changed since this was asked last. */
    take(): readonly ServerSnapshot[] {
        const changed = Array.from(this.#changed.values(), ({ server, name }) => server.snapshot(name));
        this.#changed.clear();
        return changed;
    }

    /** The names of snapshots that are void. */
    takeGone(): readonly string[] {
        return takeAll(this.#gone);
    }

    #noteGone({ settings }: VirtualServer, name: string): void {
        const key = snapshotName(settings.key, name);
        this.#changed.delete(key);
        this.#gone.add(key);
    }
}
