import { advise } from "./advice.ts";
import { completeRouter } from "./complete-router.ts";
import type { CompletedRouter } from "./completed-router.ts";
import { checkDefinitions } from "./definitions.ts";
import { type Origin, refuseDuplicateIds } from "./duplicate-ids.ts";
import { completeGlobals } from "./globals.ts";
import { remark } from "./remarks.ts";
import type { Configuration, Report, Scope } from "./scope.ts";
import { checkSyncGroups } from "./sync-groups.ts";
import { checkTrackLists } from "./track-lists.ts";

/** What the VRRP process is to be told. */
export interface CompletedConfiguration {
    /** In the order of the file; the ones that cannot run are left out. */
    readonly routers: readonly CompletedRouter[];
}

/**
 * The meaning of a whole configuration: defaults filled in, contradictions settled and reported. It takes time in proportion to its length.
 */
export function completeConfiguration(configuration: Configuration, report: Report): CompletedConfiguration {
    const scope: Scope = { globals: completeGlobals(configuration.global_defs), report };
    const origins: Origin[] = [];
    for (const instance of configuration.vrrp_instance) {
        const router = completeRouter(instance, scope);
        if (router !== undefined) {
            origins.push({ instance, router });
            advise(instance, router, scope);
        }
    }
    remark(configuration, report);
    checkDefinitions(configuration, report);
    checkTrackLists(configuration, report);
    checkSyncGroups(configuration, report);
    return { routers: refuseDuplicateIds(origins, scope) };
}
