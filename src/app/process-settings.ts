import { hostname } from "node:os";
import { NO_TIME } from "../core/base/instant.ts";
import type { CompletedConfiguration } from "../core/config/complete/complete.ts";
import type { Configuration } from "../core/config/complete/scope.ts";
import { completeTrackFiles, completeTrackProcesses } from "../core/config/complete/tracker-definitions.ts";
import type { AnnouncementPacings, VrrpProcessSettings } from "../core/supervise/process-settings.ts";
import type { DaemonOptions } from "./command-line.ts";
import { bufferOf, everyProcessSettings, netlinkBuffersOf } from "./every-process-settings.ts";

/** What the vrrp process is to be told of a configuration and a command line. */
export function vrrpProcessSettings(
    configuration: Configuration,
    completed: CompletedConfiguration,
    options: DaemonOptions,
): VrrpProcessSettings {
    const globals = configuration.global_defs;
    const notify = completed.notifications.vrrp;
    const processMonitorBuffer = bufferOf(globals?.process_monitor_rcv_bufs, globals?.process_monitor_rcv_bufs_force);
    return {
        ...everyProcessSettings("vrrp", configuration, options),
        routers: completed.routers,
        groups: completed.groups,
        keepsAddressesAtStop: options.keepsAddressesAtStop,
        logDetail: options.log.detail,
        detailedRouters: configuration.vrrp_instance.filter(({ debug }) => (debug ?? 0) > 0).map(({ name }) => name),
        logsAddresses: options.log.addresses,
        logsUnknownVrids: globals?.log_unknown_vrids ?? false,
        pacing: pacingsOf(configuration),
        silencesLocalReports: globals?.disable_local_igmp ?? false,
        firewall: completed.firewall,
        linkRules: completed.linkRules,
        steadyLinks: globals?.dynamic_interfaces === "allow_if_changes" ? [] : usedLinks(completed.routers),
        trackFiles: completeTrackFiles(configuration),
        trackProcesses: completeTrackProcesses(configuration),
        netlinkBuffers: netlinkBuffersOf("vrrp", globals),
        ...(processMonitorBuffer && { processMonitorBuffer }),
        statics: completed.statics,
        ...(notify !== undefined && { notify: { ...notify, routerId: configuration.global_defs?.router_id ?? hostname() } }),
    };
}

function pacingsOf({ global_defs: globals, garp_group: groups }: Configuration): AnnouncementPacings {
    return {
        others: { arp: globals?.vrrp_garp_interval ?? NO_TIME, neighbour: globals?.vrrp_gna_interval ?? NO_TIME },
        groups: groups.map((group) => ({
            arp: group.garp_interval ?? NO_TIME,
            neighbour: group.gna_interval ?? NO_TIME,
            interfaces: [...(group.interface === undefined ? [] : [group.interface]), ...(group.interfaces ?? [])],
        })),
    };
}

/** The interfaces that virtual routers stand on, track or put addresses on, but for those that are made for them. */
function usedLinks(routers: CompletedConfiguration["routers"]): readonly string[] {
    const made = new Set(routers.flatMap(({ virtualLinks = [] }) => virtualLinks.map(({ name }) => name)));
    const used = routers.flatMap(({ interfaceName, addresses, excludedAddresses, trackers = [] }) => [
        interfaceName,
        ...[...addresses, ...excludedAddresses].map((address) => address.interfaceName),
        ...trackers.flatMap(({ kind, name }) => (kind === "interface" ? [name] : [])),
    ]);
    return [...new Set(used)].filter((name) => !made.has(name));
}
