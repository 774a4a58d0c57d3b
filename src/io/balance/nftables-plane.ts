import { BalanceTables, type CommentedRule, PLACES } from "../../core/balance/nftables/balance-tables.ts";
import { capacityOf, type NftablesOrder, type Place, writeOrder } from "../../core/balance/nftables/orders.ts";
import type { TableCommand } from "../../core/balance/table.ts";
import type { TrafficTable } from "../../core/balance/traffic.ts";
import type { IpvsTimeouts, SyncDaemon } from "../../core/netlink/ipvs-daemon.ts";
import { type CounterNews, readCounter, readRule } from "../../core/netlink/nftables.ts";
import { commentText } from "../../core/netlink/nftables-comment.ts";
import type { DataPlane, DataPlaneNews, SurroundingsNews } from "../../host/data-plane.ts";
import type { BulkLane, BulkWork } from "../../host/world.ts";
import type { NativeAddon } from "../native/addon.ts";
import { type NftablesOutcome, NftablesSocket } from "../netlink/nftables-socket.ts";
import { DirectWays } from "./direct-ways.ts";

/** Commands in one transaction. */
const SLICE = 500;

/** What the plane is made of. */
export interface NftablesPlaneSettings {
    readonly system: NativeAddon;
    /** The name of our tables. */
    readonly table: string;
    readonly bulk: BulkLane;
    readonly onNews: (news: DataPlaneNews) => void;
    /** Something that cannot be had here was asked for, or the kernel refused it. */
    readonly onRefused: (text: string) => void;
}

/**
 * The load balancer's table in nf_tables: translation of addresses by connection tracking, and packets handed on as they come in. Each batch of
 * commands is one transaction; what a predecessor left is taken over with all that it remembers of clients and connections.
 */
export class NftablesPlane implements DataPlane, BulkWork {
    readonly #settings: NftablesPlaneSettings;
    readonly #socket: NftablesSocket;
    readonly #ways: DirectWays;
    readonly #tables: BalanceTables;
    #queue: readonly TableCommand[] = [];
    /** Ways to servers may be others. */
    #hasMoved = false;
    #failure: string | undefined;

    /** @throws Error when this kernel has no nf_tables, or a table of our name is somebody else's */
    constructor(settings: NftablesPlaneSettings) {
        const { system, table } = settings;
        this.#settings = settings;
        this.#socket = new NftablesSocket(system);
        this.#ways = new DirectWays(system);
        this.#tables = new BalanceTables((address) => this.#ways.to(address));
        try {
            this.#verify(table);
        } catch (error) {
            this.close();
            throw error;
        }
    }

    apply(commands: readonly TableCommand[]): void {
        this.#queue = [...this.#queue, ...commands];
        this.#settings.bulk.add(this);
    }

    read(): void {
        this.finish();
        const found = new Map(PLACES.flatMap((place) => (this.#look(place) === "ours" ? [[place, this.#rulesIn(place)] as const] : [])));
        this.#send(this.#tables.adopt(found));
        this.#settings.onNews({ type: "table", table: this.#tables.table });
    }

    /** Maps count nothing. */
    countConnections(): undefined {
        return undefined;
    }

    readTraffic(): TrafficTable {
        this.finish();
        return this.#tables.trafficOf(PLACES.flatMap((place) => this.#countersIn(place)));
    }

    /** Nobody but us has services in our tables. */
    flush(): void {
        this.finish();
        this.#send(this.#tables.removeAll());
    }

    setTimeouts(timeouts: IpvsTimeouts): void {
        this.#tables.setTimeouts(timeouts);
    }

    startDaemon({ state }: SyncDaemon): void {
        this.#settings.onRefused(`there is no sync daemon (${state}) for nftables: connections are not copied to other directors`);
    }

    stopDaemon(): void {
        // None was started.
    }

    hear(news: SurroundingsNews): void {
        switch (news.type) {
            case "link":
                this.#send(this.#tables.deviceCame(news.link.index, news.link.name));
                break;
            case "link-gone":
                // Whether the kernel has taken the chain along depends on its age.
                this.#order(this.#tables.deviceWent(news.interfaceIndex));
                break;
            case "address-added":
            case "address-removed":
                break;
        }
        this.#hasMoved = true;
        this.#settings.bulk.add(this);
    }

    step(): boolean {
        if (this.#hasMoved) {
            this.#hasMoved = false;
            this.#send(this.#tables.refreshWays());
        }
        if (this.#queue.length === 0) {
            return false;
        }
        const slice = this.#queue.slice(0, SLICE);
        this.#queue = this.#queue.slice(SLICE);
        this.#send(this.#tables.apply(slice));
        if (this.#queue.length > 0) {
            return true;
        }
        const reasons = this.#failure === undefined ? [] : [this.#failure];
        this.#failure = undefined;
        this.#settings.onNews(reasons.length === 0 ? { type: "applied" } : { type: "apply-failed", reasons });
        return false;
    }

    finish(): void {
        while (this.#queue.length > 0) {
            this.step();
        }
    }

    /** Where no service is left, no table is. */
    restore(): void {
        if (this.#tables.table.size === 0) {
            this.#send(this.#tables.removeAll());
        }
    }

    close(): void {
        this.#socket.close();
        this.#ways.close();
    }

    #verify(table: string): void {
        for (const place of PLACES) {
            if (this.#look(place) === "foreign") {
                throw new Error(`the nftables table ${place} ${table} is somebody else's`);
            }
        }
        // A table that comes and goes in one step shows whether there is nf_tables at all.
        const outcome = this.#order(
            this.#look("ip") === "ours"
                ? []
                : [
                      { place: "ip", type: "new-table" },
                      { place: "ip", type: "delete-table" },
                  ],
        );
        if (outcome.code !== "") {
            throw new Error(`nftables: ${outcome.code}`);
        }
    }

    #look(place: Place): "ours" | "foreign" | "absent" {
        return this.#socket.look({ family: place, table: this.#settings.table });
    }

    #countersIn(place: Place): readonly CounterNews[] {
        const counters: CounterNews[] = [];
        this.#socket.ask(
            (writer) => writer.dumpCounters({ family: place, table: this.#settings.table }),
            ({ type, payload }) => {
                const counter = readCounter(type, payload);
                if (counter !== undefined) {
                    counters.push(counter);
                }
            },
        );
        return counters;
    }

    #rulesIn(place: Place): readonly CommentedRule[] {
        const rules: CommentedRule[] = [];
        this.#socket.ask(
            (writer) => writer.dumpRules({ family: place, table: this.#settings.table }),
            ({ type, payload }) => {
                const rule = readRule(type, payload);
                const comment = rule && commentText(rule.userData);
                if (rule !== undefined && comment !== undefined) {
                    rules.push({ chain: rule.chain, comment });
                }
            },
        );
        return rules;
    }

    /** What does not go because things are not as they were thought to be is made anew as a whole. */
    #send(orders: readonly NftablesOrder[]): void {
        const outcome = this.#order(orders);
        const second = outcome.code === "" ? outcome : this.#order(this.#tables.rebuild());
        if (second.code !== "") {
            this.#failure = `nftables table ${this.#settings.table}: ${second.code}${second.text === undefined ? "" : ` (${second.text})`}`;
        }
    }

    #order(orders: readonly NftablesOrder[]): NftablesOutcome {
        if (orders.length === 0) {
            return { code: "" };
        }
        return this.#socket.batch(capacityOf(orders), (batch) => {
            for (const [index, order] of orders.entries()) {
                writeOrder(batch, this.#settings.table, order, index);
            }
        });
    }
}
