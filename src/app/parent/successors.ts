import { unreachable } from "../../core/base/result.ts";
import type { ChildMessage, LogLine, Role } from "../../core/supervise/messages.ts";
import { PROTOCOL_VERSION } from "../../core/supervise/messages.ts";
import { Succession, type SuccessionEffect, type SuccessionEvent } from "../../core/supervise/succession.ts";
import type { Loop, Seat } from "../../host/loop.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import { Haste, stepAside, stepForward } from "../../io/system/scheduling.ts";
import { type ChildListener, ChildProcess, type SpawnPrivileges } from "./child-process.ts";

/** The program that successors run. */
export interface SuccessorProgram {
    /** The file of Node.js. */
    readonly node: string;
    readonly script: string;
}

/** How a succession is meant. */
export interface SuccessionWish {
    /** Successors only have to show that they could. */
    readonly isTrial: boolean;
    /** Told at the end, with the reason when it failed. */
    readonly done: (failure: string | undefined) => void;
}

/** What the household has to do for successors. */
export interface SuccessorsSettings {
    readonly system: NativeAddon;
    readonly loop: Pick<Loop, "attach">;
    /** Who works in that role now. */
    readonly former: (role: Role) => ChildProcess | undefined;
    readonly directEndOf: (role: Role) => number;
    readonly privilegesOf: (role: Role) => SpawnPrivileges;
    /** Tells it its settings, and with `isStart` what its predecessor told last. */
    readonly configure: (role: Role, child: ChildProcess, how: "prepare" | "start") => void;
    /** Messages for that role wait, or are delivered again. */
    readonly hold: (role: Role) => void;
    readonly deliver: (role: Role) => void;
    /** From now on this is the process of that role. */
    readonly promote: (role: Role, child: ChildProcess) => void;
    /** There is nobody of that role any more. */
    readonly lost: (role: Role) => void;
    /** What one that does not work yet, or does not work any more, says of itself. */
    readonly pass: (role: Role, pid: number, message: ChildMessage) => void;
    readonly say: (line: LogLine) => void;
}

/** Carries out a succession: starts processes of another program beside those that work, and lets them take over. */
export class Successors {
    readonly #settings: SuccessorsSettings;
    readonly #machine = new Succession();
    readonly #seat: Seat<SuccessionEvent>;
    readonly #successors = new Map<Role, ChildProcess>();
    readonly #haste = new Haste();
    readonly #dying = new Set<ChildProcess>();
    #outcome: { readonly failure?: string } | undefined;
    /** It has been succeeded, and is leaving. */
    #retired: ChildProcess | undefined;
    #program: SuccessorProgram = { node: "", script: "" };
    #done: SuccessionWish["done"] = () => undefined;

    constructor(settings: SuccessorsSettings) {
        this.#settings = settings;
        this.#seat = settings.loop.attach<SuccessionEvent, SuccessionEffect>({
            name: "succession",
            machine: this.#machine,
            wake: { type: "wake" },
            perform: (effect) => this.#perform(effect),
        });
    }

    /** Whether anything is under way. */
    get isBusy(): boolean {
        return this.#machine.isBusy || this.#dying.size > 0;
    }

    /** Whether the end of that role's process is part of what is under way. */
    isTaking(role: Role): boolean {
        return this.#machine.isTaking(role);
    }

    /** Replaces these roles' processes, or only tries whether that could be done. */
    begin(roles: readonly Role[], program: SuccessorProgram, how: SuccessionWish): void {
        this.#program = program;
        this.#done = how.done;
        this.#seat.tell({ type: "begin", roles, isTrial: how.isTrial });
    }

    /** The one that works has told all that a successor has to know. */
    yielded(role: Role): void {
        this.#seat.tell({ type: "former-yielded", role });
    }

    /** The one that worked is gone. */
    ended(role: Role): void {
        this.#seat.tell({ type: "former-ended", role });
    }

    /** Nobody is to be replaced any more. */
    abandon(reason: string): void {
        this.#seat.tell({ type: "abandon", reason });
    }

    #perform(effect: SuccessionEffect): void {
        const { former, configure, deliver, system } = this.#settings;
        switch (effect.type) {
            case "spawn-successor":
                this.#spawn(effect.role);
                return;
            case "prepare-successor":
                this.#with(effect.role, (child) => configure(effect.role, child, "prepare"));
                return;
            case "ask-former":
                this.#haste.begin();
                this.#settings.hold(effect.role);
                former(effect.role)?.send({ type: "yield" });
                return;
            case "start-successor":
                this.#with(effect.role, (child) => {
                    stepForward(child.pid);
                    configure(effect.role, child, "start");
                });
                return;
            case "promote":
                this.#promote(effect.role);
                return;
            case "deliver":
                deliver(effect.role);
                return;
            case "kill-former":
                (this.#retired ?? former(effect.role))?.signal(system.constants.SIGKILL);
                return;
            case "kill-successor":
                this.#kill(effect.role);
                return;
            case "resume-former":
                this.#resume(effect.role);
                return;
            case "over":
                this.#haste.end();
                this.#outcome = effect;
                this.#finish();
                return;
            default:
                unreachable(effect);
        }
    }

    #spawn(role: Role): void {
        const { system, directEndOf, privilegesOf, say } = this.#settings;
        const order = { ...this.#program, role, directEnd: directEndOf(role), privileges: privilegesOf(role) };
        const started = ChildProcess.start(system, order, this.#listener(role));
        if (!started.ok) {
            this.#seat.tell({ type: "successor-unfit", role, reason: `cannot be started: ${started.error}` });
            return;
        }
        stepAside(started.value.pid);
        this.#successors.set(role, started.value);
        say({ level: "info", text: `Starting a successor of the ${role} process, pid=${started.value.pid}` });
    }

    #listener(role: Role): ChildListener<Role> {
        return {
            onMessage: (message) => this.#hear(role, message),
            onEnded: (ending) => {
                if (this.#successors.delete(role)) {
                    const how = ending.type === "exit" ? `exited with status ${ending.status}` : `ended by signal ${ending.signal}`;
                    this.#seat.tell({ type: "successor-ended", role, reason: how });
                }
            },
        };
    }

    #hear(role: Role, message: ChildMessage): void {
        switch (message.type) {
            case "hello":
                this.#greet(role, message.protocol);
                return;
            case "prepared":
                this.#seat.tell({ type: "successor-prepared", role });
                return;
            case "configured":
                this.#seat.tell({ type: "successor-configured", role });
                return;
            default:
                this.#settings.pass(role, this.#successors.get(role)?.pid ?? 0, message);
        }
    }

    #greet(role: Role, protocol: number): void {
        if (protocol === PROTOCOL_VERSION) {
            this.#seat.tell({ type: "successor-hello", role });
        } else {
            const reason = `speaks version ${protocol} of the daemon's own protocol, this one ${PROTOCOL_VERSION}`;
            this.#seat.tell({ type: "successor-unfit", role, reason });
        }
    }

    #promote(role: Role): void {
        const child = this.#successors.get(role);
        const before = this.#settings.former(role);
        this.#successors.delete(role);
        if (child === undefined) {
            return;
        }
        this.#settings.promote(role, child);
        if (before === undefined) {
            this.ended(role);
            return;
        }
        this.#retired = before;
        before.listenWith({
            onMessage: (message) => this.#settings.pass(role, before.pid, message),
            onEnded: () => {
                this.#retired = undefined;
                this.ended(role);
            },
        });
        before.send({ type: "retire" });
    }

    #resume(role: Role): void {
        const before = this.#settings.former(role);
        if (before === undefined) {
            this.#settings.lost(role);
        } else if (role === "vrrp") {
            this.#settings.deliver(role);
        } else {
            before.signal(this.#settings.system.constants.SIGKILL);
        }
    }

    #kill(role: Role): void {
        const child = this.#successors.get(role);
        if (child !== undefined) {
            this.#successors.delete(role);
            this.#dying.add(child);
            const onEnded = () => {
                this.#dying.delete(child);
                this.#finish();
            };
            child.listenWith({ onMessage: () => undefined, onEnded });
            child.signal(this.#settings.system.constants.SIGKILL);
        }
    }

    /** Not before everybody is gone who has to: another program in this process would know nothing of them. */
    #finish(): void {
        const outcome = this.#outcome;
        if (outcome !== undefined && this.#dying.size === 0) {
            this.#outcome = undefined;
            this.#done(outcome.failure);
        }
    }

    #with(role: Role, act: (child: ChildProcess) => void): void {
        const child = this.#successors.get(role);
        if (child !== undefined) {
            act(child);
        }
    }
}
