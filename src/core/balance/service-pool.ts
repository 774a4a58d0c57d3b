import type { IpvsDestination } from "../netlink/ipvs.ts";
import { type Adjustment, bonusOf } from "../service/adjustment.ts";
import type { RealServerSettings, VirtualServerSettings } from "../service/virtual-server.ts";
import type { BalanceReport } from "./reports.ts";
import { wantedDestination } from "./wanted-services.ts";

const SORRY_WEIGHT = 1;
/** The kernel takes no more. */
const HIGHEST_WEIGHT = 2_147_483_647;

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

/** What all checkers of a real server say of it. */
export interface Standing {
    readonly isUp: boolean;
    /** What they make of its weight; all of it counts. */
    readonly adjustments: readonly Adjustment[];
}

interface Member {
    settings: RealServerSettings;
    standing: Standing;
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

    /** @param standingOf what is said of a server at first */
    constructor(settings: VirtualServerSettings, standingOf: (server: RealServerSettings) => Standing) {
        this.#settings = settings;
        for (const server of settings.realServers) {
            this.#members.set(server.name, { settings: server, standing: standingOf(server) });
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
        return this.#members.get(server)?.standing.isUp;
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

    /** A server's checkers say something else of it; undefined when nothing follows, or nobody knows the server. */
    judge(name: string, standing: Standing): PoolChange | undefined {
        const member = this.#members.get(name);
        if (member === undefined) {
            return undefined;
        }
        const [wasUp, from] = [member.standing.isUp, weightOf(member)];
        this.#liveWeight -= liveWeightOf(member);
        member.standing = standing;
        this.#liveWeight += liveWeightOf(member);
        const reports = this.#changes(member, wasUp, from);
        return reports.length === 0 ? undefined : this.#after(member, reports);
    }

    #changes(member: Member, wasUp: boolean, from: number): BalanceReport[] {
        const { settings, standing } = member;
        const subject = { service: this.#settings.name, server: settings.name };
        const to = weightOf(member);
        const reports: BalanceReport[] = [];
        if (from !== to) {
            reports.push({ ...subject, type: "weight", from, to, isActive: this.#isActive(member) });
        }
        if (standing.isUp !== wasUp) {
            reports.push({ ...subject, type: "server-state", isUp: standing.isUp, inhibits: settings.inhibits });
        }
        return reports;
    }

    /** New settings: what is said of each server now. */
    reconfigure(settings: VirtualServerSettings, standingOf: (server: RealServerSettings) => Standing): PoolChange {
        this.#settings = settings;
        this.#members.clear();
        for (const server of settings.realServers) {
            this.#members.set(server.name, { settings: server, standing: standingOf(server) });
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

    #after(member: Member, changes: readonly BalanceReport[]): PoolChange {
        const reports = [...changes, ...this.#reconsider()];
        const hasTurned = reports.length > changes.length && this.#settings.sorryServer !== undefined;
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
        return member.standing.isUp && (this.#hasQuorum || this.#settings.sorryServer === undefined);
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

function weightOf({ settings, standing }: Member): number {
    const bonus = standing.adjustments.reduce((sum, adjustment) => sum + bonusOf(adjustment, settings.weight), 0);
    return Math.min(HIGHEST_WEIGHT, Math.max(0, settings.weight + bonus));
}

function liveWeightOf(member: Member): number {
    return member.standing.isUp ? weightOf(member) : 0;
}
