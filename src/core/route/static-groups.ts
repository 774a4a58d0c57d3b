import type { VirtualAddress } from "../address/virtual-address.ts";
import type { Route } from "../base/route.ts";
import type { Rule } from "../base/rule.ts";
import type { TrackerNews } from "../track/tracker-status.ts";
import type { RoutingSet } from "./routing-set.ts";

/** Addresses, routes and rules that are no virtual router's. */
export interface StaticSet extends RoutingSet {
    readonly addresses: readonly VirtualAddress[];
}

/** A `track_group` with all that is tied to it: its virtual routers need the whole of it. */
export interface StaticGroup extends StaticSet {
    readonly name: string;
}

/** How single things stand: undefined as long as the kernel has not answered. */
export interface StaticFacts {
    readonly ofAddress: (address: VirtualAddress) => boolean | undefined;
    readonly ofRouting: (item: Route | Rule) => boolean | undefined;
    /** Whether an interface can be used. */
    readonly ofInterface: (name: string) => boolean;
}

/** Which groups have all that is tied to them: what their virtual routers are told. */
export class StaticGroups {
    #groups: readonly StaticGroup[] = [];
    readonly #told = new Map<string, boolean>();

    /** Looks at these from now on. */
    change(groups: readonly StaticGroup[]): void {
        this.#groups = groups;
        this.#told.clear();
    }

    /** Looks at all groups. @returns what is different from before */
    review(facts: StaticFacts): readonly TrackerNews[] {
        return this.#groups.flatMap((group): readonly TrackerNews[] => {
            const isWhole = judge(group, facts);
            if (isWhole === undefined || isWhole === this.#told.get(group.name)) {
                return [];
            }
            this.#told.set(group.name, isWhole);
            return [{ kind: "static", name: group.name, status: { type: isWhole ? "up" : "down" } }];
        });
    }
}

function judge({ addresses, routes, rules }: StaticGroup, facts: StaticFacts): boolean | undefined {
    const verdicts = [
        ...addresses.map((address) => (facts.ofInterface(address.interfaceName) ? facts.ofAddress(address) : false)),
        ...routes.map((route) => (interfacesOf(route).every(facts.ofInterface) ? facts.ofRouting(route) : false)),
        ...rules.map((rule) =>
            rule.inputInterface === undefined || facts.ofInterface(rule.inputInterface) ? facts.ofRouting(rule) : false,
        ),
    ];
    if (verdicts.includes(false)) {
        return false;
    }
    return verdicts.includes(undefined) ? undefined : true;
}

function interfacesOf({ hop, hops = [] }: Route): readonly string[] {
    return [hop, ...hops].flatMap(({ interfaceName }) => interfaceName ?? []);
}
