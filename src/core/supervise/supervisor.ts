import { earliest, type Instant } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";
import type { SupervisorEffect } from "./effects.ts";
import type { Ending, SupervisorEvent } from "./events.ts";
import { type Leniency, leniencyOf } from "./leniency.ts";
import type { LogLine, Role } from "./messages.ts";
import { nameOf, SupervisedChild } from "./supervised-child.ts";

/** Statuses by which a child says that starting it again is of no use: fatal, bad configuration, no permission. */
const PERMANENT = new Set([1, 2, 4]);
const SIGKILL = 9;
/** Stops after all others: it still has to tell of their end. */
const LAST: Role = "runner";

/** What the supervisor is to do about deaths. */
export interface SupervisorSettings {
    /** False (`-R`): the first death of a child ends the daemon. */
    readonly respawns: boolean;
}

/** Keeps the daemon's processes alive: starts, configures, watches, restarts, reloads and stops them. */
export class Supervisor implements Machine<SupervisorEvent, SupervisorEffect> {
    readonly #settings: SupervisorSettings;
    readonly #children = new Map<Role, SupervisedChild>();
    #wanted: ReadonlySet<Role> = new Set();
    #stage: "idle" | "settling" | "running" | "stopping" = "idle";
    #leniency: Leniency = leniencyOf({ routers: [] });
    #isReading = false;
    #asksAgain = false;
    #status = 0;

    constructor(settings: SupervisorSettings) {
        this.#settings = settings;
    }

    get wakeAt(): Instant | undefined {
        return earliest(...Array.from(this.#children.values(), (child) => child.wakeAt));
    }

    /** Whether everybody does what the configuration says, and nothing else is asked for. */
    get isAtPeace(): boolean {
        return this.#stage === "running" && !this.#isReading;
    }

    handle(event: SupervisorEvent, now: Instant): readonly SupervisorEffect[] {
        switch (event.type) {
            case "configuration-accepted":
                this.#bearWith(event.leniency);
                return this.#accept(event.roles, now);
            case "inherited":
                this.#bearWith(event.leniency);
                return this.#inherit(event, now);
            case "child-replaced":
                this.#children.get(event.role)?.replaced(event.pid, now);
                return this.#settle();
            case "configuration-refused":
                return this.#refuse();
            case "reload-asked":
                return this.#reload();
            case "stop-asked":
                return this.#stop(now);
            case "wake":
                return Array.from(this.#children.values()).flatMap((child) => child.wake(now));
            case "child-ended":
                return this.#ended(event.role, event.ending, now);
            case "spawn-failed":
                return this.#spawnFailed(event.role, event.code, now);
            case "child-spawned":
                return this.#children.get(event.role)?.spawned(event.pid) ?? [];
            case "child-hello":
                return this.#children.get(event.role)?.hello(now) ?? [];
            case "child-configured":
                this.#children.get(event.role)?.configured(now);
                return this.#stage === "stopping" ? this.#stopChildren(now) : this.#settle();
            case "child-alive":
                this.#children.get(event.role)?.heard(now);
                return [];
            default:
                return unreachable(event);
        }
    }

    #bearWith(leniency: Leniency): void {
        this.#leniency = leniency;
        for (const child of this.#children.values()) {
            child.bearWith(leniency);
        }
    }

    #accept(roles: readonly Role[], now: Instant): readonly SupervisorEffect[] {
        this.#isReading = false;
        if (this.#stage === "stopping") {
            // The stop came while the configuration was being read.
            return [];
        }
        this.#stage = "settling";
        this.#wanted = new Set(roles);
        const effects: SupervisorEffect[] = [];
        for (const child of this.#children.values()) {
            effects.push(...(this.#wanted.has(child.role) ? child.reconfigure() : child.stop(now)));
        }
        for (const role of roles) {
            if (this.#children.get(role)?.isPresent !== true) {
                effects.push(...this.#adopt(role).start(now));
            }
        }
        return [...effects, ...this.#settle(), ...this.#readAgain()];
    }

    #inherit({ children, roles }: SupervisorEvent & { readonly type: "inherited" }, now: Instant): readonly SupervisorEffect[] {
        this.#stage = "settling";
        this.#wanted = new Set(roles);
        for (const { role, pid } of children) {
            this.#adopt(role).inherit(pid, now);
        }
        const unwanted = children.filter(({ role }) => !this.#wanted.has(role));
        const missing = roles.filter((role) => this.#children.get(role)?.isPresent !== true);
        return [
            ...unwanted.flatMap(({ role }) => this.#children.get(role)?.stop(now) ?? []),
            ...missing.flatMap((role) => this.#adopt(role).start(now)),
            ...this.#settle(),
        ];
    }

    #refuse(): readonly SupervisorEffect[] {
        this.#isReading = false;
        if (this.#stage === "stopping") {
            return [];
        }
        // Who still settles is ready when that is over.
        const ready: readonly SupervisorEffect[] = this.#stage === "running" ? [{ type: "announce-ready" }] : [];
        return [...ready, ...this.#readAgain()];
    }

    #reload(): readonly SupervisorEffect[] {
        if (this.#stage === "stopping" || this.#stage === "idle") {
            // Before the start there is nothing to reload, after the stop nobody to tell.
            return [];
        }
        if (this.#isReading) {
            this.#asksAgain = true;
            return [];
        }
        this.#isReading = true;
        return [log("notice", "Reloading ..."), { type: "announce-reloading" }, { type: "read-configuration" }];
    }

    #readAgain(): readonly SupervisorEffect[] {
        if (!this.#asksAgain) {
            return [];
        }
        this.#asksAgain = false;
        return this.#reload();
    }

    #stop(now: Instant): readonly SupervisorEffect[] {
        if (this.#stage === "stopping") {
            return [];
        }
        this.#stage = "stopping";
        this.#wanted = new Set();
        return [log("notice", "Stopping"), { type: "announce-stopping" }, ...this.#stopChildren(now), ...this.#leaveWhenAlone()];
    }

    #spawnFailed(role: Role, code: string, now: Instant): readonly SupervisorEffect[] {
        const child = this.#children.get(role);
        const line = log("alert", `Cannot start ${nameOf(role)} child process: ${code}`);
        return child === undefined ? [line] : [line, ...this.#afterEnd(child, now)];
    }

    #ended(role: Role, ending: Ending, now: Instant): readonly SupervisorEffect[] {
        const child = this.#children.get(role);
        if (child === undefined) {
            return [];
        }
        if (this.#stage === "stopping" || !this.#wanted.has(role)) {
            return this.#afterEnd(child, now);
        }
        if (ending.type === "exit" && PERMANENT.has(ending.status)) {
            return this.#giveUp(child, ending.status, now);
        }
        const lines = describeDeath(role, ending, this.#settings.respawns ? "Respawning" : "Terminating");
        return [...lines.map((line): SupervisorEffect => ({ type: "log", line })), ...this.#afterEnd(child, now)];
    }

    #afterEnd(child: SupervisedChild, now: Instant): readonly SupervisorEffect[] {
        const isNeeded = this.#stage === "stopping" ? child.role === LAST && this.#areOthersPresent : this.#wanted.has(child.role);
        const comesBack = isNeeded && this.#settings.respawns;
        const effects = child.ended(now, comesBack);
        // One that was stopped by a reload may be wanted again by the next.
        const restart = comesBack && !child.isPresent ? child.start(now) : [];
        if (!comesBack && this.#stage !== "stopping" && this.#wanted.has(child.role)) {
            return [...effects, ...this.#stop(now)];
        }
        const stops = this.#stage === "stopping" ? this.#stopChildren(now) : [];
        return [...effects, ...restart, ...stops, ...this.#leaveWhenAlone()];
    }

    #giveUp(child: SupervisedChild, status: number, now: Instant): readonly SupervisorEffect[] {
        this.#status = status;
        const line = log("error", `${nameOf(child.role)} child process exited with permanent error ${describeStatus(status)}. Terminating`);
        return [line, ...child.ended(now, false), ...this.#stop(now)];
    }

    #settle(): readonly SupervisorEffect[] {
        const isSettled = [...this.#wanted].every((role) => this.#children.get(role)?.isConfigured === true);
        if (this.#stage !== "settling" || !isSettled) {
            return [];
        }
        this.#stage = "running";
        return [{ type: "announce-ready" }];
    }

    #stopChildren(now: Instant): readonly SupervisorEffect[] {
        if (this.#areOthersPresent) {
            return this.#others.flatMap((child) => child.stop(now));
        }
        const last = this.#children.get(LAST);
        // What waits for one that has just been started is still to be told.
        return last === undefined || last.isSettlingIn ? [] : last.stop(now);
    }

    get #others(): readonly SupervisedChild[] {
        return Array.from(this.#children.values()).filter(({ role }) => role !== LAST);
    }

    get #areOthersPresent(): boolean {
        return this.#others.some(({ isPresent }) => isPresent);
    }

    #leaveWhenAlone(): readonly SupervisorEffect[] {
        const isAlone = Array.from(this.#children.values()).every((child) => !child.isPresent);
        return this.#stage === "stopping" && isAlone ? [{ type: "exit", status: this.#status }] : [];
    }

    #adopt(role: Role): SupervisedChild {
        const child = this.#children.get(role) ?? new SupervisedChild(role, this.#leniency);
        this.#children.set(role, child);
        return child;
    }
}

function log(level: LogLine["level"], text: string): SupervisorEffect {
    return { type: "log", line: { level, text } };
}

function describeStatus(status: number): string {
    const words: Readonly<Record<number, string>> = { 1: "FATAL", 2: "CONFIG", 4: "NO PERMISSION" };
    return words[status] ?? String(status);
}

function describeDeath(role: Role, ending: Ending, what: string): readonly LogLine[] {
    const how = ending.type === "exit" ? `exited with status ${ending.status}` : `ended by signal ${ending.signal}`;
    const died: LogLine = { level: "alert", text: `${nameOf(role)} child process ${how}: ${what}` };
    const isKilled = ending.type === "signal" && ending.signal === SIGKILL;
    return isKilled
        ? [died, { level: "notice", text: "If nobody sent SIGKILL: is vrrp_rlimit_rttime too small, or memory short?" }]
        : [died];
}
