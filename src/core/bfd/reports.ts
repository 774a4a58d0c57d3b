import type { IpAddress } from "../base/ip.ts";
import type { BfdDecodeFailure, BfdState } from "../packet/bfd.ts";

/** Why a packet was dropped; each has a counter. */
export type BfdRejectionReason = BfdDecodeFailure | "no-session" | "source" | "interface" | "ttl" | "authentication";

/** What happened in one session, for logs, status, history and metrics. */
export type BfdReport =
    | {
          readonly type: "state-changed";
          readonly session: string;
          readonly from: BfdState;
          readonly to: BfdState;
          readonly localDiagnostic: number;
          readonly remoteDiagnostic: number;
      }
    /** We changed our rates, and ask the neighbour to confirm. */
    | { readonly type: "poll-started"; readonly session: string }
    /** Told once for each sender and reason. */
    | {
          readonly type: "packet-rejected";
          readonly session: string | undefined;
          readonly source: IpAddress;
          readonly reason: BfdRejectionReason;
      };
