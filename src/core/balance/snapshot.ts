import type { Instant } from "../base/instant.ts";
import type { CheckState } from "../health/check.ts";
import type { DrainOrder } from "./drain-order.ts";

/** How one real server of a virtual server stands: for a successor of the process, and for whoever wants to know. */
export interface ServerSnapshot {
    /** One of a kind. */
    readonly name: string;
    readonly isUp: boolean;
    /** When it came up, if it does not have all of its weight yet. */
    readonly risingSince?: Instant;
    /** A user has it drained. */
    readonly drainOrder?: DrainOrder;
    /** Whether its virtual server has its quorum; absent where that follows from the weights, for lack of a margin. */
    readonly hasQuorum?: boolean;
    /** In the order of the configuration. */
    readonly checks: readonly CheckState[];
}
