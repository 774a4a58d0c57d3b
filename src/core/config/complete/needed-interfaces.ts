import type { Route } from "../../base/route.ts";
import { type TrackerUse, trackerKey } from "../../track/tracker-use.ts";
import type { Holdings } from "./addresses.ts";
import type { Instance } from "./scope.ts";
import type { CompletedLinks } from "./virtual-links.ts";

/** What one virtual router holds while it is active, and where. */
interface Belongings {
    readonly instance: Instance;
    readonly holdings: Holdings;
    readonly links: CompletedLinks;
    readonly routes: readonly Route[];
}

/**
 * What a virtual router tracks, with the interfaces that its tracked addresses stand on and its tracked routes go through: without them it cannot
 * do its work. An entry of its own for such an interface counts.
 */
export function addNeededInterfaces(
    trackers: readonly TrackerUse[] | undefined,
    belongings: Belongings,
): readonly TrackerUse[] | undefined {
    const names = new Set([...interfacesOfRoutes(belongings), ...interfacesOfAddresses(belongings)]);
    if (names.size === 0) {
        return trackers;
    }
    const known = new Set((trackers ?? []).map(trackerKey));
    const uses = [...names].map((name): TrackerUse => ({ kind: "interface", name, weight: 0, isReversed: false }));
    return [...(trackers ?? []), ...uses.filter((use) => !known.has(trackerKey(use)))];
}

/** The router's own one only where it is not tracked anyway. */
function interfacesOfRoutes({ routes, instance }: Belongings): readonly string[] {
    const isTracked = (name: string): boolean => instance.dont_track_primary || name !== instance.interface;
    return routes.flatMap(({ isTracked: isNeeded, hop }) => (isNeeded ? (hop.interfaceName ?? []) : [])).filter(isTracked);
}

/** Never the router's own one: whoever writes `dont_track_primary` has addresses there. A link made for addresses fails with its base. */
function interfacesOfAddresses({ holdings: { addresses, excludedAddresses }, links, instance }: Belongings): readonly string[] {
    const bases = new Map(links.all.map(({ name, baseName }) => [name, baseName]));
    return [addresses, excludedAddresses].flatMap((list) =>
        list.flatMap(({ isTracked, interfaceName }) => {
            const name = bases.get(interfaceName) ?? interfaceName;
            return isTracked && name !== instance.interface ? name : [];
        }),
    );
}
