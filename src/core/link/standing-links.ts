import { type IpAddress, ipKey, isLinkLocal } from "../base/ip.ts";
import type { Link, SpeakerEvent } from "../vrrp/events.ts";

/** What is told of links and addresses. */
export type LinkNews = SpeakerEvent & { readonly type: "link" | "link-gone" | "address-added" | "address-removed" };

/** The links of a machine, and the link-local IPv6 addresses on them, as far as was told. */
export class StandingLinks {
    readonly #byIndex = new Map<number, Link>();
    readonly #indices = new Map<string, number>();
    readonly #linkLocals = new Map<number, Map<string, IpAddress>>();

    /** The link of that name. */
    named(name: string): Link | undefined {
        const index = this.#indices.get(name);
        return index === undefined ? undefined : this.#byIndex.get(index);
    }

    /** The link of that number. */
    at(index: number): Link | undefined {
        return this.#byIndex.get(index);
    }

    /** Link-local addresses in the order in which they were told. */
    linkLocalsOf(index: number): Iterable<IpAddress> {
        return this.#linkLocals.get(index)?.values() ?? [];
    }

    /** Takes news in. @returns the names that it is about; none where nothing changed that matters here */
    hear(news: LinkNews): readonly string[] {
        switch (news.type) {
            case "link":
                return this.#put(news.link);
            case "link-gone":
                return this.#remove(news.interfaceIndex);
            case "address-added":
                return this.#address(news, (addresses) => addresses.set(ipKey(news.address), news.address));
            case "address-removed":
                return this.#address(news, (addresses) => addresses.delete(ipKey(news.address)));
        }
    }

    #put(link: Link): readonly string[] {
        const before = this.#byIndex.get(link.index);
        const isRenamed = before !== undefined && before.name !== link.name;
        if (isRenamed && this.#indices.get(before.name) === link.index) {
            this.#indices.delete(before.name);
        }
        this.#byIndex.set(link.index, link);
        this.#indices.set(link.name, link.index);
        return isRenamed ? [before.name, link.name] : [link.name];
    }

    #remove(index: number): readonly string[] {
        const link = this.#byIndex.get(index);
        this.#byIndex.delete(index);
        this.#linkLocals.delete(index);
        if (link === undefined) {
            return [];
        }
        if (this.#indices.get(link.name) === index) {
            this.#indices.delete(link.name);
        }
        return [link.name];
    }

    #address(
        { interfaceIndex, address }: LinkNews & { readonly type: "address-added" | "address-removed" },
        change: (addresses: Map<string, IpAddress>) => void,
    ): readonly string[] {
        if (!isLinkLocal(address)) {
            return [];
        }
        const addresses = this.#linkLocals.get(interfaceIndex) ?? new Map<string, IpAddress>();
        this.#linkLocals.set(interfaceIndex, addresses);
        change(addresses);
        const name = this.#byIndex.get(interfaceIndex)?.name;
        return name === undefined ? [] : [name];
    }
}
