import type { Attachment } from "./attachment.ts";
import type { RouterCounters } from "./router-counters.ts";
import type { VirtualRouterSettings } from "./settings.ts";

/** What the parts of one virtual router share. Only the virtual router itself writes into it. */
export interface RouterContext {
    settings: VirtualRouterSettings;
    attachment: Attachment;
    readonly counters: RouterCounters;
}
