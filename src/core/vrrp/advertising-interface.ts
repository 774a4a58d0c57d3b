import type { VirtualRouterSettings } from "./settings.ts";

/** The interface on which a virtual router's advertisements travel: the link that was made for it, unless its base is to carry them. */
export function advertisingInterface({ interfaceName, virtualLink }: VirtualRouterSettings): string {
    return virtualLink?.carriesAdvertisements === true ? virtualLink.name : interfaceName;
}
