import { StaticAddresses } from "../core/address/static-addresses.ts";
import { addressKey } from "../core/address/virtual-address.ts";
import type { LogLine } from "../core/report/log-lines.ts";
import { isEmptyRouting, NO_ROUTING, planRouting, type RoutingSet } from "../core/route/routing-set.ts";
import { type StaticFacts, StaticGroups } from "../core/route/static-groups.ts";
import type { VrrpProcessSettings } from "../core/supervise/process-settings.ts";
import type { SpeakerEffect } from "../core/vrrp/effects.ts";
import type { Link, SpeakerEvent } from "../core/vrrp/events.ts";
import type { AddressPort, BulkLane, Clock, Source } from "../host/world.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import type { AddressNews } from "../io/netlink/kernel-addresses.ts";
import type { KernelNews } from "../io/netlink/link-monitor.ts";
import { KernelRoutes } from "../io/route/kernel-routes.ts";

/** The owner of what is static; no virtual router has an empty name. */
export const STATIC = "";

/** What it is made of. */
export interface VrrpRoutingSettings {
    readonly system: NativeAddon;
    readonly clock: Clock;
    readonly bulk: BulkLane;
    readonly settings: VrrpProcessSettings;
    readonly addresses: AddressPort;
    readonly linkNamed: (name: string) => Link | undefined;
    readonly linkAt: (interfaceIndex: number) => Link | undefined;
    readonly onReady: (source: Source) => void;
    readonly tell: (event: SpeakerEvent) => void;
    readonly log: (line: LogLine) => void;
}

/** Effects about routes and rules. */
export type RoutingEffect = SpeakerEffect & { readonly type: "claim-routes" | "release-routes" };

/**
 * Routes and rules of the vrrp process, and the static addresses: those of virtual routers come and go with the state of these, static ones stand
 * from the start of the daemon to its end.
 */
export class VrrpRouting {
    readonly #make: VrrpRoutingSettings;
    readonly #routes: KernelRoutes;
    readonly #addresses = new StaticAddresses();
    readonly #groups = new StaticGroups();
    /** Of interfaces that came or changed since the start, for the time when they are gone. */
    readonly #names = new Map<number, string>();
    /** What the kernel said to static addresses, by key. */
    readonly #claimed = new Map<string, boolean>();
    #statics: RoutingSet = NO_ROUTING;
    #settings: VrrpProcessSettings;

    constructor(make: VrrpRoutingSettings) {
        this.#make = make;
        this.#settings = make.settings;
        this.#routes = new KernelRoutes({
            ...make,
            onLost: (owner, what) => this.#hearLoss(owner, what),
            onAnswered: () => this.#review(),
            onRefused: (owner, text) => this.#log("error", `${owner === STATIC ? "" : `(${owner}) `}${text}`),
        });
    }

    /** Static objects come before the virtual routers start. */
    start(): void {
        this.#change();
    }

    /** Removes what a predecessor left, as far as it stands and bears our mark. @returns what goes, in words */
    clear(leftovers: RoutingSet): readonly string[] {
        return this.#routes.removeLeft(leftovers);
    }

    /** Takes new settings on: what is static and differs goes and comes; virtual routers tell their own differences. */
    reconfigure(settings: VrrpProcessSettings): void {
        this.#settings = settings;
        this.#change();
    }

    /** Does what the speaker wants done. */
    perform(effect: RoutingEffect): void {
        const { router, routes, rules } = effect;
        const verb = effect.type === "claim-routes" ? "setting" : "removing";
        for (const [list, noun] of [[routes, "Virtual Routes"] as const, [rules, "Virtual Rules"] as const]) {
            if (list.length > 0 && this.#settings.logDetail > 0) {
                this.#make.log({ level: "info", isDetail: true, text: `(${router}) ${verb} ${noun}` });
            }
        }
        if (effect.type === "claim-routes") {
            this.#routes.claim(router, effect);
        } else {
            this.#routes.release(router, effect);
        }
    }

    /** Virtual routers, by their former names, are called something else from now on. */
    rename(names: ReadonlyMap<string, string>): void {
        this.#routes.rename(names);
    }

    /** The kernel says what happened to links and addresses. */
    hear(news: KernelNews): void {
        this.#take(news);
        this.#review();
    }

    #take(news: KernelNews): void {
        switch (news.type) {
            case "link":
                this.#names.set(news.link.index, news.link.name);
                if (news.link.isUp) {
                    this.#addressesBack(this.#addresses.on(news.link.name));
                    this.#routes.interfaceReturned();
                } else {
                    this.#routes.interfaceFailed(news.link.name);
                }
                return;
            case "link-gone":
                this.#routes.interfaceFailed(this.#names.get(news.interfaceIndex));
                this.#names.delete(news.interfaceIndex);
                return;
            case "address-added":
                this.#routes.interfaceReturned();
                return;
            case "address-removed":
                this.#hearRemoval(news);
                return;
        }
    }

    /** Takes what the addresses' port tells of static ones. */
    hearAddresses(news: AddressNews): void {
        if (news.type === "addresses-claimed") {
            for (const address of news.addresses) {
                this.#claimed.set(addressKey(address), true);
            }
        } else {
            this.#claimed.set(addressKey(news.address), false);
            this.#log("error", `cannot add static address on ${news.address.interfaceName}: ${news.code}`);
        }
        this.#review();
    }

    /** Static objects go in any case: what `--dont-release-vrrp` keeps is what virtual routers own. The addresses' port finishes that. */
    stop(): void {
        this.#routes.release(STATIC, this.#statics);
        const { removed } = this.#addresses.change([]);
        this.#make.addresses.release(STATIC, removed);
        this.#routes.finish();
        this.#routes.close();
    }

    #change(): void {
        const { addresses, groups, ...routing } = this.#settings.statics;
        this.#groups.change(groups);
        const { removed, added } = planRouting(this.#statics, routing);
        const plan = this.#addresses.change(addresses);
        this.#statics = routing;
        this.#routes.release(STATIC, removed);
        if (plan.removed.length > 0) {
            this.#make.addresses.release(STATIC, plan.removed);
        }
        this.#addressesBack(plan.added);
        if (!isEmptyRouting(added)) {
            this.#routes.claim(STATIC, added);
        }
    }

    /** Tells virtual routers whether all that they need of what is static is there. */
    #review(): void {
        const facts: StaticFacts = {
            ofAddress: (address) => this.#claimed.get(addressKey(address)),
            ofRouting: (item) => this.#routes.stands(item),
            ofInterface: (name) => {
                const link = this.#make.linkNamed(name);
                return link?.isUp === true && link.isRunning;
            },
        };
        for (const news of this.#groups.review(facts)) {
            this.#make.tell({ type: "tracker", ...news });
        }
    }

    #addressesBack(addresses: Parameters<AddressPort["claim"]>[1]): void {
        if (addresses.length > 0) {
            this.#make.addresses.claim(STATIC, addresses);
        }
    }

    #hearRemoval({ interfaceIndex, address, prefixLength, isOurs }: KernelNews & { readonly type: "address-removed" }): void {
        const name = this.#make.linkAt(interfaceIndex)?.name;
        if (name === undefined || isOurs) {
            return;
        }
        this.#routes.interfaceFailed(name);
        this.#addressesBack(this.#addresses.lost(name, address, prefixLength));
    }

    #hearLoss(owner: string, what: string): void {
        if (owner === STATIC) {
            this.#log("notice", `static ${what} was removed by somebody else: put back`);
            this.#routes.interfaceReturned();
        } else {
            this.#make.tell({ type: "route-lost", router: owner, what });
        }
    }

    #log(level: LogLine["level"], text: string): void {
        this.#make.log({ level, isDetail: false, text });
    }
}
