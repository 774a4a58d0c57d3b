import type { VirtualAddress } from "../../address/virtual-address.ts";
import type { Route } from "../../base/route.ts";
import type { Rule } from "../../base/rule.ts";
import { type TrackerUse, trackerKey } from "../../track/tracker-use.ts";
import type { FileTree } from "../file-tree.ts";
import type { Position } from "../position.ts";
import { completeAddress } from "./addresses.ts";
import type { CompletedStatics } from "./completed-router.ts";
import { completeRoute, type EntryScope } from "./route-entries.ts";
import { RoutingNames } from "./routing-names.ts";
import { completeRule, RulePriorities } from "./rule-entries.ts";
import type { Configuration, Instance, Report } from "./scope.ts";

/** Keepalived's own default. */
const USUAL_INTERFACE = "eth0";

/** Routes and rules of one virtual router. */
export interface CompletedRouting {
    readonly routes: readonly Route[];
    readonly rules: readonly Rule[];
}

/** A static entry that virtual routers may depend on. */
interface Tied {
    readonly group: string | undefined;
    readonly interfaceName: string | undefined;
    readonly at: Position;
    readonly what: string;
}

const NOTHING: CompletedRouting = { routes: [], rules: [] };

/** Routes, rules and static addresses of a whole configuration, and the interfaces that virtual routers depend on because of them. */
export class Routing {
    /** What stands as long as the daemon runs. */
    readonly statics: CompletedStatics;
    readonly #report: Report;
    readonly #names: RoutingNames;
    readonly #priorities = new RulePriorities();
    /** For each virtual router that a `track_group` names, the interfaces of the static entries that name the group. */
    readonly #tied = new Map<string, Set<string>>();

    constructor(configuration: Configuration, report: Report, files: FileTree) {
        const { static_ipaddress, static_routes, static_rules, track_group } = configuration;
        this.#report = report;
        this.#names = new RoutingNames(files, configuration.global_defs);
        const usualInterface = configuration.global_defs?.default_interface ?? USUAL_INTERFACE;
        const addresses: VirtualAddress[] = static_ipaddress.map((entry) => completeAddress(entry, usualInterface));
        this.statics = { addresses, ...this.#complete(static_routes, static_rules, "") };
        const members = new Map(track_group.map(({ name, group }) => [name, group]));
        const tied: Tied[] = [
            ...static_ipaddress.map(({ track_group: group, dev = usualInterface, at }) => ({
                group,
                interfaceName: dev,
                at,
                what: "address",
            })),
            ...static_routes.map(({ track_group: group, dev, at }) => ({ group, interfaceName: dev, at, what: "route" })),
            ...static_rules.map(({ track_group: group, dev, at }) => ({ group, interfaceName: dev, at, what: "rule" })),
        ];
        for (const one of tied) {
            this.#tie(one, members);
        }
    }

    /** Those of one virtual router. */
    of(instance: Instance): CompletedRouting {
        const { virtual_routes: routes, virtual_rules: rules } = instance;
        return routes.length === 0 && rules.length === 0 ? NOTHING : this.#complete(routes, rules, `(${instance.name}) `);
    }

    /**
     * What a virtual router tracks with the interfaces that its routes and the static entries of its `track_group` go through: without them it
     * cannot do its work. An entry of its own for such an interface counts.
     */
    addTrackers(
        instance: Instance,
        routes: readonly Route[],
        trackers: readonly TrackerUse[] | undefined,
    ): readonly TrackerUse[] | undefined {
        const needed = routes.flatMap(({ isTracked, hop }) => (isTracked && hop.interfaceName !== undefined ? [hop.interfaceName] : []));
        const names = new Set([...needed, ...(this.#tied.get(instance.name) ?? [])]);
        if (!instance.dont_track_primary && instance.interface !== undefined) {
            names.delete(instance.interface);
        }
        if (names.size === 0) {
            return trackers;
        }
        const known = new Set((trackers ?? []).map(trackerKey));
        const uses = [...names].map((name): TrackerUse => ({ kind: "interface", name, weight: 0, isReversed: false }));
        return [...(trackers ?? []), ...uses.filter((use) => !known.has(trackerKey(use)))];
    }

    #complete(routes: Instance["virtual_routes"], rules: Instance["virtual_rules"], owner: string): CompletedRouting {
        const scope: EntryScope = { names: this.#names, report: this.#report, owner };
        return {
            routes: routes.flatMap((entry) => completeRoute(entry, scope) ?? []),
            rules: rules.flatMap((entry) => completeRule(entry, this.#priorities, scope) ?? []),
        };
    }

    #tie({ group, interfaceName, at, what }: Tied, members: ReadonlyMap<string, readonly string[]>): void {
        if (group === undefined) {
            return;
        }
        const routers = members.get(group);
        const reason =
            routers === undefined
                ? `track_group ${group} is not defined`
                : `a static ${what} without an interface cannot have a track_group`;
        if (routers === undefined || interfaceName === undefined) {
            this.#report(at, { code: "track-group-refused", errorClass: "general", message: reason, consequence: "it is tied to nothing" });
            return;
        }
        for (const router of routers) {
            const interfaces = this.#tied.get(router) ?? new Set();
            this.#tied.set(router, interfaces.add(interfaceName));
        }
    }
}
