import { equalBytes } from "../base/bytes.ts";
import { type IpAddress, ipKey } from "../base/ip.ts";
import type { GuardedVmac } from "../firewall/contents.ts";
import type { Link } from "../vrrp/events.ts";
import { planLinkLocal } from "./link-local.ts";
import type { LinkOrder } from "./link-orders.ts";
import { type LinkNews, StandingLinks } from "./standing-links.ts";
import type { VirtualLink } from "./virtual-link.ts";

const MACVLAN_PRIVATE = 1;
const NO_GROUP = 0;
const NO_MASTER = 0;

/** What virtual links are to be there, and which addresses are virtual routers' own and so no source. */
export interface LinkWishes {
    readonly links: readonly VirtualLink[];
    readonly virtualAddresses: Iterable<IpAddress>;
    /** `disable_local_igmp`: instead of leaving with the base's MAC address, the kernel's IPv4 membership reports do not leave at all. */
    readonly silencesReports: boolean;
}

/** A link that cannot be made since something else is called so. */
export interface NameConflict {
    readonly link: VirtualLink;
    readonly standing: Link;
}

/**
 * The virtual links of all virtual routers: what is wanted, what stands, and what has to be done about the difference. A link that stands already, by
 * name, kind and MAC address, is taken over as it is: a predecessor made it.
 */
export class VirtualLinks {
    readonly #standing = new StandingLinks();
    /** Those that stand and are ours, prepared, by number. */
    readonly #ours = new Map<number, string>();
    /** Orders of which the kernel has not told the outcome yet. */
    readonly #pending = new Map<string, Set<LinkOrder["type"]>>();
    /** Wanted ones upon each base. */
    readonly #onBase = new Map<string, VirtualLink[]>();
    /** What there may be something to do about. */
    readonly #doubtful = new Set<string>();
    #wanted: ReadonlyMap<string, VirtualLink> = new Map();
    #virtualAddresses: ReadonlySet<string> = new Set();
    #silencesReports = false;

    /** The wanted ones that stand now. */
    get standing(): readonly VirtualLink[] {
        return [...this.#wanted.values()].filter(({ name }) => this.#isOurs(name));
    }

    /** The names of interfaces that wanted links are made upon, and that are there. */
    get bases(): readonly string[] {
        return [...this.#onBase.keys()].filter((name) => this.#standing.named(name) !== undefined);
    }

    /** Takes new wishes on. Links that nobody wants any more stay until `leftovers` is carried out. */
    want({ links, virtualAddresses, silencesReports }: LinkWishes): void {
        this.#silencesReports = silencesReports;
        this.#wanted = new Map(links.map((link) => [link.name, link]));
        this.#virtualAddresses = new Set(Array.from(virtualAddresses, ipKey));
        this.#pending.clear();
        this.#onBase.clear();
        for (const link of links) {
            this.#onBase.set(link.baseName, [...(this.#onBase.get(link.baseName) ?? []), link]);
            this.#doubtful.add(link.name);
        }
    }

    /** Takes news in. @returns whether there may be something to do now */
    hear(news: LinkNews): boolean {
        if (news.type === "link-gone") {
            this.#ours.delete(news.interfaceIndex);
        }
        for (const name of this.#standing.hear(news)) {
            this.#pending.delete(name);
            if (this.#wanted.has(name)) {
                this.#doubtful.add(name);
            }
            for (const link of this.#onBase.get(name) ?? []) {
                this.#pending.delete(link.name);
                this.#doubtful.add(link.name);
            }
        }
        return this.#doubtful.size > 0;
    }

    /** What is to be done now; each order is given once, and again when its link or its base has changed since. */
    orders(): readonly LinkOrder[] {
        const names = [...this.#doubtful];
        this.#doubtful.clear();
        return names.flatMap((name) => {
            const link = this.#wanted.get(name);
            return link === undefined ? [] : this.#ordersFor(link).filter((order) => this.#isNew(name, order));
        });
    }

    /** An order was refused: it will be given again. */
    refused(name: string): void {
        this.#pending.delete(name);
        this.#doubtful.add(name);
    }

    /** Those of ours that nobody wants; or, at the end, all of ours. */
    leftovers(isEnd: boolean): readonly LinkOrder[] {
        return [...this.#ours]
            .filter(([index, name]) => isEnd || this.#standing.at(index)?.name !== name || !this.#wanted.has(name))
            .map(([index, name]) => ({ type: "remove", name, index }));
    }

    /** Wanted links whose name something else has. */
    conflicts(): readonly NameConflict[] {
        return [...this.#wanted.values()].flatMap((link) => {
            const standing = this.#standing.named(link.name);
            return standing !== undefined && this.#isForeign(link, standing) ? [{ link, standing }] : [];
        });
    }

    /** Macvlans whose multicast reports must not leave with the virtual MAC. */
    guarded(): readonly GuardedVmac[] {
        return [...this.#wanted.values()].flatMap((link) => {
            const standing = this.#standing.named(link.name);
            const base = this.#standing.named(link.baseName);
            if (link.form.kind !== "macvlan" || standing === undefined || base === undefined || this.#isForeign(link, standing)) {
                return [];
            }
            const ends = { interfaceIndex: standing.index, baseIndex: base.index };
            const [linkLocal] = this.#sourcesOn(base.index);
            return [
                ...(link.hasIpv4 && !this.#silencesReports ? [{ family: 4 as const, ...ends }] : []),
                ...(link.hasIpv6 ? [{ family: 6 as const, ...ends, ...(linkLocal && { linkLocal }) }] : []),
            ];
        });
    }

    #ordersFor(link: VirtualLink): LinkOrder[] {
        const base = this.#standing.named(link.baseName);
        if (base === undefined || (link.form.kind === "macvlan" && base.mac === undefined)) {
            return [];
        }
        const standing = this.#standing.named(link.name);
        const relations = { group: link.group ?? base.group ?? NO_GROUP, masterIndex: this.#vrfOf(base) };
        if (standing === undefined) {
            return [...this.#renamed(link), { type: "make", link, baseIndex: base.index, ...relations }];
        }
        if (this.#isForeign(link, standing)) {
            return [];
        }
        if (standing.baseIndex !== base.index) {
            return [{ type: "remove", name: link.name, index: standing.index }];
        }
        return [
            ...this.#preparation(link, standing),
            ...this.#changes(link, standing, relations),
            ...this.#completion(link, standing, base),
        ];
    }

    #preparation(link: VirtualLink, { index }: Link): LinkOrder[] {
        if (this.#ours.get(index) === link.name) {
            return [];
        }
        this.#ours.set(index, link.name);
        return [{ type: "prepare", link, index }];
    }

    #changes(link: VirtualLink, standing: Link, relations: { readonly group: number; readonly masterIndex: number }): LinkOrder[] {
        const { form } = link;
        const isRight = form.kind !== "macvlan" || (hasMac(standing, form.mac) && standing.mode === MACVLAN_PRIVATE);
        const isRelated = (standing.group ?? NO_GROUP) === relations.group && (standing.masterIndex ?? NO_MASTER) === relations.masterIndex;
        if (isRight && isRelated) {
            return [];
        }
        return [
            { type: "change", link, index: standing.index, ...relations, ...(form.kind === "macvlan" && !isRight && { mac: form.mac }) },
        ];
    }

    #completion(link: VirtualLink, standing: Link, base: Link): LinkOrder[] {
        const { index } = standing;
        if (!standing.isUp) {
            const renewal: LinkOrder = { type: "renew", link, index: base.index, group: base.group ?? NO_GROUP };
            return base.isUp ? [{ type: "raise", link, index }, ...(link.isNotified ? [renewal] : [])] : [];
        }
        if (link.form.kind === "ipvlan") {
            const { address } = link.form;
            return address === undefined ? [] : [{ type: "add-address", link, index, address }];
        }
        if (!link.hasIpv6 || base.mac === undefined) {
            return [];
        }
        const { add, remove } = planLinkLocal(this.#sourcesOn(index), this.#sourcesOn(base.index), base.mac);
        return [
            ...(add === undefined ? [] : [{ type: "add-address", link, index, address: add } as const]),
            ...remove.map((address) => ({ type: "remove-address", link, index, address }) as const),
        ];
    }

    /** What of ours was called so and is called something else now: it has the MAC address that is needed. */
    #renamed({ name }: VirtualLink): LinkOrder[] {
        return [...this.#ours]
            .filter(([index, former]) => former === name && this.#standing.at(index) !== undefined)
            .map(([index]) => ({ type: "remove", name, index }));
    }

    /** Whether a link of that name is somebody else's: of another kind, or upon another base with another MAC address. */
    #isForeign({ form, name, baseName }: VirtualLink, standing: Link): boolean {
        if (standing.kind !== form.kind) {
            return true;
        }
        const isInPlace = standing.baseIndex === this.#standing.named(baseName)?.index || this.#ours.get(standing.index) === name;
        return !isInPlace && !(form.kind === "macvlan" && hasMac(standing, form.mac));
    }

    #isOurs(name: string): boolean {
        const index = this.#standing.named(name)?.index;
        return index !== undefined && this.#ours.get(index) === name;
    }

    #isNew(name: string, { type }: LinkOrder): boolean {
        const pending = this.#pending.get(name) ?? new Set();
        this.#pending.set(name, pending);
        const isNew = !pending.has(type);
        pending.add(type);
        return isNew;
    }

    #sourcesOn(index: number): readonly IpAddress[] {
        return [...this.#standing.linkLocalsOf(index)].filter((address) => !this.#virtualAddresses.has(ipKey(address)));
    }

    #vrfOf({ masterIndex }: Link): number {
        return masterIndex !== undefined && this.#standing.at(masterIndex)?.kind === "vrf" ? masterIndex : NO_MASTER;
    }
}

function hasMac({ mac }: Link, wanted: Uint8Array): boolean {
    return mac !== undefined && equalBytes(mac, wanted);
}
