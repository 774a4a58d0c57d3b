import type { Duration, Instant } from "../../core/base/instant.ts";
import { after, milliseconds } from "../../core/base/instant.ts";
import { PROTOCOL_OF_OURS, type Route } from "../../core/base/route.ts";
import type { Rule } from "../../core/base/rule.ts";
import { MessageWriter } from "../../core/netlink/message-writer.ts";
import { ROUTE_MESSAGE, readRoute, writeDeleteRoute, writeNewRoute, writeRouteDump } from "../../core/netlink/route-messages.ts";
import { RULE_MESSAGE, readRule, writeDeleteRule, writeNewRule, writeRuleDump } from "../../core/netlink/rule-messages.ts";
import { routePlace, rulePlace } from "../../core/route/route-key.ts";
import { type Piece, RoutingLedger } from "../../core/route/routing-ledger.ts";
import type { RoutingSet } from "../../core/route/routing-set.ts";
import type { Link } from "../../core/vrrp/events.ts";
import type { BulkLane, BulkWork, Clock, Source } from "../../host/world.ts";
import type { NativeAddon } from "../native/addon.ts";
import { dumpTable, type KernelTable } from "../netlink/kernel-table.ts";
import { type Answer, RequestSocket } from "../netlink/request-socket.ts";
import { NO_HURRY, SlicePace } from "../netlink/slice-pace.ts";
import { RouteMonitor } from "./route-monitor.ts";
import { VrfTables } from "./vrf-tables.ts";

/** What one system call takes at most; the largest route, through 256 gateways with headers around their packets, needs a third of it. */
const BATCH = 1 << 17;
const LARGEST_MESSAGE = BATCH / 2;
/** What a deletion answers when there is nothing to delete any more. */
const GONE: ReadonlySet<string> = new Set(["", "ESRCH", "ENOENT", "ENODEV", "EADDRNOTAVAIL"]);
/** Not there yet, rather than refused: it is tried again when the interface comes. */
const NOT_YET: ReadonlySet<string> = new Set(["ENODEV", "ENETDOWN"]);
/** Links and addresses come in swarms; what went with them is added again when that is over. */
const PAUSE = milliseconds(50);

/** What the port is made of. */
export interface KernelRoutesSettings {
    readonly system: NativeAddon;
    readonly clock: Clock;
    readonly bulk: BulkLane;
    readonly linkNamed: (name: string) => Link | undefined;
    readonly linkAt: (interfaceIndex: number) => Link | undefined;
    readonly onReady: (source: Source) => void;
    /** Somebody else removed what this owner had claimed and wants to know of. */
    readonly onLost: (owner: string, what: string) => void;
    readonly onRefused: (owner: string, text: string) => void;
    /** The kernel has answered some orders. */
    readonly onAnswered: () => void;
}

interface Order {
    readonly order: "add" | "remove";
    readonly owner: string;
    readonly piece: Piece;
}

/**
 * Routes and rules in the kernel, added and removed as bulk work: many with each system call, and between two slices the loop turns.
 *
 * What stands already is adopted as it is, and nothing blinks. What the kernel drops because an interface goes comes back with the interface.
 */
export class KernelRoutes implements BulkWork {
    readonly #settings: KernelRoutesSettings;
    readonly #vrfs: VrfTables;
    readonly #ledger: RoutingLedger;
    readonly #writer = new MessageWriter(BATCH);
    readonly #pace = new SlicePace();
    #orders: Order[] = [];
    #socket: RequestSocket | undefined;
    #monitor: RouteMonitor | undefined;
    /** What stood before we did anything; what did not need not be removed. */
    #leftOver: ReadonlySet<string> | undefined;
    #retryAt: Instant | undefined;

    constructor(settings: KernelRoutesSettings) {
        this.#settings = settings;
        this.#vrfs = new VrfTables(settings.system);
        this.#ledger = new RoutingLedger((route) => this.#vrfs.tableOf(route));
    }

    /** Adds them, routes first. */
    claim(owner: string, routing: RoutingSet): void {
        this.#look();
        const pieces = this.#ledger.claim(owner, routing);
        this.#watch();
        this.#enqueue(pieces.map((piece) => ({ order: "add", owner, piece })));
    }

    /** Removes them unless another owner has claimed them too. */
    release(owner: string, routing: RoutingSet): void {
        const before = this.#look();
        const held = new Set([...routing.routes, ...routing.rules].filter((item) => this.#ledger.holds(item)));
        const pieces = this.#ledger
            .release(owner, routing)
            .filter(({ item, place }) => held.has(item) || before.has(place) || item.protocol !== PROTOCOL_OF_OURS);
        this.#enqueue(pieces.map((piece) => ({ order: "remove", owner, piece })));
    }

    /** Owners, by their former names, are called something else from now on. */
    rename(names: ReadonlyMap<string, string>): void {
        this.#ledger.rename(names);
    }

    /** Removes what a predecessor left, as far as it stands and says that it is ours. @returns what goes, in words */
    removeLeft(routing: RoutingSet): readonly string[] {
        const before = this.#look();
        const pieces = this.#ledger.release("", routing).filter(({ place }) => before.has(place));
        this.#enqueue(pieces.map((piece) => ({ order: "remove", owner: "", piece })));
        return pieces.map(({ what }) => what);
    }

    /** Whether it stands as far as is known; undefined as long as there is no answer. */
    stands(item: Route | Rule): boolean | undefined {
        return this.#ledger.stands(item);
    }

    /** An interface came up or got an address: what could not be added, or went, may be added now. */
    interfaceReturned(): void {
        this.#vrfs.forget();
        if (!this.#ledger.isEmpty && this.#retryAt === undefined) {
            this.#retryAt = after(this.#settings.clock.now(), PAUSE);
            this.#settings.bulk.add(this);
        }
    }

    /** An interface went down, or somebody took an address from it; without a name, any may be gone. */
    interfaceFailed(name: string | undefined): void {
        if (name === undefined) {
            this.#ledger.doubtAll();
        } else {
            this.#ledger.doubt(name);
        }
    }

    step(span: Duration): boolean | Instant {
        const { clock, system } = this.#settings;
        if (this.#retryAt !== undefined && this.#retryAt <= clock.now()) {
            this.#retryAt = undefined;
            this.#orders.push(...this.#ledger.doubtful().map((piece): Order => ({ order: "add", owner: "", piece })));
        }
        if (this.#orders.length === 0) {
            return this.#retryAt ?? false;
        }
        const start = system.monotonicNs();
        const count = this.#performSome(this.#pace.sizeWithin(span));
        this.#pace.took(count, system.monotonicNs() - start);
        return this.#orders.length > 0 || (this.#retryAt ?? false);
    }

    /** Does everything that is left, now: for a process that is about to end. */
    finish(): void {
        this.#retryAt = undefined;
        while (this.#orders.length > 0) {
            this.step(NO_HURRY);
        }
    }

    close(): void {
        this.#monitor?.close();
        this.#socket?.close();
    }

    #enqueue(orders: readonly Order[]): void {
        if (orders.length > 0) {
            this.#orders.push(...orders);
            this.#settings.bulk.add(this);
        }
    }

    #performSome(most: number): number {
        const socket = this.#open();
        const asked: Order[] = [];
        let first = 0;
        let taken = 0;
        this.#writer.clear();
        for (const order of this.#orders) {
            if (asked.length >= most || this.#writer.length > LARGEST_MESSAGE) {
                break;
            }
            taken += 1;
            if (!this.#isPossible(order)) {
                continue;
            }
            const sequence = socket.nextSequence();
            first = asked.length === 0 ? sequence : first;
            this.#write(order, sequence);
            asked.push(order);
        }
        this.#orders = this.#orders.slice(taken);
        const answers = asked.length === 0 ? [] : socket.send(this.#writer, first, asked.length);
        for (const [index, order] of asked.entries()) {
            this.#conclude(order, answers[index] ?? { errno: 0, code: "ENOBUFS" });
        }
        this.#settings.onAnswered();
        return Math.max(1, asked.length);
    }

    /** What has been released since is not added, and what was claimed again is not removed. A route needs its interfaces and its VRF. */
    #isPossible({ order, piece }: Order): boolean {
        if ((order === "add") !== this.#ledger.isClaimed(piece)) {
            return false;
        }
        if (piece.kind === "rule") {
            return true;
        }
        const hops = [piece.item.hop, ...(piece.item.hops ?? [])];
        const areThere =
            this.#vrfs.tableOf(piece.item) !== undefined &&
            hops.every(({ interfaceName }) => interfaceName === undefined || this.#indexOf(interfaceName) !== undefined);
        if (!areThere && order === "add") {
            this.#ledger.answered(piece, false);
        }
        return areThere;
    }

    #write({ order, piece }: Order, sequence: number): void {
        if (piece.kind === "rule") {
            (order === "add" ? writeNewRule : writeDeleteRule)(this.#writer, piece.item, sequence);
        } else {
            const write = order === "add" ? writeNewRoute : writeDeleteRoute;
            const table = this.#vrfs.tableOf(piece.item) ?? piece.item.table;
            write(this.#writer, { ...piece.item, table }, sequence, (name) => this.#indexOf(name));
        }
    }

    #conclude({ order, owner, piece }: Order, { code, text }: Answer): void {
        const because = text === undefined ? code : `${code} (${text})`;
        if (order === "remove") {
            if (!GONE.has(code)) {
                this.#settings.onRefused(owner, `cannot remove ${piece.what}: ${because}`);
            }
            return;
        }
        const stands = code === "" || code === "EEXIST";
        const isNews = this.#ledger.answered(piece, stands);
        if (!stands && isNews && !NOT_YET.has(code)) {
            this.#settings.onRefused(owner, `cannot add ${piece.what}: ${because}`);
        }
    }

    #indexOf(name: string): number | undefined {
        return this.#settings.linkNamed(name)?.index;
    }

    #open(): RequestSocket {
        this.#socket ??= new RequestSocket(this.#settings.system);
        return this.#socket;
    }

    /** Routes and rules of our protocol as they stood at first. */
    #look(): ReadonlySet<string> {
        if (this.#leftOver === undefined) {
            const { linkAt } = this.#settings;
            const routes = this.#dump(OUR_ROUTES);
            this.#leftOver = new Set([
                // One that goes where its gateway is names no interface, and the kernel does.
                ...routes.map((route) => routePlace(route, undefined)),
                ...routes.map((route) => routePlace(route, linkAt(route.interfaceIndex ?? 0)?.name)),
                ...this.#dump(OUR_RULES).map(rulePlace),
            ]);
        }
        return this.#leftOver;
    }

    /** Nothing where the kernel cannot tell: one without policy routing knows no rules. */
    #dump<Item>(table: KernelTable<Item>): readonly Item[] {
        try {
            return dumpTable(this.#settings.system, table).items;
        } catch (error) {
            this.#settings.onRefused("", error instanceof Error ? error.message : String(error));
            return [];
        }
    }

    #watch(): void {
        if (this.#monitor !== undefined || !this.#ledger.isTracking) {
            return;
        }
        this.#monitor = new RouteMonitor({
            system: this.#settings.system,
            ownPort: this.#open().port,
            nameOf: (index) => this.#settings.linkAt(index)?.name,
            onReady: this.#settings.onReady,
            onRemoved: (place) => this.#lose(place),
            onDropped: (place) => {
                this.#ledger.lost(place);
            },
            onOverrun: () => {
                this.#ledger.doubtAll();
                this.interfaceReturned();
            },
        });
    }

    #lose(place: string): void {
        for (const { owner, piece } of this.#ledger.lost(place)) {
            this.#settings.onLost(owner, piece.what);
        }
    }
}

const OUR_ROUTES = {
    ask: (writer: MessageWriter, sequence: number) => writeRouteDump(writer, PROTOCOL_OF_OURS, sequence),
    answer: ROUTE_MESSAGE.RTM_NEWROUTE,
    isStrict: true,
    read: (payload: Uint8Array) => {
        const route = readRoute(payload);
        return route?.protocol === PROTOCOL_OF_OURS ? route : undefined;
    },
};
const OUR_RULES = {
    ask: writeRuleDump,
    answer: RULE_MESSAGE.RTM_NEWRULE,
    read: (payload: Uint8Array) => {
        const rule = readRule(payload);
        return rule?.protocol === PROTOCOL_OF_OURS ? rule : undefined;
    },
};
