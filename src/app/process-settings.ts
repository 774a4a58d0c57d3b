import { NO_TIME } from "../core/base/instant.ts";
import type { CompletedConfiguration } from "../core/config/complete/complete.ts";
import type { Globals } from "../core/config/complete/globals.ts";
import type { Configuration } from "../core/config/complete/scope.ts";
import type { AnnouncementPacings, SchedulingSettings, VrrpProcessSettings } from "../core/supervise/process-settings.ts";
import type { DaemonOptions } from "./command-line.ts";

const DEFAULT_PROCESS_NAME = "keepalived_vrrp";

/** What the vrrp process is to be told of a configuration and a command line. */
export function vrrpProcessSettings(
    configuration: Configuration,
    completed: CompletedConfiguration,
    options: DaemonOptions,
): VrrpProcessSettings {
    const globals = configuration.global_defs;
    const networkNamespace = options.networkNamespace ?? configuration.net_namespace;
    const processName = processNameOf(globals);
    return {
        routers: completed.routers,
        groups: completed.groups,
        keepsAddressesAtStop: options.keepsAddressesAtStop,
        logDetail: options.log.detail,
        logsAddresses: options.log.addresses,
        scheduling: schedulingOf(globals),
        logsUnknownVrids: globals?.log_unknown_vrids ?? false,
        pacing: pacingsOf(configuration),
        firewall: completed.firewall,
        ...(networkNamespace !== undefined && { networkNamespace }),
        ...(processName !== undefined && { processName }),
    };
}

function processNameOf(globals: Globals | undefined): string | undefined {
    const isNamed = globals?.process_names === true || globals?.vrrp_process_name !== undefined;
    const name = globals?.vrrp_process_name;
    return isNamed ? (typeof name === "string" ? name : DEFAULT_PROCESS_NAME) : undefined;
}

function schedulingOf(globals: Globals | undefined): SchedulingSettings {
    const realtimePriority = globals?.vrrp_rt_priority;
    // No limit by default: ten milliseconds, as in Keepalived, would end the process in its first garbage collection.
    const realtimeLimit = globals?.vrrp_rlimit_rttime;
    const processors = globals?.vrrp_cpu_affinity;
    return {
        ...(globals?.vrrp_priority !== undefined && { niceness: globals.vrrp_priority }),
        ...(realtimePriority !== undefined && { realtimePriority }),
        ...(realtimeLimit !== undefined && { realtimeLimit }),
        ...(globals?.vrrp_no_swap === true && { locksMemory: true }),
        ...(processors !== undefined && { processors }),
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
