import type { BalancerEvent } from "../core/balance/events.ts";
import type { TableCommand } from "../core/balance/table.ts";
import type { TrafficTable } from "../core/balance/traffic.ts";
import type { ServiceIdentity } from "../core/netlink/ipvs.ts";
import type { IpvsTimeouts, SyncDaemon } from "../core/netlink/ipvs-daemon.ts";
import type { SpeakerEvent } from "../core/vrrp/events.ts";

/** What a data plane tells of its work. */
export type DataPlaneNews = BalancerEvent & { readonly type: "table" | "applied" | "apply-failed" };

/** What happens to interfaces and addresses. */
export type SurroundingsNews = SpeakerEvent & { readonly type: "link" | "link-gone" | "address-added" | "address-removed" };

/** Where the load balancer's table stands, and by which packets find their servers: a port with several implementations. */
export interface DataPlane {
    /** Carries the commands out after all that were given before, in their order, as bulk work; tells `applied` or `apply-failed`. */
    apply(commands: readonly TableCommand[]): void;
    /** Reads what stands, with all commands so far carried out, and tells it. @throws Error when the kernel refuses */
    read(): void;
    /**
     * Active connections of each server of these services together, by `destinationKey`, with all commands so far carried out; undefined where that is
     * not known.
     */
    countConnections(identities: readonly ServiceIdentity[]): ReadonlyMap<string, number> | undefined;
    /** What was counted for services and servers, with all commands so far carried out. @throws Error when the kernel refuses */
    readTraffic(): TrafficTable;
    /** Empties the table. */
    flush(): void;
    /** Sets time-outs; those that are not given become again what they were at first. */
    setTimeouts(timeouts: IpvsTimeouts): void;
    startDaemon(daemon: SyncDaemon): void;
    stopDaemon(daemon: SyncDaemon): void;
    /** Packets come in elsewhere now, perhaps, or other ways lead to servers. */
    hear(news: SurroundingsNews): void;
    /** Carries everything out that is left, now. */
    finish(): void;
    /** What is neither services nor servers becomes again what it was at first. */
    restore(): void;
    close(): void;
}
