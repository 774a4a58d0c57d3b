import { statSync } from "node:fs";
import { release } from "node:os";
import { type ControlAnswer, readControlRequest } from "../core/supervise/control-messages.ts";
import type { LogLine, Role } from "../core/supervise/messages.ts";
import { type ControlHandler, ControlSocket } from "../io/ipc/control-socket.ts";
import { ConsoleSink } from "../io/journal/console-sink.ts";
import { FileSink } from "../io/journal/file-sink.ts";
import { Journal } from "../io/journal/journal.ts";
import type { LogSink } from "../io/journal/log-entry.ts";
import { SyslogSink } from "../io/journal/syslog-sink.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import { expectRareWork } from "../io/system/garbage-collection.ts";
import { enterNetworkNamespace } from "../io/system/network-namespace.ts";
import { PidFile } from "../io/system/pid-file.ts";
import { ServiceManager } from "../io/system/service-manager.ts";
import { catchSignals } from "../io/system/signals.ts";
import { withSourcePlaces } from "../io/system/source-places.ts";
import type { DaemonOptions } from "./command-line.ts";
import type { DaemonConfiguration, DaemonProgram, LoadedConfiguration } from "./daemon-program.ts";
import { STATUS } from "./exit-status.ts";
import { ChildPidFiles, type PidFileRefused } from "./parent/child-pid-files.ts";
import { giveAwayCapabilities, rightsMissingHere } from "./parent/child-privileges.ts";
import type { HandOver } from "./parent/hand-over-file.ts";
import { runLifeScript } from "./parent/life-script.ts";
import { Parent } from "./parent/parent.ts";
import { controlPath, type DaemonIdentity, identityOf, logIdent, type PidFilePaths, pidFilePaths } from "./parent/run-files.ts";
import { userRequestOf } from "./user-signals.ts";
import { PRODUCT } from "./version-text.ts";

/** Whom a daemon tells how its start went, besides the log: the process that the user started, when that is another one. */
export interface StartListener {
    readonly onTrouble: (text: string) => void;
    readonly onReady: () => void;
}

/** What a daemon is started with. */
export interface DaemonStart {
    readonly system: NativeAddon;
    readonly options: DaemonOptions;
    readonly program: DaemonProgram;
    readonly listener: StartListener;
    /** The daemon's own words, from its command line. */
    readonly words: readonly string[];
    /** What another version of the program has left in this process. */
    readonly handOver?: HandOver;
}

/** Runs the daemon in this process. It ends the process itself, when it is told to stop or cannot start. */
export function runDaemon(start: DaemonStart): void {
    const { system, options, program, listener, handOver } = start;
    expectRareWork();
    const early = earlySignals(system, options.ignoresInterrupt);
    applyProcessOptions(system, options);
    const { lines, outcome } = handOver === undefined ? loadConfiguration(program, options) : goingOn(handOver);
    const identity = identityOf(options, outcome.ok ? outcome.value : undefined);
    const journal = openJournal(system, options, identity);
    process.on("uncaughtException", (error) =>
        journal.log("alert", `Defect in the parent process: ${withSourcePlaces(error.stack ?? error.message)}`),
    );
    announceStart(journal, options, { lines, verb: handOver === undefined ? "Starting" : "Going on as" });
    if (!outcome.ok) {
        const troubles = lines.filter(({ level }) => level === "error");
        giveUp(journal, listener, { troubles: troubles.map(({ text }) => text), status: outcome.error });
    }
    if (options.umask === undefined && outcome.value.umask !== undefined) {
        process.umask(outcome.value.umask);
    }
    const paths = pidFilePaths(options.pidFiles, identity, outcome.value);
    const pidFiles = handOver === undefined ? claimPidFiles(system, paths, outcome.value.roles) : adoptPidFiles(system, paths, handOver);
    if (typeof pidFiles === "string") {
        journal.log("error", pidFiles);
        giveUp(journal, listener, { troubles: [pidFiles], status: pidFiles === ALREADY_RUNNING ? STATUS.ok : STATUS.fatal });
    }
    for (const missing of rightsMissingHere(system, outcome.value.roles)) {
        journal.log("warning", missing);
    }
    const trouble = settleDown(start, outcome.value);
    if (trouble !== undefined) {
        journal.log("error", trouble);
        giveUp(journal, listener, { troubles: [trouble], status: STATUS.noPermission });
    }
    const parent = startParent(start, outcome.value, { journal, pidFiles, pidPath: paths.parent, hearSignals: early.hear });
    early.handOver(parent);
}

/** What a parent is given besides its configuration. */
interface Belongings {
    readonly journal: Journal;
    readonly pidFiles: ClaimedPidFiles;
    readonly pidPath: string;
    readonly hearSignals: () => void;
}

function startParent(start: DaemonStart, configuration: DaemonConfiguration, belongings: Belongings): Parent {
    const { journal, pidFiles, pidPath, hearSignals } = belongings;
    const { system, options, program, listener, words, handOver } = start;
    process.title = configuration.processName ?? "keepalived";
    pidFiles.parent.write(process.pid);
    const parent = new Parent({
        system,
        options,
        program,
        configuration,
        journal,
        serviceManager: new ServiceManager(system, process.env),
        pidFiles: pidFiles.children,
        parentPidFile: pidFiles.parent,
        ...{ pidPath, words, hearSignals, inherited: handOver?.household },
        onReady: listener.onReady,
        onExit: (status) => {
            control.close();
            runLifeScript({ system, journal, what: "shutdown_script" }, parent.configuration.lifeScripts.shutdown, () => {
                pidFiles.children.release();
                pidFiles.parent.release();
                leave(journal, status);
            });
        },
    });
    const control = new ControlSocket(controlPath(pidPath), answerControl(parent), ({ message }) =>
        journal.log("warning", `cannot be asked by commands such as "holdfast reload": ${message}`),
    );
    if (handOver === undefined) {
        runLifeScript({ system, journal, what: "startup_script" }, configuration.lifeScripts.startup, () => parent.start());
    } else {
        parent.goOn();
    }
    return parent;
}

/** Goes where the daemon is to work, and gives up what it will not need; what stands in the way, in words. */
function settleDown({ system, options, handOver }: DaemonStart, configuration: DaemonConfiguration): string | undefined {
    const isInside = handOver !== undefined;
    const { networkNamespace } = identityOf(options, configuration);
    if (networkNamespace !== undefined && !isInside) {
        // Children begin where their parent is: with all their threads, and wherever the name leads later.
        const entered = enterNetworkNamespace(system, networkNamespace);
        if (!entered.ok) {
            return `Cannot enter network namespace ${networkNamespace}: ${entered.error}`;
        }
    }
    giveAwayCapabilities(system, configuration);
    if (!options.allowsCoreFiles) {
        system.prctl(system.constants.PR_SET_DUMPABLE, 0);
    }
    return undefined;
}

function answerControl(parent: Parent): ControlHandler {
    return (value, answer) => {
        const request = readControlRequest(value);
        if (request === undefined) {
            answer({ type: "refused", reason: "not a request that this version knows", lines: [] } satisfies ControlAnswer);
        } else {
            parent.obey(request, answer);
        }
    };
}

function applyProcessOptions(system: NativeAddon, options: DaemonOptions): void {
    process.title = "keepalived";
    if (options.umask !== undefined) {
        process.umask(options.umask);
    }
    if (options.allowsCoreFiles) {
        system.setrlimit(system.constants.RLIMIT_CORE, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    }
}

function giveUp(journal: Journal, listener: StartListener, why: { readonly troubles: readonly string[]; readonly status: number }): never {
    for (const text of why.troubles) {
        listener.onTrouble(text);
    }
    return leave(journal, why.status);
}

function leave(journal: Journal, status: number): never {
    journal.log("info", `Stopped ${PRODUCT}`);
    journal.close();
    process.exit(status);
}

const ALREADY_RUNNING = "daemon is already running";

/** Signals belong to the daemon from its first moment; what they ask for waits until there is somebody to do it. */
function earlySignals(
    system: NativeAddon,
    ignoresInterrupt: boolean,
): { readonly handOver: (parent: Parent) => void; readonly hear: () => void } {
    const { constants } = system;
    const waiting: number[] = [];
    let obey = (signal: number): void => {
        waiting.push(signal);
    };
    const hear = catchSignals(system, ({ number }) => obey(number));
    return {
        hear,
        handOver: (parent) => {
            obey = (signal) => {
                const request = userRequestOf(system, signal);
                if (signal === constants.SIGTERM || (signal === constants.SIGINT && !ignoresInterrupt)) {
                    parent.stop();
                } else if (request !== undefined) {
                    parent.answer(request);
                }
            };
            for (const signal of waiting.splice(0)) {
                obey(signal);
            }
        },
    };
}

function isMissing(path: string): boolean {
    // A pattern may match files; reading tells.
    return !/[*?[{]/.test(path) && statSync(path, { throwIfNoEntry: false }) === undefined;
}

function loadConfiguration(program: DaemonProgram, options: DaemonOptions): LoadedConfiguration {
    const path = options.configurationFile;
    if (!isMissing(path)) {
        return program.loadConfiguration(options);
    }
    return {
        lines: [{ level: "error", text: `Config files missing '${path}'.` }],
        isBroken: true,
        outcome: { ok: false, error: STATUS.noConfiguration },
    };
}

/** The configuration stays the one that is in force; a reload follows. */
function goingOn({ configuration }: HandOver): Pick<LoadedConfiguration, "lines" | "outcome"> {
    return { lines: [], outcome: { ok: true, value: configuration } };
}

function openJournal(system: NativeAddon, { log, staysInForeground }: DaemonOptions, identity: DaemonIdentity): Journal {
    const sinks: readonly LogSink[] = [
        ...(log.syslog ? [new SyslogSink(system, log.facility)] : []),
        ...(log.console && staysInForeground ? [new ConsoleSink(system)] : []),
        ...(log.file === undefined ? [] : [new FileSink(log.file)]),
    ];
    return new Journal(sinks, { ident: logIdent("parent", identity), pid: process.pid });
}

function announceStart(
    journal: Journal,
    options: DaemonOptions,
    { lines, verb }: { readonly lines: readonly LogLine[]; readonly verb: string },
): void {
    journal.log("notice", `${verb} ${PRODUCT}`);
    journal.log("info", `Running on Linux ${release()} with Node.js ${process.version}`);
    for (const remark of options.remarks) {
        journal.log("warning", remark);
    }
    for (const line of lines) {
        journal.write(line);
    }
}

/** All pid files of the daemon, locked. */
interface ClaimedPidFiles {
    readonly parent: PidFile;
    readonly children: ChildPidFiles;
}

/** Takes the pid files of the parent and of these roles, or says what stands in the way. */
function claimPidFiles(system: NativeAddon, paths: PidFilePaths, roles: readonly Role[]): ClaimedPidFiles | string {
    const parent = PidFile.claim(system, paths.parent);
    if (!parent.ok) {
        return pidFileTrouble({ path: paths.parent, failure: parent.error });
    }
    const children = new ChildPidFiles(system, paths.children);
    const refused = children.claim(roles);
    if (refused === undefined) {
        return { parent: parent.value, children };
    }
    children.release();
    parent.value.release();
    return pidFileTrouble(refused);
}

function adoptPidFiles(system: NativeAddon, paths: PidFilePaths, { parentPidFile, childPidFiles }: HandOver): ClaimedPidFiles {
    return {
        parent: PidFile.adopt(system, parentPidFile.path, parentPidFile.fd),
        children: new ChildPidFiles(system, paths.children, childPidFiles),
    };
}

function pidFileTrouble({ path, failure }: PidFileRefused): string {
    return failure.type === "held" ? ALREADY_RUNNING : `Cannot open pid file ${path}: ${failure.code}`;
}
