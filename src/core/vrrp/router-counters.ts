import type { RejectionReason } from "./reports.ts";
import type { VirtualRouterCounters } from "./snapshot.ts";

/** What one virtual router counts, growing. */
export class RouterCounters {
    advertisementsReceived = 0;
    advertisementsSent = 0;
    becameActive = 0;
    releasedActive = 0;
    priorityZeroReceived = 0;
    priorityZeroSent = 0;
    addressListErrors = 0;
    unsignedAccepted = 0;
    foreignRemovals = 0;
    rejections: Partial<Record<RejectionReason, number>> = {};

    /** A packet was dropped for that reason. */
    rejected(reason: RejectionReason): void {
        this.rejections[reason] = (this.rejections[reason] ?? 0) + 1;
    }

    /** Goes on from where a predecessor stood. */
    restore(counters: VirtualRouterCounters): void {
        Object.assign(this, counters, { rejections: { ...counters.rejections } });
    }

    /** A copy that does not change. */
    snapshot(): VirtualRouterCounters {
        return { ...this, rejections: { ...this.rejections } };
    }
}
