import type { root } from "../blocks/root.ts";
import type { VrrpInstance } from "../blocks/vrrp-instance.ts";
import type { Complaint } from "../complaint.ts";
import type { Position } from "../position.ts";
import type { BlockValue } from "../schema.ts";
import type { CompletedGlobals } from "./globals.ts";
import type { Routing } from "./routing.ts";
import type { Trackers } from "./trackers.ts";
import type { VirtualLinkPlan } from "./virtual-links.ts";

/** One `vrrp_instance` as it was written. */
export type Instance = VrrpInstance;

/** A whole configuration as it was written. */
export type Configuration = BlockValue<typeof root>;

/** Takes a complaint; the work goes on, so that all causes are reported at once. */
export type Report = (at: Position, complaint: Complaint) => void;

/** What every step knows besides its instance. */
export interface Scope {
    readonly globals: CompletedGlobals;
    readonly trackers: Trackers;
    readonly routing: Routing;
    readonly virtualLinks: VirtualLinkPlan;
    readonly report: Report;
}
