import type { IpAddress } from "../base/ip.ts";
import { advertisingInterface } from "./advertising-interface.ts";
import type { Attachment } from "./attachment.ts";
import type { Link } from "./events.ts";
import type { LinkTable } from "./link-table.ts";
import { OwnedIndex } from "./owned-index.ts";
import { RouterDirectory } from "./router-directory.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import { OWNER_PRIORITY } from "./timers.ts";
import type { VirtualRouter } from "./virtual-router.ts";

/** Where virtual routers stand: by what packets are for, by the addresses that they own, and by interface. */
export class RouterPlaces {
    readonly directory = new RouterDirectory();
    readonly owned = new OwnedIndex();
    readonly #onInterface = new Map<string, Set<VirtualRouter>>();

    /** Those whose advertisements travel on that interface. */
    on(interfaceName: string): Iterable<VirtualRouter> {
        return this.#onInterface.get(interfaceName) ?? [];
    }

    /** Enters one by its settings as they are now. */
    enter(router: VirtualRouter, links: LinkTable): void {
        for (const name of interfacesOf(router.settings)) {
            const neighbours = this.#onInterface.get(name) ?? new Set();
            this.#onInterface.set(name, neighbours.add(router));
        }
        this.owned.add(router);
        this.directory.place(router, links.named(advertisingInterface(router.settings))?.index);
    }

    /** Takes one out; its settings are still those by which it was entered. */
    takeOut(router: VirtualRouter): void {
        for (const name of interfacesOf(router.settings)) {
            this.#onInterface.get(name)?.delete(router);
        }
        this.owned.remove(router);
        this.directory.place(router, undefined);
    }

    /**
     * Whether a virtual address is its interface's own too, because a router of priority 255 has it: then all others on that interface may speak from
     * there as well (RFC 9568 §4.2).
     */
    isOfInterface(interfaceName: string, address: IpAddress): boolean {
        return this.owned.ownersOf(interfaceName, address).some(({ router }) => router.settings.priority === OWNER_PRIORITY);
    }

    /** Where one stands now. */
    attachmentOf(router: VirtualRouter, links: LinkTable): Attachment {
        const { interfaceName, virtualLink } = router.settings;
        const link = links.named(advertisingInterface(router.settings));
        const source = this.#sourceOf(router, links);
        return {
            ...(link && { link }),
            ...(source && { source }),
            ...(virtualLink && { stack: stackOf(links.named(virtualLink.name), links.named(interfaceName)) }),
        };
    }

    /** The address from which one speaks; undefined where there is none. */
    #sourceOf({ settings }: VirtualRouter, links: LinkTable): IpAddress | undefined {
        const { sourceAddress, tracksSourceAddress, family, interfaceName } = settings;
        // A virtual link has its base's link-local address, and none of IPv4.
        const link = links.named(family === 6 ? advertisingInterface(settings) : interfaceName);
        if (link === undefined) {
            return undefined;
        }
        if (sourceAddress !== undefined) {
            const stands = () => interfacesOf(settings).some((name) => links.holds(links.named(name)?.index, sourceAddress));
            return tracksSourceAddress && !stands() ? undefined : sourceAddress;
        }
        const own = links.sourceAddress(link.index, family, (address) => this.owned.ownersOf(link.name, address).length === 0);
        return own ?? links.sourceAddress(link.index, family, (address) => this.isOfInterface(link.name, address));
    }
}

function stackOf(virtual: Link | undefined, base: Link | undefined): NonNullable<Attachment["stack"]> {
    return { ...(virtual && { virtual }), ...(base && { base }) };
}

function interfacesOf({ interfaceName, virtualLink }: VirtualRouterSettings): readonly string[] {
    return virtualLink === undefined ? [interfaceName] : [interfaceName, virtualLink.name];
}
