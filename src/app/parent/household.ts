import type { DrainReply, DrainRequest } from "../../core/balance/drain-order.ts";
import type { VirtualServerView } from "../../core/balance/views.ts";
import { unreachable } from "../../core/base/result.ts";
import type { ChangedParameter } from "../../core/link/link-parameters.ts";
import { type Ending, leftInOrder, type SupervisorEvent } from "../../core/supervise/events.ts";
import type { HandedChild, HandedHousehold } from "../../core/supervise/hand-over.ts";
import { KeptState } from "../../core/supervise/kept-state.ts";
import type { LoopHealth } from "../../core/supervise/loop-health.ts";
import {
    type ChildMessage,
    PROTOCOL_VERSION,
    type Role,
    type SettingsOf,
    type SnapshotOf,
    type UserRequest,
} from "../../core/supervise/messages.ts";
import { LONGEST_QUEUE, Relay } from "../../core/supervise/relay.ts";
import type { Loop } from "../../host/loop.ts";
import type { Journal } from "../../io/journal/journal.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import { Borrowings, type SnapshotNews } from "./borrowings.ts";
import type { ChildPidFiles } from "./child-pid-files.ts";
import { type ChildListener, ChildProcess, type SpawnPrivileges } from "./child-process.ts";
import { DirectLines } from "./direct-lines.ts";
import { forwardLog } from "./forward-log.ts";
import type { DaemonIdentity } from "./run-files.ts";
import { Successors } from "./successors.ts";
import { ToldSettings } from "./told-settings.ts";

/** What the household is made of. */
export interface HouseholdSettings {
    readonly system: NativeAddon;
    readonly loop: Pick<Loop, "attach">;
    /** What children run. */
    readonly script: string;
    readonly journal: Journal;
    readonly pidFiles: ChildPidFiles;
    readonly identity: () => DaemonIdentity;
    /** As whom a role's process runs, and what it may do. */
    readonly privilegesOf: (role: Role) => SpawnPrivileges;
    readonly settingsOf: <R extends Role>(role: R) => SettingsOf<R>;
    /** The supervisor. */
    readonly tell: (event: SupervisorEvent) => void;
    readonly onAsked: (request: UserRequest) => void;
    /** What the vrrp process has changed of the kernel's parameters: all of it. */
    readonly onBorrowed: (parameters: readonly ChangedParameter[]) => void;
    /** A process has told its state, on that request or of itself. */
    readonly onState: (role: Role, request: number | undefined) => void;
    readonly onReply: (question: number, reply: DrainReply) => void;
    /** What that role's process has been asked is not answered any more. */
    readonly onSilence: (role: Role) => void;
    /** Of a predecessor of this program in the same process. */
    readonly inherited: HandedHousehold | undefined;
}

/** The daemon's children: makes them, hears them, passes on what they tell each other, and keeps their last state. */
export class Household {
    readonly successors: Successors;
    readonly #settings: HouseholdSettings;
    readonly #children = new Map<Role, ChildProcess>();
    readonly #directLines: DirectLines;
    readonly #kept: { readonly [R in Role]: KeptState<SnapshotOf<R>> };
    readonly #relay: Relay;
    readonly #told = new ToldSettings();
    readonly #health = new Map<Role, LoopHealth>();
    #views: readonly VirtualServerView[] = [];
    /** Whose processes there are to be. */
    #wanted: ReadonlySet<Role> = new Set();
    readonly #borrowings = new Borrowings();

    constructor(settings: HouseholdSettings) {
        const { inherited, system } = settings;
        this.#settings = settings;
        this.#directLines = new DirectLines(system, inherited?.directEnds);
        this.#relay = new Relay((to, message) => this.#children.get(to)?.send(message), inherited?.relay);
        this.#kept = {
            vrrp: new KeptState(inherited?.kept.vrrp),
            runner: new KeptState(inherited?.kept.runner),
            checkers: new KeptState(inherited?.kept.checkers),
            bfd: new KeptState(inherited?.kept.bfd),
        };
        this.successors = new Successors({
            system,
            loop: settings.loop,
            former: (role) => this.#children.get(role),
            directEndOf: (role) => this.#directLines.endOf(role),
            privilegesOf: settings.privilegesOf,
            configure: (role, child, how) => this.#configureSuccessor(role, child, how),
            hold: (role) => this.#relay.gone(role),
            deliver: (role) => this.#relay.ready(role),
            promote: (role, child) => this.#promote(role, child),
            lost: (role) => this.#lose(role),
            pass: (role, pid, message) => this.#hearSuccessor(role, pid, message),
            say: (line) => settings.journal.write(line),
        });
        for (const child of inherited?.children ?? []) {
            this.#adopt(child);
        }
    }

    /** Whose processes are still there though nobody wants them any more. */
    get leaving(): readonly Role[] {
        return this.roles.filter((role) => !this.#wanted.has(role));
    }

    /** Whose processes there are. */
    get roles(): readonly Role[] {
        return [...this.#children.keys()];
    }

    get(role: Role): ChildProcess | undefined {
        return this.#children.get(role);
    }

    /** The last state of that role's process. */
    kept<R extends Role>(role: R): readonly SnapshotOf<R>[] {
        return this.#kept[role].snapshots;
    }

    /** How punctual each process said that it is. */
    get health(): ReadonlyMap<Role, LoopHealth> {
        return this.#health;
    }

    /** How virtual servers stood when that was last asked. */
    get views(): readonly VirtualServerView[] {
        return this.#views;
    }

    /** Asks everybody for its state. @param wantsViews how virtual servers stand, too */
    askState(request: number, wantsViews: boolean): void {
        for (const child of this.#children.values()) {
            child.send({ type: "snapshot-request", request, wantsViews });
        }
    }

    /** Puts a user's question to the process of that role; false when none works. */
    ask(role: Role, question: number, request: DrainRequest): boolean {
        if (!this.#relay.isWorking(role)) {
            return false;
        }
        this.#children.get(role)?.send({ type: "question", question, request });
        return true;
    }

    /** Nobody else is wanted any more. */
    keepOnly(wanted: readonly Role[]): void {
        this.#wanted = new Set(wanted);
        this.#relay.keepOnly(this.#wanted);
    }

    spawn(role: Role): void {
        const { system, script, tell, privilegesOf } = this.#settings;
        const order = { node: process.execPath, script, role, directEnd: this.#directLines.endOf(role), privileges: privilegesOf(role) };
        const started = ChildProcess.start(system, order, this.#listener(role));
        if (!started.ok) {
            tell({ type: "spawn-failed", role, code: started.error });
            return;
        }
        this.#takeIn(role, started.value);
        tell({ type: "child-spawned", role, pid: started.value.pid });
    }

    configure(role: Role): void {
        const settings = this.#settings.settingsOf(role);
        this.#tell(role, this.#children.get(role), settings);
    }

    /** All that another program in this process needs to go on with them; undefined while something is under way to or from one of them. */
    handOver(): HandedHousehold | undefined {
        const children = [...this.#children].map(([role, child]) => child.handOver(role));
        if (children.includes(undefined)) {
            return undefined;
        }
        const kept = { vrrp: this.kept("vrrp"), runner: this.kept("runner"), checkers: this.kept("checkers"), bfd: this.kept("bfd") };
        return {
            children: children.filter((child) => child !== undefined),
            directEnds: this.#directLines.ends,
            kept,
            relay: this.#relay.handOver(),
        };
    }

    #takeIn(role: Role, child: ChildProcess): void {
        this.#children.set(role, child);
        const refused = this.#settings.pidFiles.write(role, child.pid);
        if (refused !== undefined) {
            this.#settings.journal.log("error", `Cannot write pid file ${refused.path}`);
        }
    }

    #adopt(handed: HandedChild): void {
        const { role } = handed;
        this.#children.set(role, ChildProcess.adopt(this.#settings.system, handed, this.#listener(role)));
    }

    #listener(role: Role): ChildListener<Role> {
        return {
            onMessage: (message) => this.#hear(role, message),
            onEnded: (ending) => {
                this.#children.delete(role);
                this.#health.delete(role);
                this.#told.forget(role);
                this.#relay.gone(role);
                this.#settings.onSilence(role);
                if (this.successors.isTaking(role)) {
                    this.successors.ended(role);
                } else {
                    this.#forgetWhatWasGivenUp(role, ending);
                    this.#settings.tell({ type: "child-ended", role, ending });
                }
            },
        };
    }

    /**
     * One that left in order has ended what it did, and told others so: whoever comes after it begins anew. The runner's scripts are as good or bad as before;
     * a bfd process leaves in silence, so that its successor may go on with its sessions, unless that comes by a later reload.
     */
    #forgetWhatWasGivenUp(role: Role, ending: Ending): void {
        const hasGivenUp = role === "bfd" ? !this.#wanted.has(role) : role !== "runner";
        if (hasGivenUp && leftInOrder(ending)) {
            this.#keep(role, { snapshots: [], isWhole: true });
        }
    }

    #hear(role: Role, message: ChildMessage): void {
        const { tell, onState, onAsked } = this.#settings;
        switch (message.type) {
            case "hello":
                this.#greet(role, message.protocol);
                return;
            case "configured":
                // First what waits for it: it may be told to leave next.
                this.#relay.ready(role);
                tell({ type: "child-configured", role });
                return;
            case "pong":
                tell({ type: "child-alive", role });
                return;
            case "asked":
                onAsked(message.request);
                return;
            case "snapshots":
                this.#keep(role, message);
                if (message.health !== undefined) {
                    this.#health.set(role, message.health);
                }
                this.#views = message.views ?? this.#views;
                onState(role, message.request);
                return;
            case "yielded":
                this.#keep(role, { snapshots: message.snapshots, isWhole: true });
                this.successors.yielded(role);
                return;
            case "prepared": // Only successors are told to prepare.
                return;
            case "relay":
                this.#pass(role, message);
                return;
            case "reply":
                this.#settings.onReply(message.question, message.reply);
                return;
            case "acknowledge":
                this.#relay.acknowledged(role, message.receipts);
                return;
            case "log":
                this.#log(role, this.#children.get(role)?.pid ?? 0, message);
                return;
            default:
                unreachable(message);
        }
    }

    #keep(role: Role, news: SnapshotNews): void {
        // A map over all roles cannot say that a role and its state belong together.
        (this.#kept[role] as KeptState<SnapshotOf<Role>>).take(news.snapshots, news.isWhole, news.gone);
        const borrowed = role === "vrrp" ? this.#borrowings.take(news) : undefined;
        if (borrowed !== undefined) {
            this.#settings.onBorrowed(borrowed);
        }
    }

    #greet(role: Role, protocol: number): void {
        const { tell, journal, system } = this.#settings;
        if (protocol === PROTOCOL_VERSION) {
            tell({ type: "child-hello", role });
            return;
        }
        journal.log("error", "The program has been replaced while it runs: restart the daemon");
        this.#children.get(role)?.signal(system.constants.SIGTERM);
    }

    #pass(from: Role, { to, body }: ChildMessage & { readonly type: "relay" }): void {
        if (!this.#relay.pass(from, to, body)) {
            this.#settings.journal.log("error", `More than ${LONGEST_QUEUE} messages wait for the ${to} process: a ${body.type} is lost`);
        }
    }

    #log(role: Role, pid: number, message: ChildMessage & { readonly type: "log" }): void {
        forwardLog(this.#settings.journal, { role, pid, identity: this.#settings.identity() }, message);
    }

    #configureSuccessor(role: Role, child: ChildProcess, how: "prepare" | "start"): void {
        const settings = this.#settings.settingsOf(role);
        if (how === "prepare") {
            child.send({ type: "prepare", settings });
        } else {
            this.#told.forget(role);
            this.#tell(role, child, settings);
        }
    }

    #tell<R extends Role>(role: R, child: ChildProcess | undefined, settings: SettingsOf<R>): void {
        for (const message of this.#told.messages(role, settings, this.#kept[role].snapshots)) {
            child?.send(message);
        }
    }

    /** What a successor, or one that has been succeeded, says besides its answers. */
    #hearSuccessor(role: Role, pid: number, message: ChildMessage): void {
        if (message.type === "log") {
            this.#log(role, pid, message);
        } else if (message.type === "relay") {
            this.#pass(role, message);
        } else if (message.type === "acknowledge") {
            this.#relay.acknowledged(role, message.receipts);
        }
    }

    #promote(role: Role, child: ChildProcess): void {
        child.listenWith(this.#listener(role));
        this.#takeIn(role, child);
        this.#settings.onSilence(role);
        this.#settings.tell({ type: "child-replaced", role, pid: child.pid });
    }

    #lose(role: Role): void {
        this.#settings.tell({ type: "child-ended", role, ending: { type: "signal", signal: this.#settings.system.constants.SIGKILL } });
    }
}
