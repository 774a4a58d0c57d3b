import { after, between, type Duration, earliest, type Instant, isDue, milliseconds, seconds, times } from "../base/instant.ts";
import type { SupervisorEffect } from "./effects.ts";
import type { Leniency } from "./leniency.ts";
import type { LogLevel, Role } from "./messages.ts";
import { RestartDelay } from "./restart-delay.ts";

/**
 * So many times the span between two questions is how long a child may be silent. Each question wakes two processes that have nothing to do otherwise, which
 * costs as much as dozens of advertisements.
 */
const PINGS = 2;
/** Whoever wakes later than this was held up itself, and must not blame the child. */
const OWN_LATENESS = milliseconds(500);
/** While it starts or takes a configuration up it may be busy for longer than usual; the next one for twice as long, so that it starts on the slowest machine. */
const BUSY_SILENCE = seconds(30);
const LONGEST_BUSY_SILENCE = seconds(480);
/** The runner still has scripts to run. */
const RUNNER_STOP_LIMIT = seconds(25);

type Stage =
    | { readonly type: "absent" }
    | { readonly type: "waiting"; readonly restartAt: Instant }
    | { readonly type: "starting"; readonly since: Instant }
    | { readonly type: "running"; readonly since: Instant }
    | { readonly type: "stopping"; readonly killAt: Instant | undefined };

/** One child process through its lives: started, watched, restarted, stopped. */
export class SupervisedChild {
    readonly role: Role;
    readonly #delay = new RestartDelay();
    #stage: Stage = { type: "absent" };
    #pid: number | undefined;
    #isConfigured = false;
    /** How often it has been told a configuration, and has not said that it does what that says. */
    #outstanding = 0;
    /** This life has been configured at least once. */
    #hasWorked = false;
    #pingAt: Instant | undefined;
    #lastHeard: Instant | undefined;
    #leniency: Leniency;
    #busySilence = BUSY_SILENCE;

    constructor(role: Role, leniency: Leniency) {
        this.role = role;
        this.#leniency = leniency;
    }

    /** How long it may be silent, or take to stop, from now on. */
    bearWith(leniency: Leniency): void {
        this.#leniency = leniency;
    }

    /** When something is to be done for it. */
    get wakeAt(): Instant | undefined {
        const stage = this.#stage;
        if (stage.type === "waiting") {
            return stage.restartAt;
        }
        if (stage.type === "stopping") {
            return stage.killAt;
        }
        const silentAt = this.#lastHeard === undefined ? undefined : after(this.#lastHeard, this.#longestSilence);
        return stage.type === "absent" ? undefined : earliest(this.#pingAt, silentAt);
    }

    /** Whether a process exists or will exist again. */
    get isPresent(): boolean {
        return this.#stage.type !== "absent";
    }

    /** Whether a process that can be talked to exists. */
    get isRunning(): boolean {
        return this.#stage.type === "running";
    }

    /** Whether it does what the configuration in force says. */
    get isConfigured(): boolean {
        return this.#stage.type === "running" && this.#isConfigured;
    }

    /** Whether it is about to do what the configuration says. */
    get isSettlingIn(): boolean {
        return this.#stage.type === "starting" || (this.#stage.type === "running" && !this.#isConfigured);
    }

    start(now: Instant): readonly SupervisorEffect[] {
        this.#stage = { type: "starting", since: now };
        this.#isConfigured = false;
        this.#outstanding = 0;
        this.#hasWorked = false;
        this.#lastHeard = now;
        this.#pingAt = undefined;
        return [{ type: "spawn", role: this.role }];
    }

    spawned(pid: number): readonly SupervisorEffect[] {
        this.#pid = pid;
        return [this.#log("info", `Starting ${nameOf(this.role)} child process, pid=${pid}`)];
    }

    /** It works already, by what another program in this process told it. */
    inherit(pid: number, now: Instant): void {
        this.#pid = pid;
        this.#stage = { type: "running", since: now };
        this.#isConfigured = false;
        this.#outstanding = 0;
        this.#hasWorked = true;
        this.#lastHeard = now;
        this.#pingAt = after(now, this.#pingInterval);
    }

    /** Another process does its work from now on. */
    replaced(pid: number, now: Instant): void {
        this.inherit(pid, now);
        this.configured(now);
    }

    hello(now: Instant): readonly SupervisorEffect[] {
        if (this.#stage.type !== "starting") {
            // Stopped before it could say hello: SIGTERM is on its way.
            return [];
        }
        this.#stage = { type: "running", since: this.#stage.since };
        this.#lastHeard = now;
        this.#pingAt = after(now, this.#pingInterval);
        return this.#configure();
    }

    /** The configuration has changed. */
    reconfigure(): readonly SupervisorEffect[] {
        if (this.#stage.type !== "running") {
            // Whoever is still starting gets the new configuration with its first message.
            return [];
        }
        this.#isConfigured = false;
        return this.#configure();
    }

    configured(now: Instant): void {
        this.#outstanding = Math.max(0, this.#outstanding - 1);
        this.#isConfigured = this.#outstanding === 0;
        this.#hasWorked = true;
        this.#lastHeard = now;
        this.#busySilence = BUSY_SILENCE;
    }

    heard(now: Instant): void {
        this.#lastHeard = now;
    }

    stop(now: Instant): readonly SupervisorEffect[] {
        switch (this.#stage.type) {
            case "absent":
            case "stopping":
                return [];
            case "waiting":
                this.#stage = { type: "absent" };
                return [];
            case "starting":
            case "running":
                this.#stage = { type: "stopping", killAt: after(now, this.#stopLimit) };
                return [{ type: "terminate", role: this.role }];
        }
    }

    /** It is gone; whether it comes back is for the caller to say. */
    ended(now: Instant, comesBack: boolean): readonly SupervisorEffect[] {
        const stage = this.#stage;
        this.#pid = undefined;
        if (!comesBack || stage.type === "stopping" || stage.type === "absent" || stage.type === "waiting") {
            this.#stage = { type: "absent" };
            return [];
        }
        const delay = this.#delay.afterDeath({ age: between(stage.since, now), wasConfigured: this.#hasWorked });
        return delay > 0 ? this.#restartLater(now, delay) : this.start(now);
    }

    wake(now: Instant): readonly SupervisorEffect[] {
        const planned = this.wakeAt;
        if (planned === undefined || !isDue(planned, now)) {
            return [];
        }
        switch (this.#stage.type) {
            case "absent":
                return [];
            case "waiting":
                return this.start(now);
            case "stopping":
                this.#stage = { type: "stopping", killAt: undefined };
                return [
                    this.#log("warning", `${nameOf(this.role)} child process(${this.#pid}) does not stop - sending SIGKILL`),
                    this.#kill(),
                ];
            case "starting":
            case "running":
                return this.#watch(planned, now);
        }
    }

    #restartLater(now: Instant, delay: Duration): readonly SupervisorEffect[] {
        this.#stage = { type: "waiting", restartAt: after(now, delay) };
        return [this.#log("alert", `Respawning ${nameOf(this.role)} child process in ${delay / 1_000_000} seconds`)];
    }

    #watch(planned: Instant, now: Instant): readonly SupervisorEffect[] {
        if (between(planned, now) > OWN_LATENESS) {
            this.#lastHeard = now;
        }
        if (this.#lastHeard !== undefined && between(this.#lastHeard, now) >= this.#longestSilence) {
            if (!this.#isConfigured && this.#busySilence < LONGEST_BUSY_SILENCE) {
                this.#busySilence = times(this.#busySilence, 2);
            }
            // Once is enough: its end is told as an event.
            this.#lastHeard = undefined;
            this.#pingAt = undefined;
            return [this.#log("alert", `${nameOf(this.role)} child process(${this.#pid}) does not answer - replacing it`), this.#kill()];
        }
        if (!isDue(this.#pingAt, now)) {
            return [];
        }
        this.#pingAt = after(now, this.#pingInterval);
        return [{ type: "ping", role: this.role }];
    }

    get #longestSilence(): Duration {
        return this.#isConfigured ? this.#leniency.silence[this.role] : this.#busySilence;
    }

    get #pingInterval(): Duration {
        return Math.floor(this.#leniency.silence[this.role] / PINGS) as Duration;
    }

    get #stopLimit(): Duration {
        const { stop } = this.#leniency;
        return this.role === "runner" && stop < RUNNER_STOP_LIMIT ? RUNNER_STOP_LIMIT : stop;
    }

    #configure(): readonly SupervisorEffect[] {
        this.#outstanding++;
        return [{ type: "configure", role: this.role }];
    }

    #kill(): SupervisorEffect {
        return { type: "kill", role: this.role };
    }

    #log(level: LogLevel, text: string): SupervisorEffect {
        return { type: "log", line: { level, text } };
    }
}

const NAMES: Readonly<Record<Role, string>> = { vrrp: "VRRP", runner: "Runner", checkers: "Healthcheck", bfd: "BFD" };

/** The process's name in log lines. */
export function nameOf(role: Role): string {
    return NAMES[role];
}
