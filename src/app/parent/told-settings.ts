import { changeParts } from "../../core/base/change-parts.ts";
import { changeOf } from "../../core/base/data-change.ts";
import type { ParentMessage, Role, SettingsOf, SnapshotOf } from "../../core/supervise/messages.ts";

/** Items of a list in one message: a process that is busy with one has an advertisement to send in between. */
const MOST_ITEMS = 16;

/** What each process was told of the configuration last: at a reload it is told only what has changed since. */
export class ToldSettings {
    readonly #told = new Map<Role, SettingsOf<Role>>();

    /** The messages that tell a process its settings. @param snapshots a predecessor's, for a process that is told for the first time */
    messages(role: Role, settings: SettingsOf<Role>, snapshots: readonly SnapshotOf<Role>[]): readonly ParentMessage[] {
        const before = this.#told.get(role);
        this.#told.set(role, settings);
        if (before === undefined) {
            return [{ type: "configure", settings, snapshots }];
        }
        const change = changeOf(before, settings);
        const parts = change === undefined ? [] : changeParts(change, MOST_ITEMS);
        const last = parts.at(-1);
        return [
            ...parts.slice(0, -1).map((part) => ({ type: "reconfigure", change: part, goesOn: true }) as const),
            { type: "reconfigure", ...(last !== undefined && { change: last }) },
        ];
    }

    /** The process of that role is gone. */
    forget(role: Role): void {
        this.#told.delete(role);
    }
}
