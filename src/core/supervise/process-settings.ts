import type { GroupMarkSettings } from "../balance/nftables/group-marks.ts";
import type { BalancerSettings } from "../balance/settings.ts";
import type { Duration } from "../base/instant.ts";
import type { BfdSessionSettings } from "../bfd/settings.ts";
import type { FirewallSettings } from "../firewall/firewall-settings.ts";
import type { ChangedParameter } from "../link/link-parameters.ts";
import type { LinkRule } from "../link/link-rule.ts";
import type { NotifySettings } from "../notify/notify-settings.ts";
import type { ServerNotifySettings } from "../notify/server-notify-settings.ts";
import type { StaticGroup, StaticSet } from "../route/static-groups.ts";
import type { TrackFileSettings, TrackProcessSettings } from "../track/tracker-definitions.ts";
import type { SyncGroupSettings, VirtualRouterSettings } from "../vrrp/settings.ts";
import type { Belongings } from "./belongings.ts";

/** What every process of the daemon is told. */
export interface ProcessSettings {
    /** `net_namespace_ipvs`: the namespace of /run/netns in which IPVS is, if not here; empty for that of the machine's first process. */
    readonly tableNamespace?: string;
    /** `-m`: it may be dumped when it dies, with all the secrets that it knows. */
    readonly allowsCoreFiles?: boolean;
    /** What ps shows. */
    readonly processName?: string;
    readonly scheduling: SchedulingSettings;
}

/** A receive buffer. */
export interface BufferSettings {
    readonly bytes: number;
    /** Beyond the system's limit. */
    readonly isForced: boolean;
}

/** Room for what the kernel tells on netlink; an absent one leaves it to the sockets. */
export interface NetlinkBuffers {
    /** `*_netlink_cmd_rcv_bufs`: for answers. */
    readonly command?: BufferSettings;
    /** `*_netlink_monitor_rcv_bufs`: for changes. */
    readonly monitor?: BufferSettings;
}

/** All that the VRRP process is told of the configuration: by its first message, and again at each reload. */
export interface VrrpProcessSettings extends ProcessSettings {
    readonly netlinkBuffers: NetlinkBuffers;
    readonly routers: readonly VirtualRouterSettings[];
    readonly groups: readonly SyncGroupSettings[];
    /** `--dont-release-vrrp`: addresses stay up when the daemon stops. */
    readonly keepsAddressesAtStop: boolean;
    /** How much is logged: 0, 1 (`-D`) or 2 (`-DD`). */
    readonly logDetail: number;
    /** `debug` above 0: virtual routers of which details are logged in any case. */
    readonly detailedRouters: readonly string[];
    /** `-a`: log every address that anybody adds or removes. */
    readonly logsAddresses: boolean;
    /** Interfaces that count otherwise than the kernel tells them. */
    readonly linkRules: readonly LinkRule[];
    /** Interfaces that do not count when they come back as something else; none with `allow_if_changes`. */
    readonly steadyLinks: readonly string[];
    /** `log_unknown_vrids`: hear and tell of advertisements whose VRID nobody here has. */
    readonly logsUnknownVrids: boolean;
    /** Gaps between announcements: the groups that name their interfaces, and what holds for each other interface by itself. */
    readonly pacing: AnnouncementPacings;
    /** What stands as long as the daemon runs: `static_ipaddress`, `static_routes`, `static_rules`. */
    readonly statics: StaticSettings;
    /** `disable_local_igmp`: IPv4 membership reports for local groups do not leave at all, where there are virtual MACs. */
    readonly silencesLocalReports: boolean;
    /** How packets are kept away from addresses that do not accept them. */
    readonly firewall: FirewallSettings;
    readonly trackFiles: readonly TrackFileSettings[];
    readonly trackProcesses: readonly TrackProcessSettings[];
    /** `process_monitor_rcv_bufs`: room for events of processes; absent leaves it to the watch. */
    readonly processMonitorBuffer?: BufferSettings;
    /** Who is told what happens; absent when nobody is. */
    readonly notify?: NotifySettings;
    /** What a daemon that was killed left behind and this one does not want: to be removed at the start. */
    readonly leftovers?: Belongings;
    /** What it changed of the kernel's parameters and could not put back: to be put back when it is not needed any more. */
    readonly unreturned?: readonly ChangedParameter[];
}

/** All that the checkers process is told of the configuration. */
export interface CheckersProcessSettings extends ProcessSettings {
    readonly netlinkBuffers: NetlinkBuffers;
    readonly balancer: BalancerSettings;
    /** Those that a check follows. */
    readonly trackFiles: readonly TrackFileSettings[];
    readonly dataPlane: DataPlaneSettings;
    /** Whom to tell of servers; absent when nobody is. */
    readonly notify?: ServerNotifySettings;
    /** How much is logged: 0, 1 (`-D`) or 2 (`-DD`). */
    readonly logDetail: number;
}

/** By which packets find their servers. */
export interface DataPlaneSettings {
    /** `data_plane` */
    readonly choice: "auto" | "ipvs" | "nftables";
    /** The name of the tables, where it is nftables. */
    readonly table: string;
    /** `nftables_ipvs`, where it is IPVS. */
    readonly groupMarks?: GroupMarkSettings;
}

/** All that the BFD process is told of the configuration: by its first message, and again at each reload. */
export interface BfdProcessSettings extends ProcessSettings {
    readonly sessions: readonly BfdSessionSettings[];
    /** How much is logged: 0, 1 (`-D`) or 2 (`-DD`). */
    readonly logDetail: number;
}

/** Addresses, routes and rules that are no virtual router's, and what of them belongs to which `track_group`. */
export interface StaticSettings extends StaticSet {
    readonly groups: readonly StaticGroup[];
}

/** How fast gratuitous ARPs and Neighbour Advertisements may follow each other. */
export interface AnnouncementPacings {
    /** `vrrp_garp_interval` and `vrrp_gna_interval`, for each interface of no group by itself. */
    readonly others: AnnouncementGaps;
    /** `garp_group`: interfaces that share their gaps. */
    readonly groups: readonly (AnnouncementGaps & { readonly interfaces: readonly string[] })[];
}

/** Gaps to keep; zero is none. */
export interface AnnouncementGaps {
    readonly arp: Duration;
    readonly neighbour: Duration;
}

/** `max_auto_priority`: how far a process whose timers are late may raise itself. */
export interface AutoPrioritySettings {
    /** The highest realtime priority, 1..99. */
    readonly maximum: number;
    /** `min_auto_priority_delay`: what counts as late. */
    readonly delay: Duration;
}

/** How the kernel is to treat one process. An absent value leaves the kernel's own. */
export interface SchedulingSettings {
    /** -20..19; of no effect together with a realtime priority. */
    readonly niceness?: number;
    /** SCHED_RR priority, 1..99, for all threads. */
    readonly realtimePriority?: number;
    /** RLIMIT_RTTIME: how long it may compute without a pause before the kernel warns (half of it) or kills. */
    readonly realtimeLimit?: Duration;
    readonly autoPriority?: AutoPrioritySettings;
    /** Keep the program's text in memory. */
    readonly locksMemory?: boolean;
    /** Numbers of the processors it may run on. */
    readonly processors?: readonly number[];
}
