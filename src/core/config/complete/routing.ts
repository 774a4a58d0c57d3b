import type { VirtualAddress } from "../../address/virtual-address.ts";
import type { Route } from "../../base/route.ts";
import type { Rule } from "../../base/rule.ts";
import type { FileTree } from "../file-tree.ts";
import { completeAddress } from "./addresses.ts";
import type { CompletedStaticSet, CompletedStatics } from "./completed-router.ts";
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

/** What became of one static entry, and the group that it is tied to. */
interface Outcome<Item> {
    readonly group: string | undefined;
    readonly item: Item;
}

const NOTHING: CompletedRouting = { routes: [], rules: [] };

/** Routes, rules and static addresses of a whole configuration. */
export class Routing {
    /** What stands as long as the daemon runs. */
    readonly statics: CompletedStatics;
    readonly #report: Report;
    readonly #names: RoutingNames;
    readonly #priorities = new RulePriorities();

    constructor(configuration: Configuration, report: Report, files: FileTree) {
        this.#report = report;
        this.#names = new RoutingNames(files, configuration.global_defs);
        this.statics = this.#completeStatics(configuration);
    }

    /** Those of one virtual router. */
    of(instance: Instance): CompletedRouting {
        const { virtual_routes: routes, virtual_rules: rules } = instance;
        if (routes.length === 0 && rules.length === 0) {
            return NOTHING;
        }
        const scope = this.#scopeOf(`(${instance.name}) `);
        return {
            routes: routes.flatMap((entry) => completeRoute(entry, scope) ?? []),
            rules: rules.flatMap((entry) => completeRule(entry, this.#priorities, scope) ?? []),
        };
    }

    #completeStatics({ static_ipaddress, static_routes, static_rules, global_defs }: Configuration): CompletedStatics {
        const scope = this.#scopeOf("");
        const usualInterface = global_defs?.default_interface ?? USUAL_INTERFACE;
        const addresses = static_ipaddress.map(
            (entry): Outcome<VirtualAddress> => ({ group: entry.track_group, item: completeAddress(entry, usualInterface) }),
        );
        const routes = static_routes.flatMap((entry) => outcomeOf(entry.track_group, completeRoute(entry, scope)));
        const rules = static_rules.flatMap((entry) => outcomeOf(entry.track_group, completeRule(entry, this.#priorities, scope)));
        const setOf = (isMeant: (one: Outcome<unknown>) => boolean): CompletedStaticSet => ({
            addresses: addresses.filter(isMeant).map(({ item }) => item),
            routes: routes.filter(isMeant).map(({ item }) => item),
            rules: rules.filter(isMeant).map(({ item }) => item),
        });
        const groups = new Set([...addresses, ...routes, ...rules].flatMap(({ group }) => group ?? []));
        return { ...setOf(() => true), groups: Array.from(groups, (name) => ({ name, ...setOf(({ group }) => group === name) })) };
    }

    #scopeOf(owner: string): EntryScope {
        return { names: this.#names, report: this.#report, owner };
    }
}

function outcomeOf<Item>(group: string | undefined, item: Item | undefined): readonly Outcome<Item>[] {
    return item === undefined ? [] : [{ group, item }];
}
