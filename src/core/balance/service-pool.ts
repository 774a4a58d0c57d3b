import { after, type Instant, isDue, seconds } from "../base/instant.ts";
import { equalIp } from "../base/ip.ts";
import type { IpvsDestination } from "../netlink/ipvs.ts";
import type { RealServerSettings, SorryServerSettings, VirtualServerSettings } from "../service/virtual-server.ts";
import type { DrainOrder, DrainRequest } from "./drain-order.ts";
import { PoolMember, type Standing } from "./pool-member.ts";
import type { BalanceReport } from "./reports.ts";
import { wantedDestination } from "./wanted-services.ts";

const SORRY_WEIGHT = 1;
/** How often servers that have come up get more weight. */
const STEP = seconds(1);

/** One destination as the pool wants it: with this weight, or not at all. */
export interface DestinationWish {
    readonly destination: IpvsDestination;
    readonly isWanted: boolean;
}

/** What is to stand in the kernel now. */
export interface PoolWishes {
    /** Those that may have changed; with `isWhole` these are all there are. */
    readonly wishes: readonly DestinationWish[];
    readonly isWhole: boolean;
}

/** What follows from a change, and what there is to tell. */
export interface PoolChange extends PoolWishes {
    readonly reports: readonly BalanceReport[];
}

/**
 * The servers of one virtual server: who is alive, whether that is enough, and what follows for the kernel's table.
 *
 * A server is in the table when it is alive and there is a quorum (or nobody to take its place); one that inhibits stays in it with weight 0.
 * The sorry server is in it while there is no quorum.
 */
export class ServicePool {
    #settings: VirtualServerSettings;
    #members = new Map<string, PoolMember>();
    /** Sum of the weights of those alive, kept up to date: there may be thousands. */
    #liveWeight = 0;
    #hasQuorum = false;
    /** Servers that do not have all of their weight yet. */
    readonly #rising = new Set<PoolMember>();
    /** Servers that are to lose their clients. */
    readonly #draining = new Set<PoolMember>();
    #stepAt: Instant | undefined;

    /** @param standingOf what is said of a server at first */
    constructor(settings: VirtualServerSettings, standingOf: (server: RealServerSettings) => Standing, now: Instant) {
        this.#settings = settings;
        for (const server of settings.realServers) {
            this.#admit(new PoolMember(server, standingOf(server), now), now);
        }
    }

    get settings(): VirtualServerSettings {
        return this.#settings;
    }

    get hasQuorum(): boolean {
        return this.#hasQuorum;
    }

    /** Whether that server is alive; undefined when there is none of that name. */
    isUp(server: string): boolean | undefined {
        return this.#members.get(server)?.isUp;
    }

    /** When that server came up, if it does not have all of its weight yet. */
    risingSince(server: string): Instant | undefined {
        return this.#members.get(server)?.risingSince;
    }

    /** What that server weighs by its configuration, its checkers and orders. */
    weightOf(server: string): number | undefined {
        return this.#members.get(server)?.weight;
    }

    /** A user's order to have that server lose its clients. */
    drainOrderOf(server: string): DrainOrder | undefined {
        return this.#members.get(server)?.drainOrder;
    }

    /** Whether there are servers of which it has to be known how many clients they still have. */
    get isDraining(): boolean {
        return this.#draining.size > 0;
    }

    /** All that is to stand in the kernel. */
    get whole(): PoolWishes {
        return { wishes: this.#allWishes(), isWhole: true };
    }

    /** When servers get more weight, or their clients are to be counted. */
    get wakeAt(): Instant | undefined {
        return this.#stepAt;
    }

    /** Gives servers that have come up as much weight as their time allows; undefined when it is not time for that. */
    wake(now: Instant): PoolChange | undefined {
        if (!isDue(this.#stepAt, now)) {
            return undefined;
        }
        const changed = [...this.#rising].filter((member) => {
            const before = member.kernelWeight;
            member.step(now);
            return member.kernelWeight !== before;
        });
        const ended = [...this.#rising].filter((member) => member.risingSince === undefined);
        for (const member of ended) {
            this.#rising.delete(member);
        }
        this.#stepAt = this.#rising.size + this.#draining.size === 0 ? undefined : after(now, STEP);
        const reports = ended.map(({ settings: { name: server }, weight }): BalanceReport => {
            return { type: "slow-start", service: this.#settings.name, server, weight, isOver: true };
        });
        return { wishes: changed.map((member) => this.#wishFor(member)), isWhole: false, reports };
    }

    /**
     * Finds out whether there is a quorum, and wants its servers.
     *
     * @param former a predecessor's work goes on: a quorum that it had within the margin is not lost with it, and nothing is told
     */
    start(former?: { readonly hadQuorum: boolean }): PoolChange {
        const { quorum, hysteresis } = this.#settings;
        const weight = this.#liveWeight;
        this.#hasQuorum =
            former?.hadQuorum === true ? weight >= quorum - hysteresis && (weight > 0 || quorum === 0) : weight >= quorum + hysteresis;
        return { ...this.whole, reports: former === undefined ? [this.#quorumReport(true)] : [] };
    }

    /** Takes in how many clients servers still have; where that is not known (NaN) only time counts. Undefined when nothing follows. */
    drain(connectionsOf: (server: RealServerSettings) => number, now: Instant): PoolChange | undefined {
        const countOf = ({ settings }: PoolMember) => connectionsOf(settings);
        const drained = [...this.#draining].filter((member) => member.drain(countOf(member), now));
        for (const member of drained) {
            this.#draining.delete(member);
        }
        const reports = drained.map((member) => this.#drainReport(member, countOf(member)));
        return drained.length === 0 ? undefined : { wishes: drained.map((member) => this.#wishFor(member)), isWhole: false, reports };
    }

    /** A user has a server lose its clients, or ends that; undefined when nothing follows. One that has lost them is not asked to do so again. */
    order(name: string, { isUndone, timeout }: Pick<DrainRequest, "isUndone" | "timeout">, now: Instant): PoolChange | undefined {
        const member = this.#members.get(name);
        if (member === undefined || (isUndone ? member.drainOrder === undefined : member.isDrained && member.drainOrder !== undefined)) {
            return undefined;
        }
        this.#liveWeight -= member.liveWeight;
        member.order(isUndone ? undefined : { since: now, isDrained: false, ...(timeout !== undefined && { timeout }) });
        this.#liveWeight += member.liveWeight;
        this.#schedule(member, now);
        const { weight } = member;
        const undone: BalanceReport = { type: "drain-undone", service: this.#settings.name, server: name, weight };
        return this.#after(member, [isUndone ? undone : this.#drainReport(member, 0)]);
    }

    #drainReport({ settings: { name: server }, isDrained }: PoolMember, connections: number): BalanceReport {
        return { type: "drain", service: this.#settings.name, server, isOver: isDrained, connections };
    }

    /** A server's checkers say something else of it; undefined when nothing follows, or nobody knows the server. */
    judge(name: string, standing: Standing, now: Instant): PoolChange | undefined {
        const member = this.#members.get(name);
        if (member === undefined) {
            return undefined;
        }
        const [wasUp, from] = [member.isUp, member.weight];
        this.#liveWeight -= member.liveWeight;
        member.judge(standing, now);
        this.#liveWeight += member.liveWeight;
        this.#schedule(member, now);
        const reports = this.#changes(member, wasUp, from);
        return reports.length === 0 ? undefined : this.#after(member, reports);
    }

    #changes(member: PoolMember, wasUp: boolean, from: number): BalanceReport[] {
        const { weight: to, settings } = member;
        const subject = { service: this.#settings.name, server: settings.name };
        const turn = this.#turn(member, wasUp);
        return from === to ? turn : [{ ...subject, type: "weight", from, to, isActive: this.#isActive(member) }, ...turn];
    }

    /** What there is to tell of a server's coming up or going down, if it has done so. */
    #turn({ settings, isUp, weight, risingSince }: PoolMember, wasUp: boolean): BalanceReport[] {
        if (isUp === wasUp) {
            return [];
        }
        const subject = { service: this.#settings.name, server: settings.name };
        const state: BalanceReport = { ...subject, type: "server-state", isUp, inhibits: settings.inhibits };
        return risingSince === undefined ? [state] : [state, { ...subject, type: "slow-start", weight, isOver: false }];
    }

    /** New settings: what is said of each server now; with other checks that may be something else. Who rises goes on to do so. */
    reconfigure(settings: VirtualServerSettings, standingOf: (server: RealServerSettings) => Standing, now: Instant): PoolChange {
        const known = this.#members;
        this.#settings = settings;
        this.#members = new Map();
        this.#rising.clear();
        this.#draining.clear();
        this.#stepAt = undefined;
        this.#liveWeight = 0;
        for (const server of settings.realServers) {
            this.#admit(new PoolMember(server, standingOf(server), now, known.get(server.name)), now);
        }
        const begun = [...this.#draining].filter(({ settings }) => known.get(settings.name)?.drainingSince === undefined);
        const turns = [...this.#members.values()].flatMap((member) =>
            this.#turn(member, known.get(member.settings.name)?.isUp ?? member.isUp),
        );
        const reports = [...begun.map((member) => this.#drainReport(member, 0)), ...turns, ...this.#reconsider()];
        return { ...this.whole, reports };
    }

    #admit(member: PoolMember, now: Instant): void {
        this.#members.set(member.settings.name, member);
        this.#liveWeight += member.liveWeight;
        this.#schedule(member, now);
    }

    #schedule(member: PoolMember, now: Instant): void {
        if (member.risingSince === undefined) {
            this.#rising.delete(member);
        } else {
            this.#rising.add(member);
            this.#stepAt ??= after(now, STEP);
        }
        if (member.drainingSince === undefined || member.isDrained) {
            this.#draining.delete(member);
        } else {
            this.#draining.add(member);
            this.#stepAt ??= after(now, STEP);
        }
    }

    #after(member: PoolMember, changes: readonly BalanceReport[]): PoolChange {
        const reports = [...changes, ...this.#reconsider()];
        const hasTurned = reports.length > changes.length && this.#settings.sorryServer !== undefined;
        return hasTurned ? { ...this.whole, reports } : { wishes: [this.#wishFor(member)], isWhole: false, reports };
    }

    /** The quorum is gained at quorum + hysteresis and lost below quorum - hysteresis, or when nothing is alive. */
    #reconsider(): BalanceReport[] {
        const { quorum, hysteresis } = this.#settings;
        const weight = this.#liveWeight;
        const turns = this.#hasQuorum ? weight === 0 || weight < quorum - hysteresis : weight >= quorum + hysteresis;
        // Where nothing can be alive nothing is lost: the quorum is 0 then.
        if (!turns || (this.#hasQuorum && quorum === 0)) {
            return [];
        }
        this.#hasQuorum = !this.#hasQuorum;
        return [this.#quorumReport(false)];
    }

    #quorumReport(isStart: boolean): BalanceReport {
        const { name: service, key, quorum, hysteresis, sorryServer } = this.#settings;
        const [isUp, weight] = [this.#hasQuorum, this.#liveWeight];
        const report = { type: "quorum", service, key, isUp, weight, quorum, hysteresis, isStart } as const;
        return sorryServer === undefined ? report : { ...report, sorryServer: { name: sorryServer.name, inhibits: sorryServer.inhibits } };
    }

    #isActive(member: PoolMember): boolean {
        return member.isUp && (this.#hasQuorum || this.#settings.sorryServer === undefined);
    }

    /** What is wanted in that server's place: it may be the sorry server's, too, who is not to go with it. */
    #wishFor(member: PoolMember): DestinationWish {
        const { sorryServer } = this.#settings;
        if (sorryServer !== undefined && !this.#hasQuorum && isSamePlace(member.settings, sorryServer)) {
            return this.#sorryWish(sorryServer);
        }
        const isActive = this.#isActive(member);
        return {
            destination: wantedDestination(member.settings, isActive ? member.kernelWeight : 0, member.settings),
            isWanted: (isActive && !member.isDrained) || member.settings.inhibits,
        };
    }

    #allWishes(): readonly DestinationWish[] {
        const { sorryServer } = this.#settings;
        const wishes: DestinationWish[] = [];
        let isReal = false;
        this.#members.forEach((member) => {
            wishes.push(this.#wishFor(member));
            isReal ||= sorryServer !== undefined && isSamePlace(member.settings, sorryServer);
        });
        // One that is a real server, too, stands in that one's place.
        return sorryServer === undefined || isReal ? wishes : [...wishes, this.#sorryWish(sorryServer)];
    }

    #sorryWish(sorryServer: SorryServerSettings): DestinationWish {
        const isNeeded = !this.#hasQuorum;
        return {
            destination: wantedDestination(sorryServer, isNeeded ? SORRY_WEIGHT : 0),
            isWanted: isNeeded || sorryServer.inhibits,
        };
    }
}

/** Whether the sorry server is a real server, too. Without address translation both have the port of the service. */
function isSamePlace(server: RealServerSettings, sorry: SorryServerSettings): boolean {
    const keepPorts = server.forwarding.method !== "nat" && sorry.forwarding.method !== "nat";
    return equalIp(server.address, sorry.address) && (keepPorts || server.port === sorry.port);
}
