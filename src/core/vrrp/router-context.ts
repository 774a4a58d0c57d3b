import type { TrackedStanding } from "../track/tracked-sum.ts";
import type { Attachment } from "./attachment.ts";
import type { Authenticity } from "./auth/authenticity.ts";
import type { RouterCounters } from "./router-counters.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import type { SyncBond } from "./sync-bond.ts";

/** What the parts of one virtual router share. Only the virtual router itself writes into it. */
export interface RouterContext {
    settings: VirtualRouterSettings;
    attachment: Attachment;
    standing: TrackedStanding;
    /** Its sync group, if it is a member of one. */
    bond: SyncBond | undefined;
    readonly counters: RouterCounters;
    readonly authenticity: Authenticity;
}
