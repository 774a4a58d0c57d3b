import type { IpAddress } from "../base/ip.ts";
import type { Outcome } from "../health/outcome.ts";
import type { TrackerNews } from "../track/tracker-status.ts";
import type { DrainRequest } from "./drain-order.ts";
import type { BalancerSettings } from "./settings.ts";
import type { ServerSnapshot } from "./snapshot.ts";
import type { Table } from "./table.ts";

/** What happens to the load balancer. */
export type BalancerEvent =
    /** What is wanted, now or from now on. Before the first one, nothing; `snapshots` are a predecessor's and count only then. */
    | { readonly type: "configure"; readonly settings: BalancerSettings; readonly snapshots?: readonly ServerSnapshot[] }
    /** The answer to `read-table`. */
    | { readonly type: "table"; readonly table: Table }
    /** The kernel has done all that it was told. */
    | { readonly type: "applied" }
    /** The kernel did not do what it was told. */
    | { readonly type: "apply-failed"; readonly reasons: readonly string[] }
    | { readonly type: "outcome"; readonly check: number; readonly attempt: number; readonly outcome: Outcome }
    | { readonly type: "progress"; readonly check: number; readonly attempt: number }
    /** An address came to stand on this machine, or does not stand here any more. */
    | { readonly type: "address"; readonly interfaceIndex: number; readonly address: IpAddress; readonly isStanding: boolean }
    /** An interface is gone, and with it all its addresses. */
    | { readonly type: "link-gone"; readonly interfaceIndex: number }
    /** How something stands that checks may follow. */
    | { readonly type: "tracker"; readonly news: TrackerNews }
    /** The answer to `count-connections`: active ones by `destinationKey`; absent where nobody knows. */
    | { readonly type: "connections"; readonly service: string; readonly counts?: ReadonlyMap<string, number> }
    /** A user asks; answered by `answer`. */
    | { readonly type: "drain-asked"; readonly question: number; readonly request: DrainRequest }
    | { readonly type: "wake" }
    | { readonly type: "stop" };
