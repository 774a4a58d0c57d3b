import type { IpvsTimeouts, SyncDaemon } from "../netlink/ipvs-daemon.ts";
import type { VirtualServerSettings } from "../service/virtual-server.ts";

/** What the load balancer is to do. */
export interface BalancerSettings {
    readonly virtualServers: readonly VirtualServerSettings[];
    /** `lvs_flush`: the kernel's table is emptied at the start, whoever filled it. */
    readonly flushesAtStart: boolean;
    /** `--dont-release-ipvs`, `lvs_flush_on_stop`: at the end everything stays, our services go, or all there are. */
    readonly atStop: "keep" | "remove" | "flush";
    /** `rs_init_notifies`: how a real server stands at first is told like a change. */
    readonly tellsFirstStates: boolean;
    /** `lvs_timeouts` */
    readonly timeouts?: IpvsTimeouts;
    /** `lvs_sync_daemon`, as far as it follows no virtual router. */
    readonly daemons: readonly SyncDaemon[];
}

/** Before the first ones. */
export const NO_SETTINGS: BalancerSettings = {
    virtualServers: [],
    flushesAtStart: false,
    atStop: "remove",
    tellsFirstStates: false,
    daemons: [],
};
