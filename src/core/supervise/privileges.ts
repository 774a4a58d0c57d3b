import type { Role, SettingsOf } from "./messages.ts";
import type { SchedulingSettings } from "./process-settings.ts";

/** A right of root that a process can have by itself: see capabilities(7). */
export type Capability =
    | "CHOWN"
    | "DAC_OVERRIDE"
    | "DAC_READ_SEARCH"
    | "KILL"
    | "SETGID"
    | "SETUID"
    | "SETPCAP"
    | "NET_BIND_SERVICE"
    | "NET_ADMIN"
    | "NET_RAW"
    | "IPC_LOCK"
    | "SYS_PTRACE"
    | "SYS_ADMIN"
    | "SYS_NICE";

/** What a process of the daemon may do. */
export interface Privileges {
    readonly capabilities: readonly Capability[];
    /** It starts other people's programs, which are to have what is theirs: root's have all, and sudo works. */
    readonly startsScripts: boolean;
}

/** What the process of a role is configured to do, as far as that takes privileges. */
export interface RoleDuties {
    readonly scheduling: SchedulingSettings;
    /** It works in another network namespace than the machine's first, and wants to know of processes. */
    readonly watchesProcessesFromAfar: boolean;
    /** `net_namespace_ipvs`; undefined when IPVS is where all the rest is. */
    readonly tableNamespace: string | undefined;
}

const NETWORK: readonly Capability[] = ["NET_ADMIN", "NET_RAW", "NET_BIND_SERVICE"];

/** Each role's needs, whatever is configured; files that a user names may be readable for their owners only. */
const NEEDS: Readonly<Record<Role, readonly Capability[]>> = {
    vrrp: [...NETWORK, "DAC_READ_SEARCH"],
    checkers: [...NETWORK, "DAC_READ_SEARCH"],
    bfd: NETWORK,
    // Scripts get their users, groups, priorities and signals, and named pipes their owners, from here.
    runner: ["SETUID", "SETGID", "SETPCAP", "KILL", "CHOWN", "DAC_OVERRIDE", "SYS_NICE"],
};

/** What the parent needs itself: to make children with what they need, to end them, and to keep files where users want them. */
const PARENT: readonly Capability[] = ["SETPCAP", "SETUID", "SETGID", "KILL", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH"];

/** Without these a role cannot do what it is there for, and what that is. */
const VITAL: readonly { readonly role: Role; readonly capabilities: readonly Capability[]; readonly work: string }[] = [
    { role: "vrrp", capabilities: ["NET_ADMIN", "NET_RAW"], work: "VRRP cannot set and announce addresses" },
    { role: "checkers", capabilities: ["NET_ADMIN"], work: "the load balancer cannot write its table" },
];

/** What the roles cannot do because the whole daemon may not, a line each: a container or a service manager holds it back. */
export function missingRights(roles: readonly Role[], isPermitted: (capability: Capability) => boolean): readonly string[] {
    const wanted = VITAL.filter(({ role }) => roles.includes(role));
    const held = wanted.map(({ capabilities, work }) => ({ missing: capabilities.filter((one) => !isPermitted(one)), work }));
    return held.filter(({ missing }) => missing.length > 0).map(({ missing, work }) => missingLine(missing, work));
}

function missingLine(missing: readonly Capability[], work: string): string {
    const names = missing.map((capability) => `CAP_${capability}`).join(" and ");
    const remedy = missing.map((capability) => `--cap-add ${capability}`).join(" ");
    return `${names} missing: ${work}. A container is given it by ${remedy}, a service by AmbientCapabilities= and CapabilityBoundingSet=`;
}

/** What the process of a role may do. */
export function privilegesOf(role: Role, duties: RoleDuties): Privileges {
    return {
        capabilities: [...NEEDS[role], ...schedulingNeeds(duties.scheduling), ...distantNeeds(role, duties)],
        startsScripts: role === "runner",
    };
}

/** What the parent may do once it knows its configuration: all that children may need, now or after a reload. */
export function parentCapabilities(duties: { readonly [R in Role]: RoleDuties }): readonly Capability[] {
    const roles = Object.keys(NEEDS) as Role[];
    const children = roles.flatMap((role) => privilegesOf(role, duties[role]).capabilities);
    return [...new Set([...PARENT, ...children, "SYS_NICE" as const, "IPC_LOCK" as const])];
}

/** A role's duties, as its settings tell them. */
export function dutiesOf<R extends Role>(role: R, settings: SettingsOf<R>, isFromAfar: boolean): RoleDuties {
    const hasTrackers = "trackProcesses" in settings && settings.trackProcesses.length > 0;
    return {
        scheduling: settings.scheduling,
        watchesProcessesFromAfar: role === "vrrp" && hasTrackers && isFromAfar,
        tableNamespace: settings.tableNamespace,
    };
}

function schedulingNeeds({ niceness, realtimePriority, autoPriority, locksMemory }: SchedulingSettings): readonly Capability[] {
    const isRaised = niceness !== undefined || realtimePriority !== undefined || autoPriority !== undefined;
    return [...(isRaised ? (["SYS_NICE"] as const) : []), ...(locksMemory === true ? (["IPC_LOCK"] as const) : [])];
}

function distantNeeds(role: Role, { watchesProcessesFromAfar, tableNamespace }: RoleDuties): readonly Capability[] {
    const opensTable = tableNamespace !== undefined && (role === "checkers" || role === "vrrp");
    return [
        // To look into another namespace, and to open a socket there.
        ...(watchesProcessesFromAfar || opensTable ? (["SYS_ADMIN"] as const) : []),
        ...(watchesProcessesFromAfar || (opensTable && tableNamespace === "") ? (["SYS_PTRACE"] as const) : []),
    ];
}
