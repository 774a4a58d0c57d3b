import type { Duration } from "../core/base/instant.ts";
import type { Result } from "../core/base/result.ts";
import type { LifeScripts } from "../core/config/complete/life-scripts.ts";
import type { Configuration } from "../core/config/complete/scope.ts";
import type { ScriptUser } from "../core/notify/script-command.ts";
import type { LogLine, Role, SettingsOf } from "../core/supervise/messages.ts";
import type { DaemonOptions } from "./command-line.ts";

/** What the parent needs of a configuration. */
export interface DaemonConfiguration {
    /** Processes for which something is configured. */
    readonly roles: readonly Role[];
    /** As it was written: what a later one is compared with. */
    readonly source: Configuration;
    readonly reloading: ReloadSettings;
    /** `startup_script`, `shutdown_script`. */
    readonly lifeScripts: LifeScripts;
    /** `process_user`: as whom the processes run that start no scripts; absent: as the daemon itself. */
    readonly processUser?: ScriptUser;
    /** `child_wait_time`. */
    readonly childWaitTime?: Duration;
    /** `umask`; the command line's comes first. */
    readonly umask?: number;
    /** What each process is to be told; of those that are not wanted too. */
    readonly settings: { readonly [R in Role]: SettingsOf<R> };
    /** `instance`: part of log idents and pid file names. */
    readonly instance?: string;
    /** `net_namespace`; the command line's comes first. */
    readonly networkNamespace?: string;
    /** `use_pid_dir`. */
    readonly usesPidDirectory: boolean;
    /** `process_name`, `vrrp_process_name`: what ps shows. */
    readonly processName?: string;
    /** `state_dump_file`, `stats_dump_file`, `json_dump_file`: absolute, or relative to the temporary folder. */
    readonly dumpFiles: DumpFileNames;
    /** `json_version 2`: an object instead of a list. */
    readonly jsonVersion: 1 | 2;
}

/** How and when the configuration is read again. */
export interface ReloadSettings {
    /** `reload_time_file`. */
    readonly timeFile?: string;
    /** `reload_repeat`. */
    readonly repeats: boolean;
    /** `reload_file`: there while a reload is under way; true for the pid file's name with `.reload`. */
    readonly markFile?: string | true;
    /** `config_save_dir`: where the configurations before and after each reload are kept. */
    readonly saveFolder?: string;
    /** `reload_check_config LOGFILE`: where a reload's complaints go besides the log. */
    readonly complaintsFile?: string;
}

/** Names of the files that signals ask for. An absent one has its default. */
export interface DumpFileNames {
    /** `data_use_instance`: what is put before the last dot of each name. */
    readonly suffix?: string;
    readonly data?: string;
    readonly statistics?: string;
    readonly json?: string;
}

/** What reading the configuration came to. */
export interface LoadedConfiguration {
    /** To be logged whatever the outcome is. */
    readonly lines: readonly LogLine[];
    /** Too damaged to replace a configuration that runs: a reload is refused. A daemon that starts takes what there is. */
    readonly isBroken: boolean;
    /** A failure is the status with which a daemon that starts has to end: 2 faulty, 6 no file. A reload keeps the old one. */
    readonly outcome: Result<DaemonConfiguration, number>;
}

/** The parts of which a daemon is put together. */
export interface DaemonProgram {
    /** The bundled file that runs in every process of the daemon. */
    readonly script: string;
    /** Reads and checks the configuration that the options name. */
    readonly loadConfiguration: (options: DaemonOptions) => LoadedConfiguration;
    /** The same twice, of two small texts that are nobody's: what has never run runs slowly. */
    readonly rehearse: (options: DaemonOptions) => readonly LoadedConfiguration[];
}
