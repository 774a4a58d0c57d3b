import { seconds } from "../core/base/instant.ts";
import type { Globals } from "../core/config/complete/globals.ts";
import type { Configuration } from "../core/config/complete/scope.ts";
import type {
    AutoPrioritySettings,
    BufferSettings,
    NetlinkBuffers,
    ProcessSettings,
    SchedulingSettings,
} from "../core/supervise/process-settings.ts";
import type { DaemonOptions } from "./command-line.ts";

/** How the keywords about one process begin: `vrrp_priority`, `checker_no_swap`. */
type Part = "vrrp" | "checker" | "bfd";

const HIGHEST_PRIORITY = 99;

/** What ps shows where processes are to have names and no name is written. */
const USUAL_NAMES: Readonly<Record<Part, string>> = { vrrp: "keepalived_vrrp", checker: "keepalived_lvs", bfd: "keepalived_bfd" };

/** What a process is told whatever it does. */
export function everyProcessSettings(part: Part, configuration: Configuration, options: DaemonOptions): ProcessSettings {
    const globals = configuration.global_defs;
    const tableNamespace = configuration.net_namespace_ipvs;
    const processName = processNameOf(part, globals);
    return {
        scheduling: schedulingOf(part, globals),
        allowsCoreFiles: options.allowsCoreFiles,
        ...(tableNamespace !== undefined && { tableNamespace: tableNamespace === true ? "" : tableNamespace }),
        ...(processName !== undefined && { processName }),
    };
}

function processNameOf(part: Part, globals: Globals | undefined): string | undefined {
    const name = globals?.[`${part}_process_name`];
    const isNamed = globals?.process_names === true || name !== undefined;
    return isNamed ? (typeof name === "string" ? name : USUAL_NAMES[part]) : undefined;
}

function schedulingOf(part: Part, globals: Globals | undefined): SchedulingSettings {
    const niceness = globals?.[`${part}_priority`];
    const realtimePriority = globals?.[`${part}_rt_priority`];
    // No limit by default: ten milliseconds, as in Keepalived, would end the process in its first garbage collection.
    const realtimeLimit = globals?.[`${part}_rlimit_rttime`];
    const processors = globals?.[`${part}_cpu_affinity`];
    const autoPriority = autoPriorityOf(globals);
    return {
        ...(autoPriority !== undefined && { autoPriority }),
        ...(niceness !== undefined && { niceness }),
        ...(realtimePriority !== undefined && { realtimePriority }),
        ...(realtimeLimit !== undefined && { realtimeLimit }),
        ...(globals?.[`${part}_no_swap`] === true && { locksMemory: true }),
        ...(processors !== undefined && { processors }),
    };
}

/** `max_auto_priority`; undefined where it is not asked for. */
export function autoPriorityOf(globals: Globals | undefined): AutoPrioritySettings | undefined {
    const written = globals?.max_auto_priority;
    const maximum = written === "unlimited" ? HIGHEST_PRIORITY : (written ?? 0);
    return maximum > 0 ? { maximum, delay: globals?.min_auto_priority_delay ?? seconds(1) } : undefined;
}

/** Receive buffers of a process's netlink sockets. */
export function netlinkBuffersOf(part: "vrrp" | "lvs", globals: Globals | undefined): NetlinkBuffers {
    const command = bufferOf(globals?.[`${part}_netlink_cmd_rcv_bufs`], globals?.[`${part}_netlink_cmd_rcv_bufs_force`]);
    const monitor = bufferOf(globals?.[`${part}_netlink_monitor_rcv_bufs`], globals?.[`${part}_netlink_monitor_rcv_bufs_force`]);
    return { ...(command && { command }), ...(monitor && { monitor }) };
}

/** A buffer as written; undefined where nothing is. */
export function bufferOf(bytes: number | undefined, isForced = false): BufferSettings | undefined {
    return bytes === undefined ? undefined : { bytes, isForced };
}
