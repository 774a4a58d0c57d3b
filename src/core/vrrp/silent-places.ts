import type { VirtualAddress } from "../address/virtual-address.ts";
import { advertisingInterface } from "./advertising-interface.ts";
import type { VirtualRouterSettings } from "./settings.ts";

/** One of these addresses for each interface from which switches hear nothing else: those of `garp_extra_if` that carry no advertisements. */
export function silentPlaces(settings: VirtualRouterSettings, addresses: readonly VirtualAddress[]): readonly VirtualAddress[] {
    const heard = advertisingInterface(settings);
    const virtual = new Set(settings.virtualLinks?.map(({ name }) => name));
    const isForAll = settings.announcements.extra?.isForAll === true;
    const places = new Map<string, VirtualAddress>();
    for (const address of addresses) {
        const name = address.interfaceName;
        if (name !== heard && !places.has(name) && (isForAll || virtual.has(name))) {
            places.set(name, address);
        }
    }
    return [...places.values()];
}
