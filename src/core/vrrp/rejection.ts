import { type Rejected, rejected } from "../base/result.ts";
import type { RejectionReason } from "./reports.ts";

/** Why a packet is not acted upon. The words are only made when somebody wants them. */
export interface Rejection {
    readonly reason: RejectionReason;
    readonly describe: () => string;
}

/** Refuses a packet. */
export function reject(reason: RejectionReason, describe: () => string): Rejected<Rejection> {
    return rejected({ reason, describe });
}
