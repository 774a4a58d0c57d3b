import type { Notice } from "../notify/notice.ts";
import type { TrackerNews } from "../track/tracker-status.ts";

/** What one process of the daemon tells another, by way of the parent. */
export type RelayedBody =
    /** To the vrrp process: how a tracked thing stands now. */
    | { readonly type: "tracker"; readonly news: TrackerNews }
    /** To the runner: tell this to somebody outside. */
    | { readonly type: "notice"; readonly notice: Notice };

/** Whether the parent keeps it until it is acknowledged, so that a successor of whoever dies over it hears it again. */
export function isKept(body: RelayedBody): boolean {
    return body.type === "notice";
}
