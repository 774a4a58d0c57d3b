import { between, type Instant, milliseconds } from "../base/instant.ts";
import type { ReceivedPacket } from "./events.ts";

const LONGEST_WAY = milliseconds(20);

/**
 * When a packet counts as heard: when the kernel took it in, not when we came to read it, or every timer would be late by the way in between.
 * What lay longer is no longer a matter of the way but of a stall, after which timers start from now.
 */
export function heardAt({ arrivedAt }: ReceivedPacket, now: Instant): Instant {
    return arrivedAt !== undefined && arrivedAt <= now && between(arrivedAt, now) <= LONGEST_WAY ? arrivedAt : now;
}
