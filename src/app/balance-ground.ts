import type { BalancerSettings } from "../core/balance/settings.ts";
import type { LogLine } from "../core/report/log-lines.ts";
import { limitsOf } from "../core/service/nftables-limits.ts";
import type { CheckersProcessSettings } from "../core/supervise/process-settings.ts";
import type { DataPlane, DataPlaneNews, SurroundingsNews } from "../host/data-plane.ts";
import type { BulkLane } from "../host/world.ts";
import { MarkedGroups } from "../io/balance/marked-groups.ts";
import { NftablesPlane } from "../io/balance/nftables-plane.ts";
import { IpvsTable } from "../io/ipvs/ipvs-table.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import { withSocketsIn } from "../io/system/network-namespace.ts";

/** What the ground is made of. */
export interface BalanceGroundSettings {
    readonly system: NativeAddon;
    readonly settings: CheckersProcessSettings;
    readonly bulk: BulkLane;
    readonly onNews: (news: DataPlaneNews) => void;
    readonly log: (level: LogLine["level"], text: string) => void;
}

/** What the balancer stands on: the data plane that is wanted and can be had, and what has to be done for it besides. */
export class BalanceGround {
    readonly #make: BalanceGroundSettings;
    readonly #groups: MarkedGroups | undefined;
    #told = new Set<string>();
    /** Undefined where none can be had: servers are checked all the same. */
    readonly plane: DataPlane | undefined;

    constructor(settings: BalanceGroundSettings) {
        const make = { ...settings, system: withSocketsIn(settings.system, settings.settings.tableNamespace) };
        this.#make = make;
        this.plane = this.#open();
        const { groupMarks } = make.settings.dataPlane;
        const log = (text: string) => make.log("error", text);
        this.#groups =
            groupMarks !== undefined && this.plane instanceof IpvsTable ? new MarkedGroups(make.system, groupMarks, log) : undefined;
    }

    /** Makes ready for these settings, and says what of them cannot be had. @returns them as the balancer is to take them */
    prepare(settings: BalancerSettings): BalancerSettings {
        if (this.plane instanceof NftablesPlane) {
            this.#tellLimits(settings);
        }
        return this.#groups === undefined ? settings : { ...settings, virtualServers: this.#groups.apply(settings.virtualServers) };
    }

    /** What happens to interfaces and addresses; with `net_namespace_ipvs` they are not those of the plane. */
    hear(news: SurroundingsNews): void {
        if (this.#make.settings.tableNamespace === undefined) {
            this.plane?.hear(news);
        }
    }

    /** Leaves in order. @param keepsServices everything stays as it is */
    leave(keepsServices: boolean): void {
        this.plane?.finish();
        this.plane?.restore();
        if (!keepsServices) {
            this.#groups?.remove();
        }
        this.#close();
    }

    /** Leaves everything to a successor, as it is to be by now. */
    handOver(): void {
        this.plane?.finish();
        this.#close();
    }

    #close(): void {
        this.plane?.close();
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
