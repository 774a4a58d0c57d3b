import type { DrainReply, DrainRequest } from "../balance/drain-order.ts";
import type { NameSnapshot } from "../balance/names.ts";
import type { ServerSnapshot } from "../balance/snapshot.ts";
import type { VirtualServerView } from "../balance/views.ts";
import type { DataChange } from "../base/data-change.ts";
import type { BfdSessionSnapshot } from "../bfd/snapshot.ts";
import type { ScriptTrackerSnapshot } from "../track/script-tracker.ts";
import type { VirtualRouterSnapshot } from "../vrrp/snapshot.ts";
import type { LoopHealth } from "./loop-health.ts";
import type { BfdProcessSettings, CheckersProcessSettings, ProcessSettings, VrrpProcessSettings } from "./process-settings.ts";
import type { RelayedBody } from "./relayed.ts";
import type { RunnerSettings } from "./runner-settings.ts";

/** The version of these messages. Parent and child come from one file, so a difference means that the file was replaced in between. */
export const PROTOCOL_VERSION = 1;

/** What has a name by which a successor finds it again. */
export interface NamedSnapshot {
    readonly name: string;
}

/** The kinds of process that the parent keeps alive: what each is told of the configuration, and what it tells for a successor. */
export interface RoleTable {
    readonly vrrp: { readonly settings: VrrpProcessSettings; readonly snapshot: VirtualRouterSnapshot };
    readonly runner: { readonly settings: RunnerSettings; readonly snapshot: ScriptTrackerSnapshot };
    readonly checkers: { readonly settings: CheckersProcessSettings; readonly snapshot: ServerSnapshot | NameSnapshot };
    readonly bfd: { readonly settings: BfdProcessSettings; readonly snapshot: BfdSessionSnapshot };
}

/** A process that the parent keeps alive. */
export type Role = keyof RoleTable;

/** What a process of that role is told of the configuration. */
export type SettingsOf<R extends Role> = RoleTable[R]["settings"] & ProcessSettings;

/** What a process of that role tells for a successor. */
export type SnapshotOf<R extends Role> = RoleTable[R]["snapshot"] & NamedSnapshot;

/** syslog's levels that are in use, from the gravest. */
export type LogLevel = "alert" | "error" | "warning" | "notice" | "info" | "debug";

/** One line for the log, without time and origin. */
export interface LogLine {
    readonly level: LogLevel;
    readonly text: string;
}

/** What a user may ask of the daemon by a signal, besides stopping. */
export type UserRequest = "reload" | "data" | "statistics" | "statistics-and-clear" | "json";

/** What a sibling has said. With a receipt it is kept until that is acknowledged, and told again to a successor. */
export interface RelayedMessage {
    readonly type: "relayed";
    readonly from: Role;
    readonly body: RelayedBody;
    readonly receipt?: number;
}

/** From the parent to a child. */
export type ParentMessage<R extends Role = Role> =
    /** The wanted state; the first one starts the child's work. `snapshots` are the last words of a predecessor that died, and told only then. */
    | { readonly type: "configure"; readonly settings: SettingsOf<R>; readonly snapshots: readonly SnapshotOf<R>[] }
    /**
     * The wanted state is another: what changed since the last one that this process was told; absent when nothing did. With `goesOn` the rest of the
     * change follows, and nothing is to be done before that is there.
     */
    | { readonly type: "reconfigure"; readonly change?: DataChange; readonly goesOn?: true }
    /** Get ready to take the place of a process that works: do all that can be done beforehand, and nothing that anybody notices. Answer `prepared`. */
    | { readonly type: "prepare"; readonly settings: SettingsOf<R> }
    /** A successor stands ready: answer `yielded`, with all that it has to know. */
    | { readonly type: "yield" }
    /** The successor works: end at once, and leave everything as it is, for it is the successor's. */
    | { readonly type: "retire" }
    /** Answer with all snapshots as they are now, and with what takes longer to find out where that is wanted. */
    | { readonly type: "snapshot-request"; readonly request: number; readonly wantsViews: boolean }
    /** A sibling has something to say; told in the order in which it said it. */
    | RelayedMessage
    /** The process of that role has just come to work, at first or again: it knows nothing of what was relayed to a predecessor. */
    | { readonly type: "sibling-ready"; readonly role: Role }
    /** A user asks, of the process that can answer: answer `reply`. */
    | { readonly type: "question"; readonly question: number; readonly request: DrainRequest }
    /** Answer to show that the loop turns. */
    | { readonly type: "ping" };

/** From a child to the parent. */
export type ChildMessage<R extends Role = Role> =
    | { readonly type: "hello"; readonly protocol: number }
    /** What the last `configure` asked for is in effect. */
    | { readonly type: "configured" }
    /** All is ready for the first `configure`. */
    | { readonly type: "prepared" }
    | { readonly type: "yielded"; readonly snapshots: readonly SnapshotOf<R>[] }
    | { readonly type: "pong" }
    | { readonly type: "log"; readonly lines: readonly LogLine[]; readonly dropped: number }
    /** Those that changed; or, when `isWhole`, all there are. `request` is that of the `snapshot-request` which this answers. */
    | {
          readonly type: "snapshots";
          readonly snapshots: readonly SnapshotOf<R>[];
          readonly isWhole: boolean;
          /** The names of those that are void. */
          readonly gone?: readonly string[];
          readonly request?: number;
          /** With the answer to a request. */
          readonly health?: LoopHealth;
          readonly views?: readonly VirtualServerView[];
      }
    /** To be passed on to the process of that role; waits until that one works. */
    | { readonly type: "relay"; readonly to: Role; readonly body: RelayedBody }
    /** What came with these receipts has been done: it need not be told to a successor. */
    | { readonly type: "acknowledge"; readonly receipts: readonly number[] }
    | { readonly type: "reply"; readonly question: number; readonly reply: DrainReply }
    /** Somebody sent a signal to the child that is the parent's business. */
    | { readonly type: "asked"; readonly request: UserRequest };
