import type { VirtualRouterSnapshot } from "../vrrp/snapshot.ts";
import type { VrrpProcessSettings } from "./process-settings.ts";

/** The version of these messages. Parent and child come from one file, so a difference means that the file was replaced in between. */
export const PROTOCOL_VERSION = 1;

/** Processes that the parent keeps alive. */
export type Role = "vrrp";

/** syslog's levels that are in use, from the gravest. */
export type LogLevel = "alert" | "error" | "warning" | "notice" | "info" | "debug";

/** One line for the log, without time and origin. */
export interface LogLine {
    readonly level: LogLevel;
    readonly text: string;
}

/** What a user may ask of the daemon by a signal, besides stopping. */
export type UserRequest = "reload" | "data" | "statistics" | "statistics-and-clear" | "json";

/** From the parent to a child. */
export type ParentMessage =
    /** The wanted state; the first one starts the child's work. `snapshots` are the last words of a predecessor that died. */
    | { readonly type: "configure"; readonly settings: VrrpProcessSettings; readonly snapshots: readonly VirtualRouterSnapshot[] }
    /** Answer with all snapshots as they are now. */
    | { readonly type: "snapshot-request"; readonly request: number }
    /** Answer to show that the loop turns. */
    | { readonly type: "ping" };

/** From a child to the parent. */
export type ChildMessage =
    | { readonly type: "hello"; readonly protocol: number }
    /** What the last `configure` asked for is in effect. */
    | { readonly type: "configured" }
    | { readonly type: "pong" }
    | { readonly type: "log"; readonly lines: readonly LogLine[]; readonly dropped: number }
    /** Those that changed; or, when `isWhole`, all there are. `request` is that of the `snapshot-request` which this answers. */
    | {
          readonly type: "snapshots";
          readonly snapshots: readonly VirtualRouterSnapshot[];
          readonly isWhole: boolean;
          readonly request?: number;
      }
    /** Somebody sent a signal to the child that is the parent's business. */
    | { readonly type: "asked"; readonly request: UserRequest };
