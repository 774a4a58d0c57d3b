import { addressKey, type VirtualAddress } from "../address/virtual-address.ts";
import { isSameData } from "./same-data.ts";
import type { VirtualRouterSettings } from "./settings.ts";

/** Everything that a virtual router owns while it is active: what it lists, then what it does not. */
export function ownedAddresses(settings: VirtualRouterSettings): readonly VirtualAddress[] {
    return settings.excludedAddresses.length === 0 ? settings.addresses : [...settings.addresses, ...settings.excludedAddresses];
}

/** What has to go and what has to come to get from one set of addresses to another; one that looks different in the kernel does both. */
export function addressDifference(
    before: readonly VirtualAddress[],
    wanted: readonly VirtualAddress[],
): { readonly removed: readonly VirtualAddress[]; readonly added: readonly VirtualAddress[] } {
    const had = new Map(before.map((address) => [addressKey(address), address]));
    const wants = new Map(wanted.map((address) => [addressKey(address), address]));
    const isKept = (address: VirtualAddress) => isSameData(had.get(addressKey(address)), wants.get(addressKey(address)));
    return {
        removed: before.filter((address) => !isKept(address)),
        added: wanted.filter((address) => !isKept(address)),
    };
}
