import type { ServiceIdentity } from "../netlink/ipvs.ts";
import type { IpvsTimeouts, SyncDaemon } from "../netlink/ipvs-daemon.ts";
import type { Probe } from "../service/probe/probe.ts";
import type { DrainReply } from "./drain-order.ts";
import type { BalanceReport } from "./reports.ts";
import type { TableCommand } from "./table.ts";

/** What is to be done for the load balancer, in order. */
export type BalancerEffect =
    /** Read the kernel's table and tell it. */
    | { readonly type: "read-table" }
    | { readonly type: "flush-table" }
    | { readonly type: "apply"; readonly commands: readonly TableCommand[] }
    | { readonly type: "set-timeouts"; readonly timeouts: IpvsTimeouts }
    | { readonly type: "start-daemon"; readonly daemon: SyncDaemon }
    | { readonly type: "stop-daemon"; readonly daemon: SyncDaemon }
    /** Ask a server. The answer is an `outcome` of this check and attempt. */
    | { readonly type: "begin-check"; readonly check: number; readonly attempt: number; readonly probe: Probe }
    /** Nobody waits for the answer any more. */
    | { readonly type: "abandon-check"; readonly check: number; readonly attempt: number }
    /** Count the connections of these services' servers and tell them as that virtual server's. */
    | { readonly type: "count-connections"; readonly service: string; readonly identities: readonly ServiceIdentity[] }
    /** To the user who asked that. */
    | { readonly type: "answer"; readonly question: number; readonly reply: DrainReply }
    | { readonly type: "report"; readonly report: BalanceReport };
