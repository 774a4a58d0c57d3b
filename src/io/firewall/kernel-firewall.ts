import type { VirtualAddress } from "../../core/address/virtual-address.ts";
import { after, type Instant, seconds } from "../../core/base/instant.ts";
import { isSameData } from "../../core/base/same-data.ts";
import { desiredContents, type GuardedVmac } from "../../core/firewall/contents.ts";
import type { FirewallSettings } from "../../core/firewall/firewall-settings.ts";
import { planTable, type StandingTable } from "../../core/firewall/plan.ts";
import type { TableFamily } from "../../core/netlink/nftables.ts";
import type { BulkLane, BulkWork, Clock, Source } from "../../host/world.ts";
import type { NativeAddon } from "../native/addon.ts";
import { type NftablesOutcome, NftablesSocket } from "../netlink/nftables-socket.ts";
import { FirewallMonitor } from "./firewall-monitor.ts";
import { applyToFirewall, TABLE_FAMILIES } from "./firewall-orders.ts";

/** Whoever else changes our tables is not answered more often than that: it might be somebody who puts things right as well. */
const BETWEEN_REPAIRS = seconds(1);

/** Tables of the load balancer are in one more. */
const EVERY_FAMILY = [...TABLE_FAMILIES, "netdev"] as const;

/** What the firewall is made of. */
export interface KernelFirewallSettings {
    readonly system: NativeAddon;
    readonly clock: Clock;
    readonly bulk: BulkLane;
    readonly settings: FirewallSettings;
    readonly indexOf: (interfaceName: string) => number | undefined;
    readonly onReady: (source: Source) => void;
    /** Something that people should know. */
    readonly onNotice: (text: string) => void;
    /** The kernel refused an order. */
    readonly onRefused: (text: string) => void;
}

type Tables = Record<TableFamily, StandingTable>;

interface OpenFirewall {
    readonly socket: NftablesSocket;
    readonly monitor: FirewallMonitor;
    readonly tables: Tables;
}

/**
 * Our two tables in nf_tables: they drop what is sent to addresses that are here only to be answered for. Changes of one turn go in one batch; what
 * a predecessor left is replaced in one step, without a gap; what others change is put right.
 */
export class KernelFirewall implements BulkWork {
    readonly #make: KernelFirewallSettings;
    #blocked = new Map<string, readonly VirtualAddress[]>();
    #settings: FirewallSettings;
    #vmacs: readonly GuardedVmac[] = [];
    #open: OpenFirewall | undefined;
    #repairedAt: Instant | undefined;
    #hasEnded = false;

    constructor(make: KernelFirewallSettings) {
        this.#make = make;
        this.#settings = make.settings;
    }

    /** Looks for what a predecessor left and replaces it by what is claimed by then. */
    adopt(): void {
        this.#make.bulk.add(this);
    }

    /** Removes tables of ours by names that they do not have any more. */
    removeLeft(names: readonly string[]): void {
        const others = names.filter((name) => name !== this.#settings.table);
        if (others.length === 0) {
            return;
        }
        const socket = new NftablesSocket(this.#make.system);
        for (const table of others) {
            const ours = EVERY_FAMILY.filter((family) => socket.look({ family, table }) === "ours");
            if (ours.length > 0) {
                applyToFirewall(
                    socket,
                    table,
                    ours.map((family) => ({ type: "delete-table", family })),
                );
            }
        }
        socket.close();
    }

    /** Drops packets to and from these addresses, and none else of this router's. */
    claim(router: string, addresses: readonly VirtualAddress[]): void {
        this.#blocked.set(router, addresses);
        this.#make.bulk.add(this);
    }

    /** Drops none of this router's packets any more. */
    release(router: string): void {
        if (this.#blocked.delete(router)) {
            this.#make.bulk.add(this);
        }
    }

    /** Routers, by their former names, are called something else from now on. */
    rename(names: ReadonlyMap<string, string>): void {
        this.#blocked = new Map(Array.from(this.#blocked, ([router, addresses]) => [names.get(router) ?? router, addresses]));
    }

    /** Keeps these virtual MACs' interfaces quiet, and no others. @returns whether that changes anything */
    guardVmacs(vmacs: readonly GuardedVmac[]): boolean {
        if (isSameData(vmacs, this.#vmacs)) {
            return false;
        }
        this.#vmacs = vmacs;
        this.#make.bulk.add(this);
        return true;
    }

    /** Takes new settings on: the tables are made anew. */
    configure(settings: FirewallSettings): void {
        if (JSON.stringify(settings) === JSON.stringify(this.#settings)) {
            return;
        }
        this.#removeTables();
        this.#settings = settings;
        this.#make.bulk.add(this);
    }

    step(): boolean | Instant {
        if (this.#hasEnded) {
            return false;
        }
        const now = this.#make.clock.now();
        const isOver = this.#repairedAt === undefined || after(this.#repairedAt, BETWEEN_REPAIRS) <= now;
        if (this.#open?.monitor.isDisturbed === true && !isOver) {
            return after(this.#repairedAt ?? now, BETWEEN_REPAIRS);
        }
        this.#apply();
        return false;
    }

    /** Removes our tables; or leaves them behind, where the addresses stay and are to be guarded on. */
    end(keepsTables: boolean): void {
        this.#hasEnded = true;
        if (!keepsTables) {
            this.#removeTables();
        }
        this.#shut();
    }

    #apply(): void {
        const open = this.#open ?? this.#begin();
        if (open === undefined) {
            return;
        }
        for (const family of open.monitor.takeDisturbed()) {
            if (typeof open.tables[family] === "object") {
                open.tables[family] = "stale";
                this.#repairedAt = this.#make.clock.now();
                this.#make.onNotice(`nftables table ${family} ${this.#settings.table} was changed by somebody else: put right`);
            }
        }
        const refused = this.#carryOut(open.socket, open.tables);
        if (refused.code !== "") {
            this.#make.onRefused(
                `nftables table ${this.#settings.table}: ${refused.code}${refused.text === undefined ? "" : ` (${refused.text})`}`,
            );
        }
    }

    /** What cannot be changed, because it is not as it was thought to be, is made anew. */
    #carryOut(socket: NftablesSocket, tables: Tables): NftablesOutcome {
        const outcome = this.#try(socket, tables);
        const isDoubtful = TABLE_FAMILIES.some((family) => typeof tables[family] === "object");
        if (outcome.code === "" || !isDoubtful) {
            return outcome;
        }
        for (const family of TABLE_FAMILIES) {
            tables[family] = typeof tables[family] === "object" ? "stale" : tables[family];
        }
        return this.#try(socket, tables);
    }

    #try(socket: NftablesSocket, tables: Tables): NftablesOutcome {
        const wishes = { blocked: [...this.#blocked.values()].flat(), vmacs: this.#vmacs, indexOf: this.#make.indexOf };
        const desired = desiredContents(wishes, this.#settings);
        const commands = TABLE_FAMILIES.flatMap((family) => planTable(family, tables[family], desired[family], this.#settings));
        const outcome = commands.length === 0 ? { code: "" } : applyToFirewall(socket, this.#settings.table, commands);
        if (outcome.code === "") {
            for (const family of TABLE_FAMILIES) {
                tables[family] = afterwards(tables[family], desired[family]);
            }
        }
        return outcome;
    }

    #begin(): OpenFirewall | undefined {
        const { system, onReady, onRefused } = this.#make;
        try {
            const socket = new NftablesSocket(system);
            const monitor = new FirewallMonitor({
                system,
                ownPort: socket.port,
                table: () => this.#settings.table,
                onReady,
                onDisturbed: () => this.#make.bulk.add(this),
            });
            const standing = (family: TableFamily): StandingTable => {
                const found = socket.look({ family, table: this.#settings.table });
                return found === "ours" ? "stale" : found;
            };
            this.#open = { socket, monitor, tables: { ip: standing("ip"), ip6: standing("ip6") } };
        } catch (error) {
            onRefused(`nftables: ${error instanceof Error ? error.message : String(error)}`);
        }
        return this.#open;
    }

    #removeTables(): void {
        if (this.#open === undefined) {
            return;
        }
        const { socket, tables } = this.#open;
        const ours = TABLE_FAMILIES.filter((family) => tables[family] === "stale" || typeof tables[family] === "object");
        if (ours.length > 0) {
            applyToFirewall(
                socket,
                this.#settings.table,
                ours.map((family) => ({ type: "delete-table", family })),
            );
        }
        this.#shut();
    }

    #shut(): void {
        this.#open?.monitor.close();
        this.#open?.socket.close();
        this.#open = undefined;
    }
}

function afterwards(before: StandingTable, desired: Exclude<StandingTable, string>): StandingTable {
    if (typeof before === "object") {
        return { ...desired, guardsVmacs: before.guardsVmacs || desired.guardsVmacs };
    }
    return desired.sets.size > 0 ? desired : before === "stale" ? "absent" : before;
}
