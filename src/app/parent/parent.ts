import { milliseconds } from "../../core/base/instant.ts";
import { unreachable } from "../../core/base/result.ts";
import type { ControlAnswer, ControlRequest } from "../../core/supervise/control-messages.ts";
import type { SupervisorEffect } from "../../core/supervise/effects.ts";
import type { SupervisorEvent } from "../../core/supervise/events.ts";
import { KeptState } from "../../core/supervise/kept-state.ts";
import { type ChildMessage, PROTOCOL_VERSION, type Role, type SnapshotOf, type UserRequest } from "../../core/supervise/messages.ts";
import { LONGEST_QUEUE, Relay } from "../../core/supervise/relay.ts";
import { Supervisor } from "../../core/supervise/supervisor.ts";
import { Loop, type Seat } from "../../host/loop.ts";
import type { Journal } from "../../io/journal/journal.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import type { ServiceManager } from "../../io/system/service-manager.ts";
import { ImmediateScheduler } from "../../io/time/immediate-scheduler.ts";
import { KernelTimer } from "../../io/time/kernel-timer.ts";
import { MonotonicClock } from "../../io/time/monotonic-clock.ts";
import type { DaemonOptions } from "../command-line.ts";
import type { DaemonConfiguration, DaemonProgram } from "../daemon-program.ts";
import type { ChildPidFiles } from "./child-pid-files.ts";
import { ChildProcess } from "./child-process.ts";
import { DirectLines } from "./direct-lines.ts";
import { writeDump } from "./dump-files.ts";
import { DumpRequests } from "./dump-requests.ts";
import { ReloadDesk } from "./reload-desk.ts";
import { logIdent } from "./run-files.ts";

/** What a parent is made of. */
export interface ParentSettings {
    readonly system: NativeAddon;
    readonly options: DaemonOptions;
    readonly program: DaemonProgram;
    readonly configuration: DaemonConfiguration;
    readonly journal: Journal;
    readonly serviceManager: ServiceManager;
    /** Held already; those of children are written when they start. */
    readonly pidFiles: ChildPidFiles;
    /** The parent's own. */
    readonly pidPath: string;
    /** Everything runs for the first time. */
    readonly onReady: () => void;
    /** All children are gone. */
    readonly onExit: (status: number) => void;
}

/** A parent that wakes so late was held up; nothing hangs on it. */
const STALL = milliseconds(1_000);

/** The daemon's first process: carries out what the supervisor orders, keeps the children's last state, answers signals. */
export class Parent {
    readonly #settings: ParentSettings;
    readonly #clock: MonotonicClock;
    readonly #seat: Seat<SupervisorEvent>;
    readonly #timer: KernelTimer;
    readonly #children = new Map<Role, ChildProcess>();
    readonly #directLines: DirectLines;
    readonly #kept: { readonly [R in Role]: KeptState<SnapshotOf<R>> } = {
        vrrp: new KeptState(),
        runner: new KeptState(),
        checkers: new KeptState(),
        bfd: new KeptState(),
    };
    readonly #relay = new Relay((to, message) => this.#children.get(to)?.send(message));
    readonly #dumps: DumpRequests;
    readonly #reloads: ReloadDesk;
    #configuration: DaemonConfiguration;
    #isReady = false;

    constructor(settings: ParentSettings) {
        this.#settings = settings;
        this.#configuration = settings.configuration;
        this.#directLines = new DirectLines(settings.system);
        this.#clock = new MonotonicClock(settings.system);
        this.#timer = new KernelTimer(settings.system, () => loop.turn());
        const loop = new Loop({
            clock: this.#clock,
            timer: this.#timer,
            scheduler: new ImmediateScheduler(),
            stallThreshold: STALL,
            onStalled: () => undefined,
            onFailure: ({ error }) => settings.journal.log("alert", `Defect in the parent process: ${String(error)}`),
        });
        this.#seat = loop.attach<SupervisorEvent, SupervisorEffect>({
            name: "supervisor",
            machine: new Supervisor({ respawns: settings.options.respawns }),
            wake: { type: "wake" },
            perform: (effect) => this.#perform(effect),
        });
        this.#reloads = new ReloadDesk({
            ...settings,
            running: () => this.#configuration,
            ask: () => this.#seat.tell({ type: "reload-asked" }),
            accept: (configuration) => {
                this.#configuration = configuration;
                this.#seat.tell({ type: "configuration-accepted", roles: this.#wantedRoles() });
            },
            refuse: () => this.#seat.tell({ type: "configuration-refused" }),
        });
        this.#dumps = new DumpRequests({
            kept: () => this.#kept.vrrp.snapshots,
            ask: (request) => {
                for (const child of this.#children.values()) {
                    child.send({ type: "snapshot-request", request });
                }
                return [...this.#children.keys()];
            },
            write: (what, snapshots) => this.#write(what, snapshots),
        });
    }

    /** The one in force. */
    get configuration(): DaemonConfiguration {
        return this.#configuration;
    }

    /** A user's command: answered when it is done. */
    obey(request: ControlRequest, answer: (answer: ControlAnswer) => void): void {
        this.#reloads.obey(request, answer);
    }

    start(): void {
        this.#seat.tell({ type: "configuration-accepted", roles: this.#wantedRoles() });
    }

    stop(): void {
        this.#seat.tell({ type: "stop-asked" });
    }

    /** A user asked for something, by a signal to this process or to a child. */
    answer(request: UserRequest): void {
        if (request === "reload") {
            this.#reloads.ask();
        } else {
            this.#dumps.request(request);
        }
    }

    #perform(effect: SupervisorEffect): void {
        const { journal, serviceManager, onExit, system } = this.#settings;
        switch (effect.type) {
            case "spawn":
                this.#spawn(effect.role);
                return;
            case "configure":
                this.#configure(effect.role);
                return;
            case "ping":
                this.#children.get(effect.role)?.send({ type: "ping" });
                return;
            case "terminate":
                this.#children.get(effect.role)?.signal(system.constants.SIGTERM);
                return;
            case "kill":
                this.#children.get(effect.role)?.signal(system.constants.SIGKILL);
                return;
            case "read-configuration":
                this.#reloads.read();
                return;
            case "announce-ready":
                this.#announceReady();
                return;
            case "announce-reloading":
                serviceManager.reloading(this.#clock.now());
                return;
            case "announce-stopping":
                serviceManager.stopping();
                this.#reloads.close();
                return;
            case "log":
                journal.write(effect.line);
                return;
            case "exit":
                this.#timer.close();
                onExit(effect.status);
                return;
            default:
                unreachable(effect);
        }
    }

    #spawn<R extends Role>(role: R): void {
        const { system, program, pidFiles } = this.#settings;
        const started = ChildProcess.start(
            system,
            { script: program.script, role, directEnd: this.#directLines.endOf(role) },
            {
                onMessage: (message) => this.#hear(role, message),
                onEnded: (ending) => {
                    this.#children.delete(role);
                    this.#relay.gone(role);
                    this.#seat.tell({ type: "child-ended", role, ending });
                },
            },
        );
        if (!started.ok) {
            this.#seat.tell({ type: "spawn-failed", role, code: started.error });
            return;
        }
        // A map over all roles cannot say that a role and its process belong together.
        this.#children.set(role, started.value as unknown as ChildProcess);
        const refused = pidFiles.write(role, started.value.pid);
        if (refused !== undefined) {
            this.#settings.journal.log("error", `Cannot write pid file ${refused.path}`);
        }
        this.#seat.tell({ type: "child-spawned", role, pid: started.value.pid });
    }

    #configure(role: Role): void {
        const settings = this.#configuration.settings[role];
        const snapshots = this.#relay.isWorking(role) ? [] : this.#kept[role].snapshots;
        this.#children.get(role)?.send({ type: "configure", settings, snapshots });
    }

    #hear<R extends Role>(role: R, message: ChildMessage<R>): void {
        switch (message.type) {
            case "hello":
                this.#greet(role, message.protocol);
                return;
            case "configured":
                // First what waits for it: it may be told to leave next.
                this.#relay.ready(role);
                this.#seat.tell({ type: "child-configured", role });
                return;
            case "pong":
                this.#seat.tell({ type: "child-alive", role });
                return;
            case "asked":
                this.answer(message.request);
                return;
            case "snapshots":
                this.#kept[role].take(message.snapshots, message.isWhole);
                this.#dumps.heard(role, message.request);
                return;
            case "relay":
                this.#pass(role, message);
                return;
            case "acknowledge":
                this.#relay.acknowledged(role, message.receipts);
                return;
            case "log":
                this.#forward(role, message);
                return;
            default:
                unreachable(message);
        }
    }

    #greet(role: Role, protocol: number): void {
        if (protocol === PROTOCOL_VERSION) {
            this.#seat.tell({ type: "child-hello", role });
            return;
        }
        this.#settings.journal.log("error", "The program has been replaced while it runs: restart the daemon");
        this.#children.get(role)?.signal(this.#settings.system.constants.SIGTERM);
    }

    #pass(from: Role, { to, body }: ChildMessage & { readonly type: "relay" }): void {
        if (!this.#relay.pass(from, to, body)) {
            this.#settings.journal.log("error", `More than ${LONGEST_QUEUE} messages wait for the ${to} process: a ${body.type} is lost`);
        }
    }

    #forward(role: Role, { lines, dropped }: ChildMessage & { readonly type: "log" }): void {
        const { journal, options } = this.#settings;
        const networkNamespace = options.networkNamespace ?? this.#configuration.networkNamespace;
        const { instance } = this.#configuration;
        const ident = logIdent(role, {
            ...(networkNamespace !== undefined && { networkNamespace }),
            ...(instance !== undefined && { instance }),
        });
        const origin = { ident, pid: this.#children.get(role)?.pid ?? 0 };
        if (dropped > 0) {
            journal.write({ level: "warning", text: `${dropped} log lines were lost` }, origin);
        }
        for (const line of lines) {
            journal.write(line, origin);
        }
    }

    #wantedRoles(): readonly Role[] {
        const { parts } = this.#settings.options;
        const possible: readonly Role[] = parts.evenUnconfigured ? ["checkers", "vrrp", "bfd"] : this.#configuration.roles;
        // Once there, the runner stays: what a reload ends is still to be told.
        const runner: readonly Role[] = this.#children.has("runner") && !possible.includes("runner") ? ["runner"] : [];
        const wanted = [...possible, ...runner].filter((role) => role === "runner" || parts[role]);
        this.#relay.keepOnly(new Set(wanted));
        return wanted;
    }

    #announceReady(): void {
        const count = this.#configuration.settings.vrrp.routers.length;
        this.#settings.serviceManager.ready(process.pid, `Running, ${count} virtual router${count === 1 ? "" : "s"}`);
        this.#reloads.settled();
        if (!this.#isReady) {
            this.#isReady = true;
            this.#settings.onReady();
        }
    }

    #write(what: Exclude<UserRequest, "reload">, snapshots: Parameters<typeof writeDump>[0]["snapshots"]): void {
        const { journal, system } = this.#settings;
        const dump = {
            what,
            snapshots,
            bfdSnapshots: this.#kept.bfd.snapshots,
            configuration: this.#configuration,
            folder: process.env["TMPDIR"] ?? "/tmp",
            pidOf: (role: Role) => this.#children.get(role)?.pid,
            monotonicNow: this.#clock.now(),
            realtimeNow: realtimeOf(system),
        };
        for (const line of writeDump(dump)) {
            journal.write(line);
        }
    }
}

/** CLOCK_REALTIME in seconds. */
function realtimeOf(system: NativeAddon): number {
    const out = new Float64Array(2);
    system.clockRead(system.constants.CLOCK_REALTIME, out);
    return (out[0] ?? 0) + (out[1] ?? 0) / 1e9;
}
