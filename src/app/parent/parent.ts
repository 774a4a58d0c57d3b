import { milliseconds } from "../../core/base/instant.ts";
import { unreachable } from "../../core/base/result.ts";
import type { ControlAnswer, ControlRequest } from "../../core/supervise/control-messages.ts";
import type { SupervisorEffect } from "../../core/supervise/effects.ts";
import type { SupervisorEvent } from "../../core/supervise/events.ts";
import { type Leniency, leniencyOf } from "../../core/supervise/leniency.ts";
import { PROTOCOL_VERSION, type Role, type UserRequest } from "../../core/supervise/messages.ts";
import { Supervisor } from "../../core/supervise/supervisor.ts";
import { Loop, type Seat } from "../../host/loop.ts";
import { ImmediateScheduler } from "../../io/time/immediate-scheduler.ts";
import { KernelTimer } from "../../io/time/kernel-timer.ts";
import { MonotonicClock } from "../../io/time/monotonic-clock.ts";
import { realtimeSeconds } from "../../io/time/realtime-seconds.ts";
import type { DaemonConfiguration } from "../daemon-program.ts";
import { HOLDFAST_VERSION } from "../version.ts";
import { childPrivileges } from "./child-privileges.ts";
import { DrainDesk } from "./drain-desk.ts";
import { writeDump } from "./dump-files.ts";
import { DumpRequests } from "./dump-requests.ts";
import { Household } from "./household.ts";
import { LeftBehind } from "./left-behind.ts";
import type { ParentSettings } from "./parent-settings.ts";
import { ReloadDesk } from "./reload-desk.ts";
import { identityOf, statePath } from "./run-files.ts";
import { UpgradeDesk } from "./upgrade-desk.ts";
import { UpgradeOutcome } from "./upgrade-outcome.ts";
import { wantedRoles } from "./wanted-roles.ts";

/** When a start has left the processor to others. In milliseconds. */
const REHEARSAL_DELAY = 500;

/** A parent that wakes so late was held up; nothing hangs on it. */
const STALL = milliseconds(1_000);

/** The daemon's first process: carries out what the supervisor orders, answers signals and commands. */
export class Parent {
    readonly #settings: ParentSettings;
    readonly #clock: MonotonicClock;
    readonly #supervisor: Supervisor;
    readonly #seat: Seat<SupervisorEvent>;
    readonly #timer: KernelTimer;
    readonly #household: Household;
    readonly #dumps: DumpRequests;
    readonly #drains = new DrainDesk((question, request) => this.#household.ask("checkers", question, request));
    readonly #reloads: ReloadDesk;
    readonly #upgrades: UpgradeDesk;
    readonly #outcome = new UpgradeOutcome();
    readonly #leftBehind: LeftBehind;
    #configuration: DaemonConfiguration;
    #isReady = false;
    /** A reload was asked for during an upgrade. */
    #reloadsLater = false;

    constructor(settings: ParentSettings) {
        const { system, journal, pidPath } = settings;
        this.#settings = settings;
        this.#configuration = settings.configuration;
        this.#leftBehind = new LeftBehind(statePath(pidPath), (level, text) => journal.log(level, text));
        this.#clock = new MonotonicClock(system);
        this.#timer = new KernelTimer(system, () => loop.turn());
        const loop = new Loop({
            clock: this.#clock,
            timer: this.#timer,
            scheduler: new ImmediateScheduler(),
            stallThreshold: STALL,
            onStalled: () => undefined,
            onFailure: ({ error }) => journal.log("alert", `Defect in the parent process: ${String(error)}`),
        });
        this.#supervisor = new Supervisor({ respawns: settings.options.respawns });
        this.#seat = loop.attach<SupervisorEvent, SupervisorEffect>({
            name: "supervisor",
            machine: this.#supervisor,
            wake: { type: "wake" },
            perform: (effect) => this.#perform(effect),
        });
        this.#household = new Household({
            ...{ system, loop, journal, script: settings.program.script, pidFiles: settings.pidFiles },
            identity: () => this.#identity,
            privilegesOf: (role) => childPrivileges(system, role, this.#configuration),
            settingsOf: (role) => this.#leftBehind.tell(role, this.#configuration.settings[role]),
            tell: (event) => {
                this.#leftBehind.heard(event);
                this.#seat.tell(event);
            },
            onBorrowed: (parameters) => this.#leftBehind.borrowed(parameters),
            onAsked: (request) => this.answer(request),
            onState: (role, request) => this.#dumps.heard(role, request),
            onReply: (question, reply) => this.#drains.heard(question, reply),
            onSilence: (role) => (role === "checkers" ? this.#drains.lost() : undefined),
            inherited: settings.inherited,
        });
        this.#reloads = this.#makeReloadDesk();
        this.#upgrades = this.#makeUpgradeDesk();
        this.#dumps = new DumpRequests({
            kept: () => this.#household.kept("vrrp"),
            ask: (request, what) => {
                this.#household.askState(request, what === "data");
                return this.#household.roles;
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
        switch (request.type) {
            case "reload":
            case "plan-reload":
                this.#reloads.obey(request, answer);
                return;
            case "upgrade":
                this.#upgrades.obey(request.program, answer);
                return;
            case "upgrade-outcome":
                this.#outcome.ask(answer);
                return;
            case "drain":
                this.#drains.obey(request.request, answer);
                return;
            default:
                unreachable(request);
        }
    }

    start(): void {
        this.#leftBehind.start(this.#configuration);
        this.#seat.tell({ type: "configuration-accepted", roles: this.#wantedRoles(), leniency: this.#leniency });
    }

    /** Goes on for another version of the program: its children work, and are replaced by this one's. */
    goOn(): void {
        this.#leftBehind.goOn(this.#configuration);
        const roles = this.#wantedRoles();
        const children = this.#household.roles.map((role) => ({ role, pid: this.#household.get(role)?.pid ?? 0 }));
        // The new version may make something else of the text.
        this.#reloadsLater = true;
        this.#outcome.await();
        this.#settings.serviceManager.reloading(this.#clock.now());
        this.#seat.tell({ type: "inherited", children, roles, leniency: this.#leniency });
        const program = { node: process.execPath, script: this.#settings.program.script };
        this.#household.successors.begin(
            children.map(({ role }) => role).filter((role) => roles.includes(role)),
            program,
            { isTrial: false, done: (failure) => this.#upgraded(failure) },
        );
    }

    stop(): void {
        this.#giveUpUpgrade();
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

    /** The daemon stops: there is nobody to go on. */
    #giveUpUpgrade(): void {
        this.#upgrades.close();
        this.#household.successors.abandon("gives way: the daemon stops");
    }

    get #identity(): ReturnType<typeof identityOf> {
        return identityOf(this.#settings.options, this.#configuration);
    }

    get #leniency(): Leniency {
        return leniencyOf(this.#configuration.settings.vrrp, this.#configuration.childWaitTime);
    }

    #makeReloadDesk(): ReloadDesk {
        return new ReloadDesk({
            ...this.#settings,
            running: () => this.#configuration,
            ask: () => this.#askReload(),
            accept: (configuration) => {
                this.#configuration = configuration;
                this.#leftBehind.takeOn(configuration);
                this.#seat.tell({ type: "configuration-accepted", roles: this.#wantedRoles(), leniency: this.#leniency });
            },
            refuse: () => this.#seat.tell({ type: "configuration-refused" }),
        });
    }

    #makeUpgradeDesk(): UpgradeDesk {
        const { parentPidFile, pidFiles } = this.#settings;
        return new UpgradeDesk({
            ...this.#settings,
            successors: this.#household.successors,
            roles: () => this.#household.roles,
            isAtPeace: () => this.#supervisor.isAtPeace && !this.#household.successors.isBusy,
            handOver: () => {
                const household = this.#household.handOver();
                return (
                    household && {
                        ...{ type: "hand-over", protocol: PROTOCOL_VERSION, workingFolder: process.cwd(), household },
                        configuration: this.#configuration,
                        parentPidFile: { path: parentPidFile.path, fd: parentPidFile.fd },
                        childPidFiles: pidFiles.handOver(),
                    }
                );
            },
            onRefused: () => this.#reloadNow(),
        });
    }

    #askReload(): void {
        if (this.#upgrades.isBusy || this.#household.successors.isBusy) {
            this.#reloadsLater = true;
        } else {
            this.#seat.tell({ type: "reload-asked" });
        }
    }

    #reloadNow(): void {
        if (this.#reloadsLater) {
            this.#reloadsLater = false;
            this.#seat.tell({ type: "reload-asked" });
        }
    }

    #upgraded(failure: string | undefined): void {
        const { journal } = this.#settings;
        if (failure === undefined) {
            journal.log("notice", `Upgraded to Holdfast ${HOLDFAST_VERSION}`);
            this.#outcome.is({ type: "upgraded", version: HOLDFAST_VERSION });
        } else {
            journal.log("error", `Upgrade incomplete, the former processes go on: ${failure}`);
            this.#outcome.is({ type: "refused", reason: failure, lines: [] });
            // Whoever has died meanwhile comes back with it.
            this.#seat.tell({ type: "configuration-accepted", roles: this.#wantedRoles(), leniency: this.#leniency });
        }
        this.#reloadNow();
    }

    #perform(effect: SupervisorEffect): void {
        const { journal, serviceManager, onExit, system } = this.#settings;
        switch (effect.type) {
            case "spawn":
                this.#household.spawn(effect.role);
                return;
            case "configure":
                this.#household.configure(effect.role);
                return;
            case "ping":
                this.#household.get(effect.role)?.send({ type: "ping" });
                return;
            case "terminate":
                this.#household.get(effect.role)?.signal(system.constants.SIGTERM);
                return;
            case "kill":
                this.#household.get(effect.role)?.signal(system.constants.SIGKILL);
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
                this.#giveUpUpgrade();
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

    #wantedRoles(): readonly Role[] {
        const wanted = wantedRoles({
            parts: this.#settings.options.parts,
            configured: this.#configuration.roles,
            hasRunner: this.#household.get("runner") !== undefined,
            hasLeftovers: this.#leftBehind.hasLeftovers,
        });
        this.#household.keepOnly(wanted);
        return wanted;
    }

    #announceReady(): void {
        const count = this.#configuration.settings.vrrp.routers.length;
        this.#settings.serviceManager.ready(process.pid, `Running, ${count} virtual router${count === 1 ? "" : "s"}`);
        this.#leftBehind.settled(this.#configuration, this.#household.leaving);
        this.#reloads.settled();
        if (!this.#isReady) {
            this.#isReady = true;
            setTimeout(() => this.#reloads.rehearse(), REHEARSAL_DELAY).unref();
            this.#settings.onReady();
        }
    }

    #write(what: Exclude<UserRequest, "reload">, snapshots: Parameters<typeof writeDump>[0]["snapshots"]): void {
        const { journal, system } = this.#settings;
        const dump = {
            what,
            snapshots,
            bfdSnapshots: this.#household.kept("bfd"),
            health: this.#household.health,
            views: this.#household.views,
            configuration: this.#configuration,
            folder: process.env["TMPDIR"] ?? "/tmp",
            pidOf: (role: Role) => this.#household.get(role)?.pid,
            monotonicNow: this.#clock.now(),
            realtimeNow: realtimeSeconds(system),
        };
        for (const line of writeDump(dump)) {
            journal.write(line);
        }
    }
}
