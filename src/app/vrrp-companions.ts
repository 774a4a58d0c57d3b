import type { Instant } from "../core/base/instant.ts";
import type { GuardedVmac } from "../core/firewall/contents.ts";
import type { LogLine } from "../core/report/log-lines.ts";
import type { Belongings } from "../core/supervise/belongings.ts";
import type { VrrpProcessSettings } from "../core/supervise/process-settings.ts";
import type { SpeakerEffect } from "../core/vrrp/effects.ts";
import type { Link, SpeakerEvent } from "../core/vrrp/events.ts";
import type { Loop } from "../host/loop.ts";
import type { AddressPort, Source } from "../host/world.ts";
import { KernelFirewall } from "../io/firewall/kernel-firewall.ts";
import { SyncDaemons } from "../io/ipvs/sync-daemons.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import type { AddressNews } from "../io/netlink/kernel-addresses.ts";
import type { KernelNews } from "../io/netlink/link-monitor.ts";
import { withSocketsIn } from "../io/system/network-namespace.ts";
import { PromotedSecondaries } from "../io/system/promoted-secondaries.ts";
import type { MonotonicClock } from "../io/time/monotonic-clock.ts";
import { Trackers } from "./trackers.ts";
import { clearLeftovers } from "./vrrp-leftovers.ts";
import { type RoutingEffect, VrrpRouting } from "./vrrp-routing.ts";

/** What the companions are made of. */
export interface VrrpCompanionsSettings {
    readonly system: NativeAddon;
    readonly clock: MonotonicClock;
    readonly loop: Pick<Loop, "attach" | "bulk">;
    readonly settings: VrrpProcessSettings;
    readonly addresses: AddressPort;
    readonly linkNamed: (name: string) => Link | undefined;
    readonly linkAt: (interfaceIndex: number) => Link | undefined;
    readonly onReady: (source: Source) => void;
    readonly tell: (event: SpeakerEvent) => void;
    readonly log: (line: LogLine) => void;
}

/** The effects that are the companions' business. */
export type CompanionEffect = RoutingEffect | (SpeakerEffect & { readonly type: "claim-firewall" | "release-firewall" | "sync-daemon" });

/** What goes along with virtual routers besides advertisements, addresses and announcements: it begins, changes and ends with them. */
export class VrrpCompanions {
    readonly #make: VrrpCompanionsSettings;
    readonly #firewall: KernelFirewall;
    readonly #trackers: Trackers;
    readonly #routing: VrrpRouting;
    readonly #syncDaemons: SyncDaemons;
    readonly #promoted = new PromotedSecondaries();
    #settings: VrrpProcessSettings;

    constructor(make: VrrpCompanionsSettings) {
        const { log } = make;
        this.#make = make;
        this.#settings = make.settings;
        this.#firewall = new KernelFirewall({
            ...make,
            bulk: make.loop.bulk,
            settings: make.settings.firewall,
            indexOf: (name) => make.linkNamed(name)?.index,
            onNotice: (text) => log({ level: "notice", isDetail: false, text }),
            onRefused: (text) => log({ level: "error", isDetail: false, text }),
        });
        this.#routing = new VrrpRouting({ ...make, bulk: make.loop.bulk });
        this.#syncDaemons = new SyncDaemons({
            system: withSocketsIn(make.system, make.settings.tableNamespace),
            onRefused: (text) => log({ level: "error", isDetail: false, text }),
        });
        this.#trackers = new Trackers({ ...make, tell: (news) => make.tell({ type: "tracker", ...news }) });
    }

    /** When the machine was switched on. */
    get bootedAt(): Instant {
        return this.#make.clock.bootedAt;
    }

    /** The virtual routers are about to start. */
    start(): void {
        const { leftovers } = this.#settings;
        if (leftovers !== undefined) {
            this.#clear(leftovers);
        }
        if (leftovers?.tables.includes(this.#settings.firewall.table) || this.#settings.routers.some(({ accept }) => !accept)) {
            this.#firewall.adopt();
        }
        this.#promoteSecondaries();
        this.#trackers.configure(this.#settings, true);
        this.#routing.start();
    }

    /** Takes new settings on, before the virtual routers do. */
    reconfigure(settings: VrrpProcessSettings): void {
        this.#settings = settings;
        this.#firewall.configure(settings.firewall);
        this.#promoteSecondaries();
        this.#trackers.configure(settings, false);
        this.#routing.reconfigure(settings);
    }

    /** The kernel says what happened to links and addresses. */
    hear(news: KernelNews): void {
        this.#routing.hear(news);
        if (news.type === "link") {
            this.#promoted.linkSeen(news.link.name);
        }
    }

    /** Keeps these virtual MACs' interfaces quiet, from now on. */
    guard(vmacs: readonly GuardedVmac[]): void {
        if (this.#firewall.guardVmacs(vmacs)) {
            this.#firewall.step();
        }
    }

    /** What came of an order about a static address. */
    hearStatic(news: AddressNews): void {
        this.#routing.hearAddresses(news);
    }

    /** Does what the speaker wants done. */
    perform(effect: CompanionEffect): void {
        switch (effect.type) {
            case "claim-routes":
            case "release-routes":
                this.#routing.perform(effect);
                return;
            case "claim-firewall":
                this.#firewall.claim(effect.router, effect.addresses);
                this.#logDetail(`(${effect.router}) setting firewall drop rule`);
                return;
            case "release-firewall":
                this.#firewall.release(effect.router);
                this.#logDetail(`(${effect.router}) removing firewall drop rule`);
                return;
            case "sync-daemon":
                if (effect.state === "off") {
                    this.#syncDaemons.end(effect.router);
                } else {
                    this.#syncDaemons.run(effect.router, { state: effect.state, ...effect.daemon });
                }
                return;
        }
    }

    /** Before the addresses go: what is static goes with them. */
    giveUpStatics(): void {
        this.#routing.stop();
    }

    /** Virtual routers, by their former names, are called something else from now on. */
    rename(names: ReadonlyMap<string, string>): void {
        this.#firewall.rename(names);
        this.#routing.rename(names);
        this.#syncDaemons.rename(names);
    }

    /** The addresses are gone, or stay where they are. */
    stop(): void {
        this.#trackers.close();
        this.#syncDaemons.close();
        this.#promoted.restore();
        this.#firewall.end(this.#settings.keepsAddressesAtStop);
    }

    #clear(leftovers: Belongings): void {
        clearLeftovers(leftovers, {
            ...this.#make,
            removeRouting: (routing) => this.#routing.clear(routing),
            removeTables: (names) => this.#firewall.removeLeft(names),
        });
    }

    #promoteSecondaries(): void {
        const { routers } = this.#settings;
        const interfaces = new Set(routers.flatMap((router) => (router.promotesSecondaries === true ? [router.interfaceName] : [])));
        for (const name of this.#promoted.want(interfaces)) {
            this.#make.log({ level: "error", isDetail: false, text: `cannot set promote_secondaries on ${name}` });
        }
    }

    #logDetail(text: string): void {
        if (this.#settings.logDetail > 0) {
            this.#make.log({ level: "info", isDetail: true, text });
        }
    }
}
