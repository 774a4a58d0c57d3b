import type { DrainReply, DrainRequest } from "../core/balance/drain-order.ts";
import type { VirtualServerView } from "../core/balance/views.ts";
import { type DataChange, withChange } from "../core/base/data-change.ts";
import type { LoopHealth } from "../core/supervise/loop-health.ts";
import type {
    ChildMessage,
    LogLine,
    ParentMessage,
    RelayedMessage,
    Role,
    SettingsOf,
    SnapshotOf,
    UserRequest,
} from "../core/supervise/messages.ts";
import { PROTOCOL_VERSION } from "../core/supervise/messages.ts";
import type { ProcessSettings } from "../core/supervise/process-settings.ts";
import type { RelayedBody } from "../core/supervise/relayed.ts";
import { Channel } from "../io/ipc/channel.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import { SystemError } from "../io/native/sys.ts";
import { applyScheduling, takeShortTurns } from "../io/system/scheduling.ts";
import { catchSignals } from "../io/system/signals.ts";
import { ForwardedLog } from "./forwarded-log.ts";
import { PublishedSnapshots } from "./published-snapshots.ts";
import { userRequestOf } from "./user-signals.ts";

/** The descriptor on which a child meets its parent. */
export const CHANNEL_FD = 3;

/** Where the bfd and the vrrp process have their line to each other; closed in others. */
export const DIRECT_FD = 4;

/** A defect of the program: the parent starts a new process. */
const STATUS_SOFTWARE = 70;

/** What a child's work is given by its surroundings. */
export interface ChildContext<R extends Role> {
    readonly system: NativeAddon;
    /** The first configuration; later ones come by `configure`. */
    readonly settings: SettingsOf<R>;
    /** To the daemon's log; never blocks. */
    readonly log: (line: LogLine) => void;
    /** These have changed, or of these names are gone: the parent keeps them for a successor. Gathered for a turn of the loop; the last one of a name counts. */
    readonly publish: (snapshots: readonly SnapshotOf<R>[], gone?: readonly string[]) => void;
    /** To the process of another role, in order; waits while that one is not there. */
    readonly relay: (to: Role, body: RelayedBody) => void;
    /** What was heard with these receipts has been done, and need not be told to a successor. */
    readonly acknowledge: (receipts: readonly number[]) => void;
    /** To the user who asked that. */
    readonly reply: (question: number, reply: DrainReply) => void;
}

/** What a role does. */
export interface ChildWork<R extends Role> {
    /** Begins to work. @param snapshots a predecessor's last state; empty at the daemon's start */
    start(snapshots: readonly SnapshotOf<R>[]): void;
    /** A reload: the wanted state has changed. `done` is called when it is in force. */
    configure(settings: SettingsOf<R>, done: () => void): void;
    /** What follows of a reload for a successor is published like everything else; where it is not, all snapshots are looked through then. */
    readonly publishesReloads?: true;
    /** All that is known now. */
    snapshots(): readonly SnapshotOf<R>[];
    /** How punctual it is; absent where nobody depends on that. */
    readonly health?: () => LoopHealth;
    /** What a user who asks for the state is shown besides; absent where that is nothing. */
    readonly views?: () => readonly VirtualServerView[];
    /** Another process of the daemon says something. */
    hear(message: RelayedMessage): void;
    /** That one has just come to work, at first or again, and knows nothing of what was said before. */
    siblingReady(role: Role): void;
    /** A user asks; replied to by the context's `reply`. Absent where nobody asks anything. */
    readonly ask?: (question: number, request: DrainRequest) => void;
    /** A successor is about to start: tells it all that it has to know. Who cannot work beside it rests from then on: it is not told to stop. */
    yield(done: (snapshots: readonly SnapshotOf<R>[]) => void): "works-on" | "rests";
    /** Leave in order; `done` is called when nothing is left to do. */
    stop(done: () => void): void;
}

/** Puts a role's parts together; nothing can be noticed of them before they are told to start. */
export type ComposeChild<R extends Role> = (context: ChildContext<R>) => ChildWork<R>;

/** Runs a role in this process: meets the parent, obeys it, and leaves by itself when the parent is gone. */
export function runChild<R extends Role>(role: R, system: NativeAddon, compose: ComposeChild<R>): void {
    process.title = "keepalived";
    new Child(role, system, compose).run();
}

class Child<R extends Role> {
    readonly #role: R;
    readonly #system: NativeAddon;
    readonly #composer: ComposeChild<R>;
    readonly #channel: Channel<ChildMessage<R>, ParentMessage<R>>;
    readonly #log: ForwardedLog;
    readonly #published: PublishedSnapshots<R>;
    #work: ChildWork<R> | undefined;
    /** The settings as far as the parent has told them. */
    #told: unknown;
    #hasStarted = false;
    #isResting = false;
    #isLeaving = false;

    constructor(role: R, system: NativeAddon, compose: ComposeChild<R>) {
        this.#role = role;
        this.#system = system;
        this.#composer = compose;
        this.#channel = new Channel<ChildMessage<R>, ParentMessage<R>>(CHANNEL_FD, {
            onMessage: (message) => this.#obey(message),
            onEnd: () => this.#leave(),
        });
        this.#log = new ForwardedLog(this.#channel);
        this.#published = new PublishedSnapshots(this.#channel);
    }

    run(): void {
        catchSignals(this.#system, ({ number }) => this.#onSignal(number));
        process.on("uncaughtException", (error) => this.#crash(error));
        this.#channel.send({ type: "hello", protocol: PROTOCOL_VERSION });
    }

    #onSignal(number: number): void {
        if (number === this.#system.constants.SIGTERM) {
            this.#leave();
            return;
        }
        // ^C reaches every process of a terminal; the parent says what is to be done about it.
        const request: UserRequest | undefined = userRequestOf(this.#system, number);
        if (request !== undefined) {
            this.#channel.send({ type: "asked", request });
        }
    }

    #obey(message: ParentMessage<R>): void {
        switch (message.type) {
            case "configure":
                this.#configure(message.settings, message.snapshots);
                return;
            case "reconfigure":
                this.#reconfigure(message.change, message.goesOn === true);
                return;
            case "prepare":
                this.#compose(message.settings);
                this.#channel.send({ type: "prepared" });
                return;
            case "yield":
                this.#yield();
                return;
            case "retire":
                this.#retire();
                return;
            case "snapshot-request":
                this.#answer(message.request, message.wantsViews);
                return;
            case "relayed":
                this.#started?.hear(message);
                return;
            case "sibling-ready":
                this.#started?.siblingReady(message.role);
                return;
            case "question":
                this.#started?.ask?.(message.question, message.request);
                return;
            case "ping":
                this.#channel.send({ type: "pong" });
        }
    }

    #answer(request: number, wantsViews: boolean): void {
        const health = this.#started?.health?.();
        const views = wantsViews ? this.#started?.views?.() : undefined;
        this.#channel.send({
            type: "snapshots",
            snapshots: this.#started?.snapshots() ?? [],
            isWhole: this.#hasStarted,
            request,
            ...(health !== undefined && { health }),
            ...(views !== undefined && { views }),
        });
    }

    #configure(settings: SettingsOf<R>, snapshots: readonly SnapshotOf<R>[]): void {
        if (this.#isLeaving) {
            return;
        }
        if (this.#hasStarted) {
            // By another program in the parent's place, which does not know what was told before.
            this.#take(settings);
            return;
        }
        this.#hurry(settings);
        this.#compose(settings);
        this.#hasStarted = true;
        this.#working.start(snapshots);
        this.#log.add({ level: "info", text: "Startup complete" });
        this.#channel.send({ type: "configured" });
        this.#published.tellAll(this.#working.snapshots());
    }

    #reconfigure(change: DataChange | undefined, goesOn: boolean): void {
        if (this.#isLeaving || !this.#hasStarted) {
            return;
        }
        this.#told = withChange(this.#told, change);
        if (!goesOn) {
            // What the parent was told of settings has their type before and after.
            this.#take(this.#told as SettingsOf<R>);
        }
    }

    #take(settings: SettingsOf<R>): void {
        this.#log.add({ level: "info", text: "Reloading" });
        this.#told = settings;
        this.#working.configure(settings, () => this.#taken());
    }

    #taken(): void {
        this.#log.add({ level: "info", text: "Reload complete" });
        this.#channel.send({ type: "configured" });
        if (this.#working.publishesReloads !== true) {
            this.#published.tellAll(this.#working.snapshots());
        }
    }

    /** What has been made ready has been so with the same settings: nothing is read again between that and the start. */
    #compose(settings: SettingsOf<R>): void {
        if (this.#work !== undefined) {
            return;
        }
        this.#told = settings;
        this.#settleIn(settings);
        this.#work = this.#composer({
            system: this.#system,
            settings,
            log: (line) => this.#log.add(line),
            publish: (changed, gone) => this.#published.add(changed, gone),
            relay: (to, body) => this.#channel.send({ type: "relay", to, body }),
            acknowledge: (receipts) => this.#channel.send({ type: "acknowledge", receipts }),
            reply: (question, reply) => this.#channel.send({ type: "reply", question, reply }),
        });
    }

    #yield(): void {
        if (!this.#isLeaving) {
            this.#isResting = this.#working.yield((snapshots) => this.#channel.send({ type: "yielded", snapshots })) === "rests";
        }
    }

    /** Without a farewell: whatever this process put up is its successor's. */
    #retire(): void {
        this.#isLeaving = true;
        this.#log.flush();
        this.#channel.finish(() => process.exit(0));
    }

    get #started(): ChildWork<R> | undefined {
        return this.#hasStarted ? this.#work : undefined;
    }

    get #working(): ChildWork<R> {
        if (this.#work === undefined) {
            throw new Error("nothing has been configured yet");
        }
        return this.#work;
    }

    /** What must be so before the first socket is opened. */
    #settleIn(settings: ProcessSettings): void {
        process.title = settings.processName ?? "keepalived";
        if (settings.allowsCoreFiles !== true) {
            // Keys and passwords are in here: no other process of this user may look, and no core file tells.
            this.#system.prctl(this.#system.constants.PR_SET_DUMPABLE, 0);
        }
    }

    /** Before the first socket is opened; but whoever gets ready beside a process that works is not to be in its way. */
    #hurry({ scheduling }: ProcessSettings): void {
        // Scripts would inherit it from the runner.
        if (this.#role !== "runner") {
            takeShortTurns(this.#system);
        }
        for (const text of applyScheduling(this.#system, scheduling)) {
            this.#log.add({ level: "warning", text });
        }
    }

    #leave(): void {
        if (this.#isLeaving) {
            return;
        }
        this.#isLeaving = true;
        this.#log.add({ level: "info", text: "Stopping" });
        const exit = () => {
            this.#log.add({ level: "info", text: "Stopped" });
            this.#log.flush();
            this.#channel.finish(() => process.exit(0));
        };
        if (this.#hasStarted && !this.#isResting) {
            this.#working.stop(exit);
        } else {
            exit();
        }
    }

    #crash(error: Error): void {
        const text =
            error instanceof SystemError
                ? `The ${this.#role} process cannot work: the kernel refuses a ${error.syscall} (${error.code})`
                : `Defect in the ${this.#role} process: ${error.stack ?? error.message}`;
        this.#log.add({ level: "alert", text });
        this.#log.flush();
        process.exit(STATUS_SOFTWARE);
    }
}
