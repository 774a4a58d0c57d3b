import type { ChildMessage, Role } from "../../core/supervise/messages.ts";
import type { Journal } from "../../io/journal/journal.ts";
import { withSourcePlaces } from "../../io/system/source-places.ts";
import { type DaemonIdentity, logIdent } from "./run-files.ts";

/** Which process of the daemon speaks. */
export interface Speaker {
    readonly role: Role;
    readonly pid: number;
    readonly identity: DaemonIdentity;
}

/** Writes a child's lines to the daemon's log, under the child's name. */
export function forwardLog(
    journal: Journal,
    { role, pid, identity }: Speaker,
    { lines, dropped }: ChildMessage & { readonly type: "log" },
): void {
    const origin = { ident: logIdent(role, identity), pid };
    if (dropped > 0) {
        journal.write({ level: "warning", text: `${dropped} log lines were lost` }, origin);
    }
    for (const line of lines) {
        journal.write(line.level === "alert" || line.level === "error" ? { ...line, text: withSourcePlaces(line.text) } : line, origin);
    }
}
