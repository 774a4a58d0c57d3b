import type { Duration } from "../base/instant.ts";

/** How a carrier is found out: what the driver says of its link, or the flags of the interface. */
export type PollMethod = "driver" | "flags";

/** How one interface counts otherwise than the kernel tells it. */
export interface LinkRule {
    readonly interfaceName: string;
    /** How long it must have been down before that counts; zero is at once. */
    readonly down: Duration;
    readonly up: Duration;
    /** Its carrier is found out by polling. */
    readonly poll?: PollMethod;
}
