import { changeOf } from "../../core/base/data-change.ts";
import type { ParentMessage, Role, SettingsOf, SnapshotOf } from "../../core/supervise/messages.ts";

/** What each process was told of the configuration last: at a reload it is told only what has changed since. */
export class ToldSettings {
    readonly #told = new Map<Role, SettingsOf<Role>>();

    /** The message that tells a process its settings. @param snapshots a predecessor's, for a process that is told for the first time */
    message(role: Role, settings: SettingsOf<Role>, snapshots: readonly SnapshotOf<Role>[]): ParentMessage {
        const before = this.#told.get(role);
        this.#told.set(role, settings);
        if (before === undefined) {
            return { type: "configure", settings, snapshots };
        }
        const change = changeOf(before, settings);
        return { type: "reconfigure", ...(change !== undefined && { change }) };
    }

    /** The process of that role is gone. */
    forget(role: Role): void {
        this.#told.delete(role);
    }
}
