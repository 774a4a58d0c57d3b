import type { VirtualAddress } from "../address/virtual-address.ts";
import type { VirtualRouterSettings } from "./settings.ts";

/** Everything that a virtual router owns while it is active: what it lists, then what it does not. */
export function ownedAddresses(settings: VirtualRouterSettings): readonly VirtualAddress[] {
    return settings.excludedAddresses.length === 0 ? settings.addresses : [...settings.addresses, ...settings.excludedAddresses];
}
