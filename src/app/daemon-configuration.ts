import { completeUmask } from "../core/config/arguments/umask.ts";
import { root } from "../core/config/blocks/root.ts";
import type { ErrorClass } from "../core/config/complaint.ts";
import type { CompletedConfiguration } from "../core/config/complete/complete.ts";
import type { Globals } from "../core/config/complete/globals.ts";
import type { Configuration } from "../core/config/complete/scope.ts";
import type { Diagnostic } from "../core/config/diagnostics.ts";
import { dump } from "../core/config/dump.ts";
import { type LoadedConfiguration as ReadConfiguration, ReadingMemory } from "../core/config/load.ts";
import { maskedSecrets } from "../core/config/masked-secrets.ts";
import type { ScriptUser } from "../core/notify/script-command.ts";
import type { LogLevel, LogLine, Role } from "../core/supervise/messages.ts";
import { DiskFiles } from "../io/files/disk-files.ts";
import { Accounts } from "../io/process/accounts.ts";
import { bfdProcessSettings } from "./bfd-settings.ts";
import { checkersProcessSettings } from "./checkers-settings.ts";
import { type DiskReading, loadFromDisk } from "./cli/check.ts";
import type { DaemonOptions } from "./command-line.ts";
import type { DaemonConfiguration, DaemonProgram, DumpFileNames, LoadedConfiguration, ReloadSettings } from "./daemon-program.ts";
import { daemonScripts } from "./daemon-scripts.ts";
import { vrrpProcessSettings } from "./process-settings.ts";
import { RehearsedFiles } from "./rehearsed-files.ts";
import { needsRunner, runnerProcessSettings } from "./runner-settings.ts";

const STATUS_FAULTY = 2;

/** What makes a text unfit for a reload: it was cut off, or what it means is anybody's guess. A daemon that starts makes the best of it. */
const BROKEN: ReadonlySet<ErrorClass> = new Set<ErrorClass>([
    "file-not-found",
    "fatal",
    "unexpected-open-brace",
    "missing-open-brace",
    "unexpected-close-brace",
    "missing-close-brace",
    "unmatched-quote",
    "missing-parameter",
]);

/** Reads the daemon's configuration from this machine's files, and again at each reload what has changed in it. */
export function configurationReader(): Pick<DaemonProgram, "loadConfiguration" | "rehearse"> {
    const kept = { memory: new ReadingMemory(), tree: new DiskFiles() };
    return {
        loadConfiguration: (options) => loadDaemonConfiguration(options, kept),
        rehearse: (options) => {
            const rehearsed = { memory: new ReadingMemory(), tree: new RehearsedFiles() };
            return [loadDaemonConfiguration(options, rehearsed), loadDaemonConfiguration(options, rehearsed)];
        },
    };
}

function loadDaemonConfiguration(options: DaemonOptions, kept: Required<Pick<DiskReading, "memory" | "tree">>): LoadedConfiguration {
    const { configurationFile, configurationId: configId } = options;
    const read = loadFromDisk([configurationFile], { configId, scripts: daemonScripts(), ...kept });
    const lines: LogLine[] = [
        { level: "info", text: `Opening file '${options.configurationFile}'.` },
        ...read.diagnostics.map(lineOf),
        ...unactedLines(read),
        ...(options.log.configuration ? dumpLines(read) : []),
    ];
    const processUser = processUserOf(read.configuration.global_defs);
    const isUnusable = read.diagnostics.some(({ errorClass }) => errorClass === "missing-parameter");
    if (typeof processUser === "string") {
        // To run as root instead would be the opposite of what was asked for.
        lines.push({ level: "error", text: `process_user: ${processUser}` });
        return { lines, isBroken: true, outcome: { ok: false, error: STATUS_FAULTY } };
    }
    return {
        lines,
        isBroken: read.diagnostics.some(({ errorClass, severity }) => severity === "error" && BROKEN.has(errorClass)),
        outcome: isUnusable ? { ok: false, error: STATUS_FAULTY } : { ok: true, value: toDaemonConfiguration(read, options, processUser) },
    };
}

function toDaemonConfiguration(read: ReadConfiguration, options: DaemonOptions, processUser: ScriptUser | undefined): DaemonConfiguration {
    const { configuration, completed } = read;
    const globals = configuration.global_defs;
    const umask = globals?.umask === undefined ? undefined : completeUmask(globals.umask);
    const processName = typeof globals?.process_name === "string" ? globals.process_name : undefined;
    return {
        roles: rolesOf(completed),
        settings: {
            vrrp: vrrpProcessSettings(configuration, completed, options),
            runner: runnerProcessSettings(configuration, completed, options),
            checkers: checkersProcessSettings(configuration, completed, options),
            bfd: bfdProcessSettings(configuration, completed, options),
        },
        source: configuration,
        reloading: reloadingOf(globals),
        lifeScripts: completed.lifeScripts,
        ...(umask !== undefined && { umask }),
        ...(configuration.child_wait_time !== undefined && { childWaitTime: configuration.child_wait_time }),
        usesPidDirectory: configuration.use_pid_dir ?? false,
        dumpFiles: dumpFilesOf(configuration, options),
        jsonVersion: globals?.json_version === 2 ? 2 : 1,
        ...(configuration.instance !== undefined && { instance: configuration.instance }),
        ...(configuration.net_namespace !== undefined && { networkNamespace: configuration.net_namespace }),
        ...(processName !== undefined && { processName }),
        ...(processUser !== undefined && { processUser }),
    };
}

/** As whom processes run; what is not known instead, in words. */
function processUserOf(globals: Globals | undefined): ScriptUser | string | undefined {
    const written = globals?.process_user;
    return written === undefined ? undefined : new Accounts().scriptUser(written.user, written.group, false);
}

function reloadingOf(globals: Globals | undefined): ReloadSettings {
    const {
        reload_time_file: timeFile,
        reload_file: markFile,
        reload_check_config: complaints,
        config_save_dir: saveFolder,
    } = globals ?? {};
    return {
        repeats: globals?.reload_repeat ?? false,
        ...(timeFile !== undefined && { timeFile }),
        ...(markFile !== undefined && { markFile }),
        ...(saveFolder !== undefined && { saveFolder }),
        ...(typeof complaints === "string" && { complaintsFile: complaints }),
    };
}

/** In Keepalived's order of starting. */
function rolesOf(completed: CompletedConfiguration): readonly Role[] {
    const { virtualServers, routers, bfdSessions, statics } = completed;
    const configured: readonly (readonly [Role, number])[] = [
        ["checkers", virtualServers.length],
        ["vrrp", routers.length + statics.addresses.length + statics.routes.length + statics.rules.length],
        ["bfd", bfdSessions.length],
        ["runner", needsRunner(completed) ? 1 : 0],
    ];
    return configured.flatMap(([role, count]) => (count > 0 ? [role] : []));
}

function dumpFilesOf(configuration: Configuration, options: DaemonOptions): DumpFileNames {
    const { global_defs: globals, instance } = configuration;
    const names = [options.networkNamespace ?? configuration.net_namespace, instance].filter((name) => name !== undefined);
    return {
        ...(globals?.data_use_instance === true && names.length > 0 && { suffix: `.${names.join("_")}` }),
        ...(globals?.state_dump_file !== undefined && { data: globals.state_dump_file }),
        ...(globals?.stats_dump_file !== undefined && { statistics: globals.stats_dump_file }),
        ...(globals?.json_dump_file !== undefined && { json: globals.json_dump_file }),
    };
}

/** One line of the log a diagnostic, with its place in front as Keepalived's users know it. */
function lineOf({ place, severity, message, consequence, suggestion }: Diagnostic): LogLine {
    const levels: Readonly<Record<Diagnostic["severity"], LogLevel>> = { error: "error", warning: "warning", note: "info" };
    const where = place === undefined ? "" : `(${place.file}: Line ${place.line}) `;
    const hint = suggestion === undefined ? "" : ` - did you mean '${suggestion}'?`;
    return { level: levels[severity], text: `${where}${message}${consequence === undefined ? "" : `: ${consequence}`}${hint}` };
}

function unactedLines({ unacted }: ReadConfiguration): readonly LogLine[] {
    return unacted.length === 0 ? [] : [{ level: "notice", text: `Understood, but not acted upon yet: ${unacted.join(", ")}` }];
}

/** The configuration as understood, without its secrets. */
function dumpLines({ configuration }: ReadConfiguration): readonly LogLine[] {
    const lines = dump(root, configuration).split("\n");
    return lines.filter((text) => text !== "").map((text) => ({ level: "info", text: maskedSecrets(text) }));
}
