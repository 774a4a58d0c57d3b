import type { VirtualAddress } from "../address/virtual-address.ts";
import { type IpAddress, ipKey } from "../base/ip.ts";
import { ownedAddresses } from "./owned-addresses.ts";
import type { VirtualRouter } from "./virtual-router.ts";

/** One virtual router's claim to an address. */
export interface Ownership {
    readonly router: VirtualRouter;
    readonly address: VirtualAddress;
}

/** Which virtual routers own an address: found by interface and address, without looking through lists. */
export class OwnedIndex {
    readonly #owners = new Map<string, Ownership[]>();

    /** Enters all addresses of a virtual router. */
    add(router: VirtualRouter): void {
        for (const address of ownedAddresses(router.settings)) {
            const key = keyOf(address.interfaceName, address.address);
            const owners = this.#owners.get(key);
            if (owners === undefined) {
                this.#owners.set(key, [{ router, address }]);
            } else {
                owners.push({ router, address });
            }
        }
    }

    /** Takes them out again; the router's settings must still be those with which it was entered. */
    remove(router: VirtualRouter): void {
        for (const address of ownedAddresses(router.settings)) {
            const key = keyOf(address.interfaceName, address.address);
            const left = this.#owners.get(key)?.filter((owner) => owner.router !== router) ?? [];
            if (left.length > 0) {
                this.#owners.set(key, left);
            } else {
                this.#owners.delete(key);
            }
        }
    }

    /** Who owns an address on an interface. */
    ownersOf(interfaceName: string, address: IpAddress): readonly Ownership[] {
        return this.#owners.get(keyOf(interfaceName, address)) ?? NOBODY;
    }
}

const NOBODY: readonly Ownership[] = [];

function keyOf(interfaceName: string, address: IpAddress): string {
    return `${ipKey(address)}@${interfaceName}`;
}
