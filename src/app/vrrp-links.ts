import type { GuardedVmac } from "../core/firewall/contents.ts";
import { gatherLinks } from "../core/link/gather-links.ts";
import type { ChangedParameter } from "../core/link/link-parameters.ts";
import type { LinkNews } from "../core/link/standing-links.ts";
import { VirtualLinks } from "../core/link/virtual-links.ts";
import type { LogLine } from "../core/report/log-lines.ts";
import type { VrrpProcessSettings } from "../core/supervise/process-settings.ts";
import { ownedAddresses } from "../core/vrrp/owned-addresses.ts";
import type { VirtualRouterSnapshot } from "../core/vrrp/snapshot.ts";
import type { BulkLane, Clock } from "../host/world.ts";
import { KernelLinks } from "../io/link/kernel-links.ts";
import type { NativeAddon } from "../io/native/addon.ts";

/** What it is made of. */
export interface VrrpLinksSettings {
    readonly system: NativeAddon;
    readonly clock: Clock;
    readonly bulk: BulkLane;
    /** Before these are set up: their multicast reports must not leave with the virtual MAC. */
    readonly guard: (vmacs: readonly GuardedVmac[]) => void;
    /** What a successor has to know of this virtual router has changed. */
    readonly publish: (router: string) => void;
    readonly log: (line: LogLine) => void;
}

/** The links that virtual routers have made for themselves. */
export class VrrpLinks {
    readonly #make: VrrpLinksSettings;
    readonly #links = new VirtualLinks();
    readonly #kernel: KernelLinks;
    /** With whose snapshot a successor is told what was changed of the kernel's parameters. */
    #carrier: string | undefined;

    constructor(make: VrrpLinksSettings) {
        this.#make = make;
        this.#kernel = new KernelLinks({
            ...make,
            links: this.#links,
            onRefused: (text) => make.log({ level: "error", isDetail: false, text }),
            onParametersChanged: () => this.#publish(),
        });
    }

    /** The virtual router whose snapshot has what was changed of the kernel's parameters; none where there are no such links. */
    get carriers(): readonly string[] {
        return this.#carrier === undefined ? [] : [this.#carrier];
    }

    /** Takes over what a predecessor left, and what a killed daemon did not put back; before `want`. */
    adopt(predecessors: readonly VirtualRouterSnapshot[], unreturned: readonly ChangedParameter[] = []): void {
        const told = predecessors.flatMap(({ changedParameters }) => changedParameters ?? []);
        // A predecessor within this daemon knows better than the note of one that was killed.
        this.#kernel.adopt(told.length > 0 ? told : unreturned);
    }

    /** Makes what is missing, now; before the virtual routers are told. @param listen takes in what the kernel tells */
    want({ routers, silencesLocalReports }: VrrpProcessSettings, listen: () => void): void {
        this.#carrier = routers.find(({ virtualLinks }) => virtualLinks !== undefined)?.name;
        const links = gatherLinks(routers);
        const virtualAddresses =
            links.length === 0 ? [] : routers.flatMap((router) => ownedAddresses(router).map(({ address }) => address));
        this.#kernel.want({ links, virtualAddresses, silencesReports: silencesLocalReports }, listen);
        this.#guard();
    }

    /** The kernel tells of a link or an address. */
    hear(news: LinkNews): void {
        this.#kernel.hear(news);
        if (this.#carrier !== undefined && (news.type === "link" || news.type === "link-gone")) {
            this.#guard();
        }
    }

    /** Takes away what the virtual routers do not need any more; after they were told. */
    clear(): void {
        this.#kernel.clear();
    }

    /** The addresses are gone, or stay where they are. */
    end(keepsLinks: boolean): void {
        this.#kernel.end(keepsLinks);
    }

    /** The snapshot with what a successor has to know of the links. */
    complete(snapshot: VirtualRouterSnapshot): VirtualRouterSnapshot {
        const changedParameters: readonly ChangedParameter[] = snapshot.name === this.#carrier ? this.#kernel.changedParameters : [];
        return changedParameters.length === 0 ? snapshot : { ...snapshot, changedParameters };
    }

    #guard(): void {
        this.#make.guard(this.#links.guarded());
    }

    #publish(): void {
        if (this.#carrier !== undefined) {
            this.#make.publish(this.#carrier);
        }
    }
}
