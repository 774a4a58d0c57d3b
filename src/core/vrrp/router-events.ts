import type { VirtualAddress } from "../address/virtual-address.ts";
import type { Duration, Instant } from "../base/instant.ts";
import type { TrackedStanding } from "../track/tracked-sum.ts";
import type { Attachment } from "./attachment.ts";
import type { SpeakerEffect } from "./effects.ts";
import type { ReceivedPacket } from "./events.ts";
import type { TransitionCause, VrrpState } from "./reports.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import type { VirtualRouterSnapshot } from "./snapshot.ts";

/** What one virtual router can be told by its speaker. */
export type RouterEvent =
    /** Begin, or go on where a predecessor stopped. */
    | {
          readonly type: "start";
          readonly predecessor: VirtualRouterSnapshot | undefined;
          /** When it begins to listen; now, or later where a start is to be delayed. */
          readonly listensFrom: Instant;
      }
    | { readonly type: "wake" }
    | { readonly type: "packet"; readonly packet: ReceivedPacket }
    /** The interface or the source address changed. */
    | { readonly type: "attached"; readonly attachment: Attachment }
    | { readonly type: "claimed"; readonly addresses: readonly VirtualAddress[]; readonly isLast: boolean }
    | { readonly type: "claim-failed"; readonly address: VirtualAddress; readonly code: string }
    /** Somebody else took one of our addresses down. */
    | { readonly type: "address-lost"; readonly address: VirtualAddress }
    /** Somebody else removed one of our routes or rules. */
    | { readonly type: "route-lost"; readonly what: string }
    | { readonly type: "stalled"; readonly lateness: Duration }
    /** The settings changed under a router that goes on. */
    | { readonly type: "configured"; readonly settings: VirtualRouterSettings; readonly standing: TrackedStanding }
    /** What it tracks makes something else of it than before. */
    | { readonly type: "tracked"; readonly standing: TrackedStanding }
    /** Another member of its sync group went to that state, or all may begin now. `isBrief`: for Skew_Time only. */
    | { readonly type: "synced"; readonly to: VrrpState; readonly group: string; readonly isBrief: boolean }
    /** Another member of its sync group saw an Active Router of lower priority. */
    | { readonly type: "group-outranks" }
    | { readonly type: "stop"; readonly keepsAddresses: boolean; readonly cause: TransitionCause };

/** One step of the speaker: the time, and where effects go. */
export interface Turn {
    readonly now: Instant;
    readonly effects: SpeakerEffect[];
}
