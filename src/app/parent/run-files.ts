import { join, parse } from "node:path";
import type { Role } from "../../core/supervise/messages.ts";
import type { DaemonOptions, PidFileOptions } from "../command-line.ts";
import type { DaemonConfiguration, DumpFileNames } from "../daemon-program.ts";

/** What tells one daemon of a machine from another. */
export interface DaemonIdentity {
    readonly networkNamespace?: string;
    readonly instance?: string;
}

/** The command line comes before the configuration. */
export function identityOf(
    options: Pick<DaemonOptions, "networkNamespace">,
    configuration: DaemonConfiguration | undefined,
): DaemonIdentity {
    const networkNamespace = options.networkNamespace ?? configuration?.networkNamespace;
    const instance = configuration?.instance;
    return {
        ...(networkNamespace !== undefined && { networkNamespace }),
        ...(instance !== undefined && { instance }),
    };
}

/** Pid files of the parent and of its children. */
export interface PidFilePaths {
    readonly parent: string;
    readonly children: Readonly<Partial<Record<Role, string>>>;
}

const RUN_FOLDER = "/run";
const OWN_FOLDER = "/run/keepalived";

/** Where pid files are: as the command line says, else in /run, or in a folder of their own where there may be several daemons. */
export function pidFilePaths(
    given: PidFileOptions,
    { networkNamespace, instance }: DaemonIdentity,
    configuration: Pick<DaemonConfiguration, "usesPidDirectory">,
): PidFilePaths {
    const isOwnFolder = networkNamespace !== undefined || instance !== undefined || configuration.usesPidDirectory;
    if (!isOwnFolder) {
        return {
            parent: given.parent ?? join(RUN_FOLDER, "keepalived.pid"),
            children: {
                vrrp: given.vrrp ?? join(RUN_FOLDER, "keepalived_vrrp.pid"),
                checkers: given.checkers ?? join(RUN_FOLDER, "keepalived_checkers.pid"),
                bfd: given.bfd ?? join(RUN_FOLDER, "keepalived_bfd.pid"),
            },
        };
    }
    const folder = networkNamespace === undefined ? OWN_FOLDER : join(OWN_FOLDER, networkNamespace);
    const suffix = instance === undefined ? "" : `_${instance}`;
    return {
        parent: given.parent ?? join(folder, `keepalived${suffix}.pid`),
        children: {
            vrrp: given.vrrp ?? join(folder, `vrrp${suffix}.pid`),
            checkers: given.checkers ?? join(folder, `checkers${suffix}.pid`),
            bfd: given.bfd ?? join(folder, `bfd${suffix}.pid`),
        },
    };
}

/** The socket at which the daemon of that pid file is asked. */
export function controlPath(pidFile: string): string {
    return `${pidFile.replace(/\.pid$/, "")}.sock`;
}

/** Where the daemon of that pid file notes what it may leave behind when it is killed. */
export function statePath(pidFile: string): string {
    return `${pidFile.replace(/\.pid$/, "")}.state`;
}

/** Where the daemon of that pid file leaves for a moment what another version needs to go on for it. */
export function handOverPath(pidFile: string): string {
    return `${pidFile.replace(/\.pid$/, "")}.handover`;
}

const IDENTS: Readonly<Record<"parent" | Role, string>> = {
    parent: "",
    vrrp: "_vrrp",
    runner: "_runner",
    checkers: "_healthcheckers",
    bfd: "_bfd",
};

/** The name before the process id in log lines: `Keepalived_vrrp_NAMESPACE_INSTANCE`. */
export function logIdent(part: "parent" | Role, { networkNamespace, instance }: DaemonIdentity): string {
    return ["Keepalived", IDENTS[part], ...[networkNamespace, instance].flatMap((name) => (name === undefined ? [] : ["_", name]))].join(
        "",
    );
}

/** Where the files go that signals ask for: TMPDIR or /tmp, unless the configuration names them. A name that ends with a slash is a folder. */
export function dumpPath(kind: "data" | "statistics" | "json", names: DumpFileNames, folder: string): string {
    const usual = { data: "keepalived.data", statistics: "keepalived.stats", json: "keepalived.json" }[kind];
    const named = names[kind] ?? usual;
    const { dir, name, ext } = parse(named.endsWith("/") ? join(named, usual) : named);
    const whole = join(dir, `${name}${names.suffix ?? ""}${ext}`);
    return whole.startsWith("/") ? whole : join(folder, whole);
}

/** The dump of another process than vrrp: its name stands before the last dot, as `keepalived_bfd.data`. */
export function childDumpPath(path: string, process: "bfd" | "check"): string {
    const { dir, name, ext } = parse(path);
    return join(dir, `${name}_${process}${ext}`);
}
