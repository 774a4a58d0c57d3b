import type { LinkRule } from "../../link/link-rule.ts";
import type { VirtualServerSettings } from "../../service/virtual-server.ts";
import type { ScriptTrackerSettings } from "../../track/script-tracker.ts";
import { type FileTree, NO_FILES } from "../file-tree.ts";
import type { ScriptJudge } from "../script-judge.ts";
import { advise } from "./advice.ts";
import { type CompletedBfdSession, completeBfdSessions } from "./bfd-sessions.ts";
import { completeRouter } from "./complete-router.ts";
import type { CompletedGroup, CompletedRouter, CompletedStatics } from "./completed-router.ts";
import { checkDefinitions } from "./definitions.ts";
import { type Origin, refuseDuplicateIds } from "./duplicate-ids.ts";
import { type CompletedFirewall, completeFirewall } from "./firewall.ts";
import { completeGlobals } from "./globals.ts";
import { completeLifeScripts, type LifeScripts } from "./life-scripts.ts";
import { completeLinkRules } from "./link-rules.ts";
import { type CompletedNotifications, completeNotifications } from "./notifications.ts";
import { remark } from "./remarks.ts";
import { Routing } from "./routing.ts";
import type { Configuration, Report, Scope } from "./scope.ts";
import { Scripts } from "./scripts.ts";
import type { KeptServers } from "./service/kept-servers.ts";
import { type ServerTraits, TraitFinder } from "./service/told-servers.ts";
import { completeVirtualServers } from "./service/virtual-servers.ts";
import { SyncGroups } from "./sync-groups.ts";
import { completeTrackScripts, usedTrackScripts } from "./track-scripts.ts";
import { Trackers } from "./trackers.ts";
import { VirtualLinkPlan } from "./virtual-links.ts";

/** What the processes are to be told. */
export interface CompletedConfiguration {
    /** In the order of the file; the ones that cannot run are left out. */
    readonly routers: readonly CompletedRouter[];
    readonly groups: readonly CompletedGroup[];
    readonly firewall: CompletedFirewall;
    readonly linkRules: readonly LinkRule[];
    /** Those that somebody tracks. */
    readonly trackScripts: readonly ScriptTrackerSettings[];
    readonly notifications: CompletedNotifications;
    readonly lifeScripts: LifeScripts;
    /** In the order of the file; the ones that cannot serve are left out. */
    readonly virtualServers: readonly VirtualServerSettings[];
    readonly serverTraits: ServerTraits;
    /** What the BFD process is to do, in the order of the file. */
    readonly bfdSessions: readonly CompletedBfdSession[];
    readonly statics: CompletedStatics;
}

/** What completing a configuration may look at. */
export interface CompletingHelp {
    readonly judge?: ScriptJudge | undefined;
    /** What the reading before came to; absent where each is the only one. */
    readonly kept?: KeptServers | undefined;
}

/**
 * The meaning of a whole configuration: defaults filled in, contradictions settled and reported. It takes time in proportion to its length.
 *
 * @param files where the names of routing tables and the like are looked up
 */
export function completeConfiguration(
    configuration: Configuration,
    report: Report,
    files: FileTree = NO_FILES,
    { judge, kept }: CompletingHelp = {},
): CompletedConfiguration {
    const virtualServers: VirtualServerSettings[] = [];
    const completed = completeParts(configuration, { report, files, judge, kept, keep: (server) => virtualServers.push(server) });
    return { ...completed, virtualServers, serverTraits: (kept?.traits ?? new TraitFinder()).of(virtualServers) };
}

/** Reports what {@link completeConfiguration} would. Of tens of thousands of virtual servers only one is held at a time, which is most of the work saved. */
export function judgeConfiguration(configuration: Configuration, report: Report, files: FileTree, judge: ScriptJudge | undefined): void {
    completeParts(configuration, { report, files, judge, kept: undefined, keep: () => undefined });
}

interface Surroundings {
    readonly report: Report;
    readonly files: FileTree;
    readonly judge: ScriptJudge | undefined;
    readonly kept: KeptServers | undefined;
    /** Takes each virtual server in the order of the file. */
    readonly keep: (server: VirtualServerSettings) => void;
}

function completeParts(
    configuration: Configuration,
    { report, files, judge, kept, keep }: Surroundings,
): Omit<CompletedConfiguration, "virtualServers" | "serverTraits"> {
    const scripts = new Scripts(configuration, judge, report);
    const trackScripts = completeTrackScripts(configuration, scripts);
    const groups = new SyncGroups(configuration, report);
    const scope: Scope = {
        globals: completeGlobals(configuration.global_defs),
        trackers: new Trackers(configuration, groups, trackScripts, report),
        routing: new Routing(configuration, report, files),
        virtualLinks: new VirtualLinkPlan(configuration, report),
        report,
    };
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
    const routers = refuseDuplicateIds(origins, scope);
    const running = new Set(routers.map(({ name }) => name));
    const syncGroups = groups.completed((name) => running.has(name));
    const notifications = completeNotifications(configuration, running, scripts);
    const lifeScripts = completeLifeScripts(configuration.global_defs, scripts);
    for (const server of completeVirtualServers(configuration, { scripts, report, kept })) {
        keep(server);
    }
    scripts.finish();
    return {
        routers,
        groups: syncGroups,
        trackScripts: usedTrackScripts(trackScripts, routers),
        notifications,
        lifeScripts,
        firewall: completeFirewall(configuration, report),
        linkRules: completeLinkRules(configuration, routers, report),
        bfdSessions: completeBfdSessions(configuration, report),
        statics: scope.routing.statics,
    };
}
