import { type Family, type IpAddress, ipKey, isLinkLocal } from "../base/ip.ts";
import type { Link } from "./events.ts";
import { EVERYWHERE } from "./no-interface.ts";

/** The interfaces of a machine and the addresses on them, as far as the change stream has told. */
export class LinkTable {
    readonly #byIndex = new Map<number, Entry>();
    readonly #byName = new Map<string, Entry>();

    constructor() {
        this.put(EVERYWHERE);
    }

    /** The interface of that name. */
    named(name: string): Link | undefined {
        return this.#byName.get(name)?.link;
    }

    /** The interface of that index. */
    at(index: number): Link | undefined {
        return this.#byIndex.get(index)?.link;
    }

    /** Takes in a new or changed interface; the name that it had before, if that was another one. */
    put(link: Link): string | undefined {
        const entry = this.#entry(link.index);
        const formerName = entry.link?.name;
        if (formerName !== undefined && formerName !== link.name && this.#byName.get(formerName) === entry) {
            this.#byName.delete(formerName);
        }
        entry.link = link;
        this.#byName.set(link.name, entry);
        return formerName === link.name ? undefined : formerName;
    }

    /** Forgets an interface with all its addresses; its name. */
    remove(index: number): string | undefined {
        const entry = this.#byIndex.get(index);
        this.#byIndex.delete(index);
        const name = entry?.link?.name;
        if (name !== undefined && this.#byName.get(name) === entry) {
            this.#byName.delete(name);
        }
        return name;
    }

    /** An address stands on that interface; it may be told before the interface itself is. */
    addAddress(index: number, address: IpAddress, prefixLength: number): void {
        const addresses = this.#entry(index).addresses[address.family];
        const known = addresses.get(ipKey(address)) ?? { address, prefixLengths: new Set() };
        known.prefixLengths.add(prefixLength);
        addresses.set(ipKey(address), known);
    }

    /** An address is gone, unless it stands with another prefix length too: an owner's virtual address beside the interface's own. */
    removeAddress(index: number, address: IpAddress, prefixLength: number): void {
        const addresses = this.#byIndex.get(index)?.addresses[address.family];
        const known = addresses?.get(ipKey(address));
        known?.prefixLengths.delete(prefixLength);
        if (known?.prefixLengths.size === 0) {
            addresses?.delete(ipKey(address));
        }
    }

    /** Whether that address stands on that interface; for `EVERYWHERE`, on any. */
    holds(index: number | undefined, address: IpAddress): boolean {
        if (index === EVERYWHERE.index) {
            return [...this.#byIndex.values()].some(({ addresses }) => addresses[address.family].has(ipKey(address)));
        }
        return index !== undefined && this.#byIndex.get(index)?.addresses[address.family].has(ipKey(address)) === true;
    }

    /**
     * The address from which a router speaks on an interface: the first IPv4 address (RFC 9568 §5.1.1.1: the primary one), or the first
     * link-local IPv6 address (§5.1.2.1).
     *
     * @param isUsable says no to addresses that come and go with a virtual router
     */
    sourceAddress(index: number, family: Family, isUsable: (address: IpAddress) => boolean): IpAddress | undefined {
        for (const { address } of this.#byIndex.get(index)?.addresses[family].values() ?? []) {
            if ((family === 4 || isLinkLocal(address)) && isUsable(address)) {
                return address;
            }
        }
        return undefined;
    }

    #entry(index: number): Entry {
        let entry = this.#byIndex.get(index);
        if (entry === undefined) {
            entry = { link: undefined, addresses: { 4: new Map(), 6: new Map() } };
            this.#byIndex.set(index, entry);
        }
        return entry;
    }
}

interface Entry {
    link: Link | undefined;
    readonly addresses: Record<Family, Map<string, StandingAddress>>;
}

/** The kernel tells IPv4 addresses apart by their prefix length too. */
interface StandingAddress {
    readonly address: IpAddress;
    readonly prefixLengths: Set<number>;
}
