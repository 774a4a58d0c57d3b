import type { Duration, Instant } from "../base/instant.ts";
import type { Outcome } from "./outcome.ts";

/** How the last try of a check ended, how long that took, and when it was. */
export interface LastTry {
    readonly outcome: Outcome;
    readonly latency: Duration;
    readonly at: Instant;
}
