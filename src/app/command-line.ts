import { type Result, rejected, success } from "../core/base/result.ts";
import { DAEMON_OPTIONS, type DaemonOption, type DaemonOptionName } from "./daemon-option-table.ts";
import { type GivenOption, readOptions } from "./getopt.ts";

/** How much of the daemon runs. */
export interface WantedParts {
    readonly vrrp: boolean;
    readonly checkers: boolean;
    readonly bfd: boolean;
    /** Start them even if nothing is configured for them. */
    readonly evenUnconfigured: boolean;
}

/** Pid files named on the command line; an absent one has its default place. */
export interface PidFileOptions {
    readonly parent?: string;
    readonly vrrp?: string;
    readonly checkers?: string;
    readonly bfd?: string;
}

/** Where log lines go. */
export interface LogOptions {
    readonly syslog: boolean;
    readonly console: boolean;
    /** syslog's facility number, 0..23. */
    readonly facility: number;
    readonly file?: string;
    /** 0, 1 (-D) or 2 (-DD). */
    readonly detail: number;
    readonly configuration: boolean;
    readonly addresses: boolean;
}

/** What the daemon's command line asks for, defaults filled in. */
export interface DaemonOptions {
    readonly action: DaemonAction;
    readonly configurationFile: string;
    readonly parts: WantedParts;
    readonly pidFiles: PidFileOptions;
    readonly log: LogOptions;
    readonly staysInForeground: boolean;
    readonly respawns: boolean;
    readonly keepsAddressesAtStop: boolean;
    /** The load balancer's services stay in the kernel. */
    readonly keepsServicesAtStop: boolean;
    readonly allowsCoreFiles: boolean;
    readonly ignoresInterrupt: boolean;
    readonly umask?: number;
    readonly networkNamespace?: string;
    readonly configurationId?: string;
    /** What to tell the user once: words that mean nothing, options without effect in this version. */
    readonly remarks: readonly string[];
}

/** Run, or do one thing and exit. */
export type DaemonAction =
    | { readonly type: "run" }
    | { readonly type: "help" }
    | { readonly type: "version" }
    | { readonly type: "test"; readonly file?: string }
    | { readonly type: "signal-number"; readonly name: string }
    | { readonly type: "genhash" };

const DEFAULT_CONFIGURATION = "/etc/keepalived/keepalived.conf";
const DEFAULT_LOG_FILE = "/tmp/keepalived.log";
const FACILITY_USER = 1;
const FACILITY_DAEMON = 3;
const FACILITY_LOCAL0 = 16;

/** Reads Keepalived's whole command line. A failure is the complaint to print; the exit code is then 1. */
export function readCommandLine(words: readonly string[]): Result<DaemonOptions, string> {
    const read = readOptions<DaemonOptionName>(words, DAEMON_OPTIONS);
    if (!read.ok) {
        return read;
    }
    const given = new Given(read.value.options);
    const mask = given.last("umask");
    const umask = mask === undefined ? undefined : parseMask(mask);
    if (mask !== undefined && umask === undefined) {
        return rejected(`invalid umask '${mask}'`);
    }
    const remarks = [
        ...(read.value.operands.length === 0 ? [] : [`Unexpected argument(s): ${read.value.operands.join(" ")}`]),
        ...idleOptions(given),
    ];
    return success(toOptions(given, umask, remarks));
}

/** Options by name, as often as they were given. */
class Given {
    readonly #options: readonly GivenOption<DaemonOptionName>[];

    constructor(options: readonly GivenOption<DaemonOptionName>[]) {
        this.#options = options;
    }

    has(name: DaemonOptionName): boolean {
        return this.#options.some((option) => option.name === name);
    }

    count(name: DaemonOptionName): number {
        return this.#options.filter((option) => option.name === name).length;
    }

    /** The argument given last. */
    last(name: DaemonOptionName): string | undefined {
        return this.#options.findLast((option) => option.name === name)?.argument;
    }

    /** Which of these was given first. */
    first(...names: readonly DaemonOptionName[]): GivenOption<DaemonOptionName> | undefined {
        return this.#options.find((option) => names.includes(option.name));
    }
}

function toOptions(given: Given, umask: number | undefined, remarks: readonly string[]): DaemonOptions {
    const action = actionOf(given);
    const facility = parseFacility(given.last("log-facility"));
    const networkNamespace = given.last("namespace");
    const configurationId = given.last("config-id");
    return {
        action,
        configurationFile: given.last("use-file") ?? DEFAULT_CONFIGURATION,
        parts: {
            vrrp: !given.has("check") || given.has("vrrp"),
            checkers: !given.has("vrrp") || given.has("check"),
            bfd: !given.has("no_bfd"),
            evenUnconfigured: given.has("all"),
        },
        pidFiles: pidFileOptions(given),
        log: logOptions(given, facility ?? FACILITY_DAEMON),
        staysInForeground: given.has("dont-fork"),
        respawns: !given.has("dont-respawn"),
        keepsAddressesAtStop: given.has("dont-release-vrrp"),
        keepsServicesAtStop: given.has("dont-release-ipvs"),
        allowsCoreFiles: given.has("core-dump") || given.has("core-dump-pattern"),
        ignoresInterrupt: given.has("ignore-sigint"),
        ...(umask === undefined ? {} : { umask }),
        ...(networkNamespace === undefined ? {} : { networkNamespace }),
        ...(configurationId === undefined ? {} : { configurationId }),
        remarks:
            facility === undefined ? [...remarks, `Invalid log facility '${given.last("log-facility")}', using daemon instead`] : remarks,
    };
}

function actionOf(given: Given): DaemonAction {
    const first = given.first("help", "version", "signum", "genhash");
    switch (first?.name) {
        case "help":
            return { type: "help" };
        case "version":
            return { type: "version" };
        case "genhash":
            return { type: "genhash" };
        case "signum":
            return { type: "signal-number", name: first.argument ?? "" };
        default: {
            const file = given.last("config-test");
            return given.has("config-test") ? { type: "test", ...(file === undefined ? {} : { file }) } : { type: "run" };
        }
    }
}

function pidFileOptions(given: Given): PidFileOptions {
    const places = {
        parent: given.last("pid"),
        vrrp: given.last("vrrp_pid"),
        checkers: given.last("checkers_pid"),
        bfd: given.last("bfd_pid"),
    };
    return Object.fromEntries(Object.entries(places).filter(([, path]) => path !== undefined));
}

function logOptions(given: Given, facility: number): LogOptions {
    return {
        syslog: !given.has("no-syslog"),
        console: given.has("log-console"),
        facility,
        ...(given.has("log-file") ? { file: given.last("log-file") ?? DEFAULT_LOG_FILE } : {}),
        detail: Math.min(given.count("log-detail"), 2),
        configuration: given.has("dump-conf"),
        addresses: given.has("address-monitoring"),
    };
}

function idleOptions(given: Given): readonly string[] {
    return DAEMON_OPTIONS.filter((option: DaemonOption) => option.isIdle === true && given.has(option.long as DaemonOptionName)).map(
        ({ long }) => `Option --${long} is accepted but has no effect in this version`,
    );
}

/** `local3`, `3` (the same), `user`, `daemon`; undefined when it is none of them. Absent means daemon. */
function parseFacility(text: string | undefined): number | undefined {
    if (text === undefined || text === "daemon") {
        return FACILITY_DAEMON;
    }
    if (text === "user") {
        return FACILITY_USER;
    }
    const local = /^(?:local)?([0-7])$/.exec(text)?.[1];
    return local === undefined ? undefined : FACILITY_LOCAL0 + Number(local);
}

/** A number as C writes it (022, 18, 0x12), 0..0777. */
function parseMask(text: string): number | undefined {
    const base = /^0x[0-9a-f]+$/i.test(text) ? 16 : /^0[0-7]*$/.test(text) ? 8 : /^[1-9][0-9]*$/.test(text) ? 10 : undefined;
    const value = base === undefined ? Number.NaN : Number.parseInt(text, base);
    return value >= 0 && value <= 0o777 ? value : undefined;
}
