import type { TrackerNews } from "../track/tracker-status.ts";

/** What one process of the daemon tells another, by way of the parent. */
export type RelayedBody =
    /** To the vrrp process: how a tracked thing stands now. */
    { readonly type: "tracker"; readonly news: TrackerNews };
