import type { BalancerEffect } from "../core/balance/effects.ts";
import type { BalancerEvent } from "../core/balance/events.ts";
import type { BalancerSettings } from "../core/balance/settings.ts";
import type { TrafficTable } from "../core/balance/traffic.ts";
import { unreachable } from "../core/base/result.ts";
import type { LogLine } from "../core/report/log-lines.ts";
import { limitsOf } from "../core/service/nftables-limits.ts";
import type { CheckersProcessSettings } from "../core/supervise/process-settings.ts";
import type { DataPlane, SurroundingsNews } from "../host/data-plane.ts";
import type { BulkLane } from "../host/world.ts";
import { MarkedGroups } from "../io/balance/marked-groups.ts";
import { NftablesPlane } from "../io/balance/nftables-plane.ts";
import { IpvsTable } from "../io/ipvs/ipvs-table.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import { withSocketsIn } from "../io/system/network-namespace.ts";

/** What the balancer wants of the table. */
export type GroundOrder = BalancerEffect & {
    readonly type: "read-table" | "flush-table" | "apply" | "set-timeouts" | "start-daemon" | "stop-daemon" | "count-connections";
};

/** What is told of it. */
export type GroundNews = BalancerEvent & { readonly type: "table" | "applied" | "apply-failed" | "connections" };

/** What the ground is made of. */
export interface BalanceGroundSettings {
    readonly system: NativeAddon;
    readonly settings: CheckersProcessSettings;
    readonly bulk: BulkLane;
    readonly onNews: (news: GroundNews) => void;
    readonly log: (level: LogLine["level"], text: string) => void;
}

/** What the balancer stands on: the data plane that is wanted and can be had, and what has to be done for it besides. */
export class BalanceGround {
    readonly #make: BalanceGroundSettings;
    readonly #groups: MarkedGroups | undefined;
    #told = new Set<string>();
    #isProgramming = false;
    /** Undefined where none can be had: servers are checked all the same. */
    readonly #plane: DataPlane | undefined;

    constructor(settings: BalanceGroundSettings) {
        const onNews = (news: GroundNews) => {
            this.#isProgramming &&= news.type !== "applied" && news.type !== "apply-failed";
            settings.onNews(news);
        };
        const make = { ...settings, onNews, system: withSocketsIn(settings.system, settings.settings.tableNamespace) };
        this.#make = make;
        this.#plane = this.#open();
        const { groupMarks } = make.settings.dataPlane;
        const log = (text: string) => make.log("error", text);
        this.#groups =
            groupMarks !== undefined && this.#plane instanceof IpvsTable ? new MarkedGroups(make.system, groupMarks, log) : undefined;
    }

    /** Commands are left to be carried out. */
    get isProgramming(): boolean {
        return this.#isProgramming;
    }

    /** Makes ready for these settings, and says what of them cannot be had. @returns them as the balancer is to take them */
    prepare(settings: BalancerSettings): BalancerSettings {
        if (this.#plane instanceof NftablesPlane) {
            this.#tellLimits(settings);
        }
        return this.#groups === undefined ? settings : { ...settings, virtualServers: this.#groups.apply(settings.virtualServers) };
    }

    /** Does what the balancer wants, as far as it can be done here. */
    perform(order: GroundOrder): void {
        switch (order.type) {
            case "read-table":
                this.#read();
                return;
            case "flush-table":
                this.#plane?.flush();
                return;
            case "apply":
                this.#isProgramming = this.#plane !== undefined;
                this.#plane?.apply(order.commands);
                return;
            case "set-timeouts":
                this.#plane?.setTimeouts(order.timeouts);
                return;
            case "start-daemon":
                this.#plane?.startDaemon(order.daemon);
                return;
            case "stop-daemon":
                this.#plane?.stopDaemon(order.daemon);
                return;
            case "count-connections":
                this.#countConnections(order);
                return;
            default:
                unreachable(order);
        }
    }

    /** What the data plane has counted; nothing where there is none, or where it cannot be read. */
    readTraffic(): TrafficTable {
        try {
            return this.#plane?.readTraffic() ?? new Map();
        } catch (error) {
            this.#make.log("error", `cannot read what the load balancer has counted: ${(error as Error).message}`);
            return new Map();
        }
    }

    /** Has everything done that is still to be done, now. */
    finish(): void {
        this.#plane?.finish();
    }

    /** What happens to interfaces and addresses; with `net_namespace_ipvs` they are not those of the plane. */
    hear(news: SurroundingsNews): void {
        if (this.#make.settings.tableNamespace === undefined) {
            this.#plane?.hear(news);
        }
    }

    /** Leaves in order. @param keepsServices everything stays as it is */
    leave(keepsServices: boolean): void {
        this.#plane?.finish();
        this.#plane?.restore();
        if (!keepsServices) {
            this.#groups?.remove();
        }
        this.#close();
    }

    /** Leaves everything to a successor, as it is to be by now. */
    handOver(): void {
        this.#plane?.finish();
        this.#close();
    }

    /** A table that cannot be read counts as empty: the kernel's answers to commands tell the rest, and it is read again then. */
    #read(): void {
        const { log, onNews } = this.#make;
        try {
            if (this.#plane !== undefined) {
                this.#plane.read();
                return;
            }
        } catch (error) {
            log("error", `cannot read the load balancer's table: ${(error as Error).message}`);
        }
        onNews({ type: "table", table: new Map() });
    }

    /** Where nothing is balanced nobody has clients. */
    #countConnections({ service, identities }: GroundOrder & { readonly type: "count-connections" }): void {
        const counts = this.#plane === undefined ? new Map<string, number>() : this.#plane.countConnections(identities);
        this.#make.onNews({ type: "connections", service, ...(counts !== undefined && { counts }) });
    }

    #close(): void {
        this.#plane?.close();
        this.#groups?.close();
    }

    #open(): DataPlane | undefined {
        const { choice } = this.#make.settings.dataPlane;
        const { log } = this.#make;
        if (choice === "nftables") {
            return this.#openNftables();
        }
        try {
            return this.#openIpvs();
        } catch (error) {
            const why = `IPVS: Can't initialize ipvs: ${(error as Error).message}`;
            if (choice === "ipvs") {
                log("error", `${why}; servers are checked, but nothing is balanced`);
                return undefined;
            }
            const plane = this.#openNftables();
            log(plane === undefined ? "error" : "notice", plane === undefined ? why : `${why}: nftables balances in its place`);
            return plane;
        }
    }

    #openIpvs(): IpvsTable {
        const { system, settings, bulk, onNews, log } = this.#make;
        return new IpvsTable({
            system,
            receiveBuffer: settings.netlinkBuffers.command,
            bulk,
            onNews,
            onRefused: (what, code) => log("error", `IPVS refuses ${what}: ${code}`),
        });
    }

    #openNftables(): NftablesPlane | undefined {
        const { system, settings, bulk, onNews, log } = this.#make;
        try {
            return new NftablesPlane({ system, table: settings.dataPlane.table, bulk, onNews, onRefused: (text) => log("error", text) });
        } catch (error) {
            log("error", `${(error as Error).message}; servers are checked, but nothing is balanced`);
            return undefined;
        }
    }

    /** Each thing once, and again when it was away in between. */
    #tellLimits({ virtualServers, timeouts }: BalancerSettings): void {
        const { log } = this.#make;
        const now = new Set<string>();
        const tell = (level: LogLine["level"], text: string): void => {
            now.add(text);
            if (!this.#told.has(text)) {
                log(level, text);
            }
        };
        for (const server of virtualServers) {
            for (const { text, instead } of limitsOf(server)) {
                const consequence = instead ?? "it is not balanced";
                tell(instead === undefined ? "error" : "warning", `${server.name} ${text}, which nftables cannot do: ${consequence}`);
            }
        }
        if (timeouts !== undefined) {
            tell("warning", "lvs_timeouts: with nftables they hold for DR alone; connection tracking has its own");
        }
        this.#told = now;
    }
}
