import type { IpAddress } from "../base/ip.ts";
import type { LinkTable } from "./link-table.ts";
import { OwnedIndex } from "./owned-index.ts";
import { RouterDirectory } from "./router-directory.ts";
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
    enter(router: VirtualRouter, interfaceIndex: number | undefined): void {
        const { interfaceName } = router.settings;
        const neighbours = this.#onInterface.get(interfaceName) ?? new Set();
        this.#onInterface.set(interfaceName, neighbours.add(router));
        this.owned.add(router);
        this.directory.place(router, interfaceIndex);
    }

    /** Takes one out; its settings are still those by which it was entered. */
    takeOut(router: VirtualRouter): void {
        this.#onInterface.get(router.settings.interfaceName)?.delete(router);
        this.owned.remove(router);
        this.directory.place(router, undefined);
    }

    /** The address from which one speaks; undefined where there is none. */
    sourceOf({ settings }: VirtualRouter, links: LinkTable): IpAddress | undefined {
        const { sourceAddress, tracksSourceAddress, family, priority } = settings;
        const link = links.named(settings.interfaceName);
        if (link === undefined) {
            return undefined;
        }
        if (sourceAddress !== undefined) {
            return tracksSourceAddress && !links.holds(link.index, sourceAddress) ? undefined : sourceAddress;
        }
        const own = links.sourceAddress(link.index, family, (address) => this.owned.ownersOf(link.name, address).length === 0);
        // An owner's virtual address is its interface's own.
        return own ?? (priority === OWNER_PRIORITY ? links.sourceAddress(link.index, family, () => true) : undefined);
    }
}
