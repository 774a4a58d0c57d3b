import type { Duration } from "../base/instant.ts";
import type { CheckerKind } from "../service/check-settings.ts";
import type { SorryServerSettings, VirtualServerSettings } from "../service/virtual-server.ts";

/** A virtual server, and a real server of it, by the names that people know. */
interface Subject {
    readonly service: string;
    readonly server: string;
}

/** What the load balancer has to tell. */
export type BalanceReport =
    /** A real server came up or went down. */
    | (Subject & { readonly type: "server-state"; readonly isUp: boolean; readonly inhibits: boolean })
    /** Enough weight is alive, or not any more. `isStart`: found so at the start. */
    | (Pick<VirtualServerSettings, "quorum" | "hysteresis"> & {
          readonly type: "quorum";
          readonly service: string;
          /** Tells it from others of its name. */
          readonly key: string;
          readonly isUp: boolean;
          readonly weight: number;
          readonly isStart: boolean;
          /** The alive servers come or go with it, because there is a server that takes their place. */
          readonly sorryServer?: Pick<SorryServerSettings, "name" | "inhibits">;
      })
    | (Subject & { readonly type: "weight"; readonly from: number; readonly to: number; readonly isActive: boolean })
    /** A server that came up begins with little of its weight, or has all of it. */
    | (Subject & { readonly type: "slow-start"; readonly weight: number; readonly isOver: boolean })
    /** A server is to lose its clients, or has lost them: all but `connections`, for which the time was too short; NaN where nobody counts. */
    | (Subject & { readonly type: "drain"; readonly isOver: boolean; readonly connections: number })
    /** A user has ended what made a server lose its clients. */
    | (Subject & { readonly type: "drain-undone"; readonly weight: number })
    /** A check was set to work. */
    | (Subject & { readonly type: "check-activated" })
    /** A try of a check ended in a way worth telling. */
    | (Subject & {
          readonly type: "check";
          readonly kind: CheckerKind;
          /** What it looks at besides the server. */
          readonly about?: string;
          readonly outcome: "success" | "failure";
          /** Words for people: why it failed. */
          readonly reason: string;
          readonly latency: Duration;
          /** Tries before this one that failed too. */
          readonly retries: number;
          /** The check's verdict changed with it. */
          readonly isChange: boolean;
      })
    /** A check could not be made, by no fault of the server. */
    | (Subject & { readonly type: "check-impossible"; readonly kind: CheckerKind; readonly reason: string })
    /** The kernel refuses what it is told, even after its table was read again; it will be asked again. */
    | { readonly type: "table-refused"; readonly reasons: readonly string[] }
    /** How a real server stands that was not there before: where that is asked for (`rs_init_notifies`). */
    | (Subject & { readonly type: "server-started"; readonly isUp: boolean })
    /** A real server is gone from the configuration. */
    | (Subject & { readonly type: "server-removed"; readonly wasUp: boolean })
    /** The process leaves: what becomes of a real server, and of its virtual server after all its servers. */
    | (Subject & { readonly type: "server-stopped"; readonly wasUp: boolean })
    | { readonly type: "service-stopped"; readonly service: string; readonly key: string; readonly hadQuorum: boolean }
    /** The virtual server is gone from the configuration. */
    | { readonly type: "service-removed"; readonly service: string };
