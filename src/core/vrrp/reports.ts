import type { VirtualAddress } from "../address/virtual-address.ts";
import type { Duration } from "../base/instant.ts";
import type { IpAddress } from "../base/ip.ts";

/** The states of RFC 9568 §6.4 and Keepalived's FAULT. */
export type VrrpState = "initialize" | "backup" | "active" | "fault";

/** Why a virtual router cannot take part. Several may hold at once. */
export type FaultReason =
    | "interface-missing"
    | "interface-down"
    | "no-ethernet"
    | "virtual-interface-missing"
    | "virtual-interface-down"
    | "no-multicast"
    | "no-source-address"
    | "no-peers"
    | "no-signing-key"
    | "tracker"
    | "sync-group";

/** Why a state changed: the answer to "why did it switch?". */
export type TransitionCause =
    | { readonly type: "startup" }
    | { readonly type: "owner" }
    | { readonly type: "active-down-timer"; readonly silence: Duration; readonly lastActive?: IpAddress }
    | { readonly type: "higher-priority"; readonly from: IpAddress; readonly priority: number }
    | { readonly type: "fault"; readonly reason: FaultReason }
    | { readonly type: "fault-cleared" }
    | { readonly type: "address-removed"; readonly address: IpAddress }
    | { readonly type: "route-removed"; readonly what: string }
    | { readonly type: "stalled"; readonly lateness: Duration }
    /** The others of its sync group went there. */
    | { readonly type: "sync-group"; readonly group: string }
    | { readonly type: "stop" }
    | { readonly type: "reconfigured" };

/** Why an advertisement was dropped; each has a counter. Names are Keepalived's statistics where it has one. */
export type RejectionReason =
    | "authentication-header"
    | "packet-length"
    | "ttl"
    | "version"
    | "authentication-type-invalid"
    | "authentication-type-mismatch"
    | "authentication-failed"
    | "authentication-replayed"
    | "extension-missing"
    | "extension-malformed"
    | "extension-unknown-key"
    | "extension-invalid-hmac"
    | "extension-stale"
    | "extension-replayed"
    | "interval-mismatch"
    | "type"
    | "checksum"
    | "destination"
    | "unknown-vrid"
    | "owner-ignores"
    | "unknown-peer"
    | "peer-ttl";

/** What happened in one virtual router, for logs, status, history, notifications and metrics. */
export type VrrpReport =
    | {
          readonly type: "state-changed";
          readonly router: string;
          readonly from: VrrpState;
          readonly to: VrrpState;
          readonly cause: TransitionCause;
          readonly priority: number;
      }
    | {
          readonly type: "advertisement-rejected";
          readonly router: string | undefined;
          readonly vrid: number | undefined;
          readonly source: IpAddress;
          readonly reason: RejectionReason;
          readonly detail: string;
      }
    | {
          readonly type: "lower-priority-seen";
          readonly router: string;
          readonly from: IpAddress;
          readonly priority: number;
          readonly own: number;
          /** Whether it was answered with an advertisement at once. */
          readonly forcesElection: boolean;
      }
    | {
          readonly type: "lower-priority-discarded";
          readonly router: string;
          readonly from: IpAddress;
          readonly priority: number;
          readonly own: number;
      }
    | { readonly type: "priority-zero-seen"; readonly router: string; readonly from: IpAddress; readonly state: VrrpState }
    /** Two routers say that they own the addresses; this one gives way. */
    | { readonly type: "owner-conflict"; readonly router: string; readonly from: IpAddress }
    /** The effective priority, whether by configuration or by what is tracked; the next advertisement says it. */
    | {
          readonly type: "priority-changed";
          readonly router: string;
          readonly from: number;
          readonly to: number;
          readonly state: VrrpState;
      }
    | { readonly type: "priority-zero-sent"; readonly router: string }
    | { readonly type: "address-list-differs"; readonly router: string; readonly from: IpAddress; readonly detail: string }
    | {
          readonly type: "interval-differs";
          readonly router: string;
          readonly from: IpAddress;
          readonly own: Duration;
          readonly theirs: Duration;
      }
    /** Taken although it is not signed, since `auth_hmac` is not enforced yet. */
    | { readonly type: "unsigned-accepted"; readonly router: string; readonly from: IpAddress }
    /** Signed in time, but the clocks differ by more than half of what is allowed: whole seconds, positive when the sender's is behind. */
    | {
          readonly type: "clocks-differ";
          readonly router: string;
          readonly from: IpAddress;
          readonly seconds: number;
          readonly allowed: number;
      }
    /** What a successor must know so as to neither repeat a sequence number nor take one twice has moved on. Nothing to tell people. */
    | { readonly type: "sequences-moved"; readonly router: string }
    | { readonly type: "same-address-seen"; readonly router: string; readonly from: IpAddress }
    | { readonly type: "addresses-set"; readonly router: string; readonly count: number }
    | { readonly type: "addresses-removed"; readonly router: string; readonly count: number }
    | { readonly type: "address-refused"; readonly router: string; readonly address: IpAddress; readonly code: string }
    | { readonly type: "announcing"; readonly router: string; readonly addresses: readonly VirtualAddress[]; readonly rounds: number }
    /** `detail` names what it is, where the reason alone does not: `script chk_http`. */
    | { readonly type: "fault-raised"; readonly router: string; readonly reason: FaultReason; readonly detail?: string }
    | { readonly type: "fault-cleared"; readonly router: string; readonly reason: FaultReason }
    /** One member went there; now the others follow. */
    | { readonly type: "group-syncing"; readonly group: string; readonly to: VrrpState }
    /** All members are there; each has been reported before. */
    | {
          readonly type: "group-state-changed";
          readonly group: string;
          readonly from: VrrpState;
          readonly to: VrrpState;
          readonly cause: TransitionCause;
      };
