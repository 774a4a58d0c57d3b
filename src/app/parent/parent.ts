import { milliseconds } from "../../core/base/instant.ts";
import { unreachable } from "../../core/base/result.ts";
import type { ControlAnswer, ControlRequest } from "../../core/supervise/control-messages.ts";
import type { SupervisorEffect } from "../../core/supervise/effects.ts";
import type { SupervisorEvent } from "../../core/supervise/events.ts";
import { KeptState } from "../../core/supervise/kept-state.ts";
import type { LoopHealth } from "../../core/supervise/loop-health.ts";
import { type ChildMessage, PROTOCOL_VERSION, type Role, type SnapshotOf, type UserRequest } from "../../core/supervise/messages.ts";
import { LONGEST_QUEUE, Relay } from "../../core/supervise/relay.ts";
import { Supervisor } from "../../core/supervise/supervisor.ts";
import { Loop, type Seat } from "../../host/loop.ts";
import { ImmediateScheduler } from "../../io/time/immediate-scheduler.ts";
import { KernelTimer } from "../../io/time/kernel-timer.ts";
import { MonotonicClock } from "../../io/time/monotonic-clock.ts";
import { realtimeSeconds } from "../../io/time/realtime-seconds.ts";
import type { DaemonConfiguration } from "../daemon-program.ts";
import { childPrivileges } from "./child-privileges.ts";
import { ChildProcess } from "./child-process.ts";
import { DirectLines } from "./direct-lines.ts";
import { writeDump } from "./dump-files.ts";
import { DumpRequests } from "./dump-requests.ts";
import { forwardLog } from "./forward-log.ts";
import { LeftBehind } from "./left-behind.ts";
import type { ParentSettings } from "./parent-settings.ts";
import { ReloadDesk } from "./reload-desk.ts";
import { identityOf, statePath } from "./run-files.ts";
import { ToldSettings } from "./told-settings.ts";
import { wantedRoles } from "./wanted-roles.ts";

/** A parent that wakes so late was held up; nothing hangs on it. */
const STALL = milliseconds(1_000);

/** The daemon's first process: carries out what the supervisor orders, keeps the children's last state, answers signals. */
export class Parent {
    readonly #settings: ParentSettings;
    readonly #clock: MonotonicClock;
    readonly #seat: Seat<SupervisorEvent>;
    readonly #timer: KernelTimer;
    readonly #children = new Map<Role, ChildProcess>();
    readonly #told = new ToldSettings();
    readonly #directLines: DirectLines;
    readonly #kept: { readonly [R in Role]: KeptState<SnapshotOf<R>> } = {
        vrrp: new KeptState(),
        runner: new KeptState(),
        checkers: new KeptState(),
        bfd: new KeptState(),
    };
    readonly #health = new Map<Role, LoopHealth>();
    readonly #relay = new Relay((to, message) => this.#children.get(to)?.send(message));
    readonly #dumps: DumpRequests;
    readonly #reloads: ReloadDesk;
    readonly #leftBehind: LeftBehind;
    #configuration: DaemonConfiguration;
    #isReady = false;

    constructor(settings: ParentSettings) {
        this.#settings = settings;
        this.#configuration = settings.configuration;
        this.#directLines = new DirectLines(settings.system);
        this.#leftBehind = new LeftBehind(statePath(settings.pidPath), (level, text) => settings.journal.log(level, text));
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
                this.#leftBehind.takeOn(configuration);
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
        this.#leftBehind.start(this.#configuration);
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
                this.#leftBehind.end();
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
            {
                script: program.script,
                role,
                directEnd: this.#directLines.endOf(role),
                privileges: childPrivileges(system, role, this.#configuration),
            },
            {
                onMessage: (message) => this.#hear(role, message),
                onEnded: (ending) => {
                    this.#children.delete(role);
                    this.#health.delete(role);
                    this.#told.forget(role);
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
        const settings = this.#leftBehind.tell(role, this.#configuration.settings[role]);
        this.#children.get(role)?.send(this.#told.message(role, settings, this.#kept[role].snapshots));
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
                if (message.health !== undefined) {
                    this.#health.set(role, message.health);
                }
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

    #forward(role: Role, message: ChildMessage & { readonly type: "log" }): void {
        const { journal, options } = this.#settings;
        const identity = identityOf(options, this.#configuration);
        forwardLog(journal, { role, pid: this.#children.get(role)?.pid ?? 0, identity }, message);
    }

    #wantedRoles(): readonly Role[] {
        const wanted = wantedRoles({
            parts: this.#settings.options.parts,
            configured: this.#configuration.roles,
            hasRunner: this.#children.has("runner"),
            hasLeftovers: this.#leftBehind.leftovers !== undefined,
        });
        this.#relay.keepOnly(new Set(wanted));
        return wanted;
    }

    #announceReady(): void {
        const count = this.#configuration.settings.vrrp.routers.length;
        this.#settings.serviceManager.ready(process.pid, `Running, ${count} virtual router${count === 1 ? "" : "s"}`);
        this.#leftBehind.settled(this.#configuration);
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
            health: this.#health,
            configuration: this.#configuration,
            folder: process.env["TMPDIR"] ?? "/tmp",
            pidOf: (role: Role) => this.#children.get(role)?.pid,
            monotonicNow: this.#clock.now(),
            realtimeNow: realtimeSeconds(system),
        };
        for (const line of writeDump(dump)) {
            journal.write(line);
        }
    }
}
