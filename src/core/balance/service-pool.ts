import type { IpvsDestination } from "../netlink/ipvs.ts";
import type { RealServerSettings, VirtualServerSettings } from "../service/virtual-server.ts";
import type { BalanceReport } from "./reports.ts";
import { wantedDestination } from "./wanted-services.ts";

const SORRY_WEIGHT = 1;

/** One destination as the pool wants it: with this weight, or not at all. */
export interface DestinationWish {
    readonly destination: IpvsDestination;
    readonly isWanted: boolean;
}

/** What follows from a change: what is to stand in the kernel now, and what there is to tell. */
export interface PoolChange {
    /** Those that may have changed; with `isWhole` these are all there are. */
    readonly wishes: readonly DestinationWish[];
    readonly isWhole: boolean;
    readonly reports: readonly BalanceReport[];
}

/** How a real server stands. */
interface Member {
    settings: RealServerSettings;
    isUp: boolean;
    /** What is added to the configured weight. */
    bonus: number;
}

/**
 * The servers of one virtual server: who is alive, whether that is enough, and what follows for the kernel's table.
 *
 * A server is in the table when it is alive and there is a quorum (or nobody to take its place); one that inhibits stays in it with weight 0.
 * The sorry server is in it while there is no quorum.
 */
export class ServicePool {
    #settings: VirtualServerSettings;
    readonly #members = new Map<string, Member>();
    /** Sum of the weights of those alive, kept up to date: there may be thousands. */
    #liveWeight = 0;
    #hasQuorum = false;

    /** @param isUp whether a server is taken to be alive at first */
    constructor(settings: VirtualServerSettings, isUp: (server: RealServerSettings) => boolean) {
        this.#settings = settings;
        for (const server of settings.realServers) {
            this.#members.set(server.name, { settings: server, isUp: isUp(server), bonus: 0 });
        }
        this.#sum();
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

    /**
     * Finds out whether there is a quorum, and wants its servers.
     *
     * @param isResumed a predecessor's work goes on: a quorum that it may have had within the margin is not lost with it, and nothing is told
     */
    start(isResumed = false): PoolChange {
        const { quorum, hysteresis } = this.#settings;
        const weight = this.#liveWeight;
        this.#hasQuorum = isResumed ? weight >= quorum - hysteresis && (weight > 0 || quorum === 0) : weight >= quorum + hysteresis;
        return { wishes: this.#allWishes(), isWhole: true, reports: isResumed ? [] : [this.#quorumReport(true)] };
    }

    /** A server came up or went down; undefined when that is known, or the server is not. */
    setState(name: string, isUp: boolean): PoolChange | undefined {
        const member = this.#members.get(name);
        if (member === undefined || member.isUp === isUp) {
            return undefined;
        }
        this.#liveWeight -= liveWeightOf(member);
        member.isUp = isUp;
        this.#liveWeight += liveWeightOf(member);
        const { inhibits } = member.settings;
        const report: BalanceReport = { type: "server-state", service: this.#settings.name, server: name, isUp, inhibits };
        return this.#after(member, report);
    }

    /** What is added to a server's configured weight from now on; undefined when nothing changes. */
    setBonus(name: string, bonus: number): PoolChange | undefined {
        const member = this.#members.get(name);
        if (member === undefined || member.bonus === bonus) {
            return undefined;
        }
        const from = weightOf(member);
        this.#liveWeight -= liveWeightOf(member);
        member.bonus = bonus;
        this.#liveWeight += liveWeightOf(member);
        const isActive = this.#isActive(member);
        const report: BalanceReport = { type: "weight", service: this.#settings.name, server: name, from, to: weightOf(member), isActive };
        return this.#after(member, report);
    }

    /** New settings: who stays keeps state and weight. */
    reconfigure(settings: VirtualServerSettings, isUp: (server: RealServerSettings) => boolean): PoolChange {
        const known = new Map(this.#members);
        this.#settings = settings;
        this.#members.clear();
        for (const server of settings.realServers) {
            const bonus = known.get(server.name)?.bonus ?? 0;
            this.#members.set(server.name, { settings: server, isUp: isUp(server), bonus });
        }
        this.#sum();
        const reports = this.#reconsider();
        return { wishes: this.#allWishes(), isWhole: true, reports };
    }

    #sum(): void {
        this.#liveWeight = 0;
        for (const member of this.#members.values()) {
            this.#liveWeight += liveWeightOf(member);
        }
    }

    #after(member: Member, report: BalanceReport): PoolChange {
        const reports = [report, ...this.#reconsider()];
        const hasTurned = reports.length > 1 && this.#settings.sorryServer !== undefined;
        return hasTurned
            ? { wishes: this.#allWishes(), isWhole: true, reports }
            : { wishes: [this.#wishFor(member)], isWhole: false, reports };
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
        const { name: service, quorum, hysteresis, sorryServer } = this.#settings;
        const report = { type: "quorum", service, isUp: this.#hasQuorum, weight: this.#liveWeight, quorum, hysteresis, isStart } as const;
        return sorryServer === undefined ? report : { ...report, sorryServer: { name: sorryServer.name, inhibits: sorryServer.inhibits } };
    }

    #isActive(member: Member): boolean {
        return member.isUp && (this.#hasQuorum || this.#settings.sorryServer === undefined);
    }

    #wishFor(member: Member): DestinationWish {
        const isActive = this.#isActive(member);
        return {
            destination: wantedDestination(member.settings, isActive ? weightOf(member) : 0, member.settings),
            isWanted: isActive || member.settings.inhibits,
        };
    }

    #allWishes(): readonly DestinationWish[] {
        const { sorryServer } = this.#settings;
        const wishes = Array.from(this.#members.values(), (member) => this.#wishFor(member));
        if (sorryServer !== undefined) {
            const isNeeded = !this.#hasQuorum;
            wishes.push({
                destination: wantedDestination(sorryServer, isNeeded ? SORRY_WEIGHT : 0),
                isWanted: isNeeded || sorryServer.inhibits,
            });
        }
        return wishes;
    }
}

function weightOf({ settings, bonus }: Member): number {
    return Math.max(0, settings.weight + bonus);
}

function liveWeightOf(member: Member): number {
    return member.isUp ? weightOf(member) : 0;
}
