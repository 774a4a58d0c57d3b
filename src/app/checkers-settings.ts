import { hostname } from "node:os";
import type { BalancerSettings } from "../core/balance/settings.ts";
import { inSeconds } from "../core/base/instant.ts";
import type { CompletedConfiguration } from "../core/config/complete/complete.ts";
import type { Globals } from "../core/config/complete/globals.ts";
import type { Configuration } from "../core/config/complete/scope.ts";
import { completeTrackFiles } from "../core/config/complete/tracker-definitions.ts";
import type { IpvsTimeouts, SyncDaemon } from "../core/netlink/ipvs-daemon.ts";
import type { ServerNotifySettings } from "../core/notify/server-notify-settings.ts";
import type { CheckersProcessSettings, DataPlaneSettings } from "../core/supervise/process-settings.ts";
import type { TrackFileSettings } from "../core/track/tracker-definitions.ts";
import type { DaemonOptions } from "./command-line.ts";
import { everyProcessSettings, netlinkBuffersOf } from "./every-process-settings.ts";

const TABLE = "holdfast_lvs";
/** Keepalived's own. */
const MARK_TABLE = "keepalived_ipvs";
const MARK_PRIORITY = -1;
const FIRST_MARK = 1_000;

/** What the checkers process is to be told of a configuration and a command line. */
export function checkersProcessSettings(
    configuration: Configuration,
    completed: CompletedConfiguration,
    options: DaemonOptions,
): CheckersProcessSettings {
    const notify = notifyOf(configuration.global_defs, completed);
    return {
        ...(notify !== undefined && { notify }),
        ...everyProcessSettings("checker", configuration, options),
        logDetail: options.log.detail,
        netlinkBuffers: netlinkBuffersOf("lvs", configuration.global_defs),
        balancer: balancerSettings(configuration.global_defs, completed, options),
        trackFiles: followedFiles(configuration, completed),
        dataPlane: dataPlaneSettings(configuration),
    };
}

/** Several daemons of one machine each have tables of their own. */
function dataPlaneSettings({ global_defs: globals, instance }: Configuration): DataPlaneSettings {
    const marked = globals?.nftables_ipvs;
    return {
        choice: globals?.data_plane ?? "auto",
        table: instance === undefined ? TABLE : `${TABLE}_${instance}`,
        ...(marked !== undefined && {
            groupMarks: {
                table: typeof marked === "string" ? marked : MARK_TABLE,
                priority: globals?.nftables_ipvs_priority ?? MARK_PRIORITY,
                first: globals?.nftables_ipvs_start_fwmark ?? FIRST_MARK,
            },
        }),
    };
}

function followedFiles(configuration: Configuration, { serverTraits }: CompletedConfiguration): readonly TrackFileSettings[] {
    return completeTrackFiles(configuration).filter(({ name }) => serverTraits.followedFiles.includes(name));
}

function notifyOf(globals: Globals | undefined, completed: CompletedConfiguration): ServerNotifySettings | undefined {
    const hasPipes = completed.notifications.pipes.some(({ origins }) => origins.includes("lvs"));
    return hasPipes || completed.serverTraits.areTold
        ? { hasPipes, mailsEachCheck: globals?.no_checker_emails !== true, routerId: globals?.router_id ?? hostname() }
        : undefined;
}

function balancerSettings(
    globals: Globals | undefined,
    { virtualServers }: CompletedConfiguration,
    options: DaemonOptions,
): BalancerSettings {
    const timeouts = timeoutsOf(globals);
    return {
        virtualServers,
        flushesAtStart: globals?.lvs_flush ?? false,
        atStop: options.keepsServicesAtStop ? "keep" : globals?.lvs_flush_on_stop === true ? "flush" : "remove",
        tellsFirstStates: globals?.rs_init_notifies ?? false,
        daemons: daemonsOf(globals),
        ...(timeouts !== undefined && { timeouts }),
    };
}

function timeoutsOf(globals: Globals | undefined): IpvsTimeouts | undefined {
    const written = globals?.lvs_timeouts;
    return written === undefined
        ? undefined
        : {
              ...(written.tcp !== undefined && { tcp: Math.round(inSeconds(written.tcp)) }),
              ...(written.tcpfin !== undefined && { tcpFin: Math.round(inSeconds(written.tcpfin)) }),
              ...(written.udp !== undefined && { udp: Math.round(inSeconds(written.udp)) }),
          };
}

/** One that follows a virtual router is the business of whoever knows that router's state. */
function daemonsOf(globals: Globals | undefined): readonly SyncDaemon[] {
    const written = globals?.lvs_sync_daemon;
    if (written === undefined || written.instance !== undefined || written.inst !== undefined) {
        return [];
    }
    const common = {
        interfaceName: written.interface,
        syncId: written.id ?? 0,
        ...(written.maxlen !== undefined && { maxLength: written.maxlen }),
        ...(written.group !== undefined && { group: written.group }),
        ...(written.port !== undefined && { port: written.port }),
        ...(written.ttl !== undefined && { ttl: written.ttl }),
    };
    return [
        { state: "master", ...common },
        { state: "backup", ...common },
    ];
}
