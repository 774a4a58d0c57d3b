import { after, type Instant, isDue, seconds } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";
import type { Role } from "./messages.ts";
import { nameOf } from "./supervised-child.ts";

/** What happens while processes are replaced by successors. */
export type SuccessionEvent =
    /** These roles' processes are to be replaced; with `isTrial` their successors only have to show that they could. */
    | { readonly type: "begin"; readonly roles: readonly Role[]; readonly isTrial: boolean }
    | { readonly type: "successor-hello"; readonly role: Role }
    /** It could not be made, or speaks otherwise. */
    | { readonly type: "successor-unfit"; readonly role: Role; readonly reason: string }
    | { readonly type: "successor-prepared"; readonly role: Role }
    /** It works. */
    | { readonly type: "successor-configured"; readonly role: Role }
    | { readonly type: "successor-ended"; readonly role: Role; readonly reason: string }
    /** The former one has said all that its successor has to know. */
    | { readonly type: "former-yielded"; readonly role: Role }
    | { readonly type: "former-ended"; readonly role: Role }
    /** The daemon is to stop: nobody is replaced any more. */
    | { readonly type: "abandon"; readonly reason: string }
    | { readonly type: "wake" };

/** What is to be done for it. */
export type SuccessionEffect =
    | { readonly type: "spawn-successor"; readonly role: Role }
    | { readonly type: "prepare-successor"; readonly role: Role }
    /** The former one is to tell all; messages for that role wait from now on. */
    | { readonly type: "ask-former"; readonly role: Role }
    /** With what the former one told last. */
    | { readonly type: "start-successor"; readonly role: Role }
    /** From now on the successor is the process of that role, and the former one is to leave without a farewell. */
    | { readonly type: "promote"; readonly role: Role }
    /** The former one is gone: what waits for that role is delivered. */
    | { readonly type: "deliver"; readonly role: Role }
    | { readonly type: "kill-former"; readonly role: Role }
    | { readonly type: "kill-successor"; readonly role: Role }
    /** Its successor failed: the former one goes on if it still works, else it is replaced as if it had crashed. */
    | { readonly type: "resume-former"; readonly role: Role }
    /** All is over. Without a reason every role has a successor, or in a trial could have one. */
    | { readonly type: "over"; readonly failure?: string };

/** Who goes first: what is missed at once if it goes wrong. */
const ORDER: readonly Role[] = ["vrrp", "bfd", "checkers", "runner"];
/** A process that starts on a busy machine, thousands of virtual routers and all. */
const PREPARE_LIMIT = seconds(30);
const YIELD_LIMIT = seconds(5);
/** The runner brings its scripts to their end first. */
const RUNNER_YIELD_LIMIT = seconds(25);
const START_LIMIT = seconds(20);
const LEAVE_LIMIT = seconds(5);

type Stage =
    | { readonly type: "idle" }
    | { readonly type: "preparing"; readonly unready: ReadonlySet<Role>; readonly until: Instant }
    | { readonly type: "yielding" | "starting" | "leaving"; readonly role: Role; readonly until: Instant };

/**
 * Puts successors in the place of processes that work, for an upgrade: first all of them get ready, and only when each has done so they take over, one
 * after another. What goes wrong before leaves everything as it was; a process rests, or goes, only when its successor stands beside it.
 */
export class Succession implements Machine<SuccessionEvent, SuccessionEffect> {
    #stage: Stage = { type: "idle" };
    #isTrial = false;
    /** Ready, and not yet at work. */
    #waiting: Role[] = [];

    get wakeAt(): Instant | undefined {
        return this.#stage.type === "idle" ? undefined : this.#stage.until;
    }

    /** Whether anything is under way. */
    get isBusy(): boolean {
        return this.#stage.type !== "idle";
    }

    /** Whether the process of that role is being replaced at this moment: its end is no accident. */
    isTaking(role: Role): boolean {
        return (this.#stage.type === "yielding" || this.#stage.type === "starting") && this.#stage.role === role;
    }

    handle(event: SuccessionEvent, now: Instant): readonly SuccessionEffect[] {
        switch (event.type) {
            case "begin":
                return this.#begin(event.roles, event.isTrial, now);
            case "successor-hello":
                return [{ type: "prepare-successor", role: event.role }];
            case "successor-prepared":
                return this.#prepared(event.role, now);
            case "successor-configured":
                return this.#configured(event.role, now);
            case "successor-unfit":
            case "successor-ended":
                return this.#fail(`the ${nameOf(event.role)} process of the new version ${event.reason}`);
            case "former-yielded":
                return this.#isAt("yielding", event.role) ? this.#start(event.role, now) : [];
            case "former-ended":
                return this.#formerEnded(event.role, now);
            case "abandon":
                return this.#fail(event.reason);
            case "wake":
                return this.#stage.type !== "idle" && isDue(this.#stage.until, now) ? this.#late(now) : [];
            default:
                return unreachable(event);
        }
    }

    #begin(roles: readonly Role[], isTrial: boolean, now: Instant): readonly SuccessionEffect[] {
        this.#isTrial = isTrial;
        this.#waiting = ORDER.filter((role) => roles.includes(role));
        this.#stage = { type: "preparing", unready: new Set(this.#waiting), until: after(now, PREPARE_LIMIT) };
        const spawned = this.#waiting.map((role): SuccessionEffect => ({ type: "spawn-successor", role }));
        return spawned.length === 0 ? this.#next(now) : spawned;
    }

    #prepared(role: Role, now: Instant): readonly SuccessionEffect[] {
        if (this.#stage.type !== "preparing") {
            return [];
        }
        const unready = new Set(this.#stage.unready);
        unready.delete(role);
        this.#stage = { ...this.#stage, unready };
        if (unready.size > 0) {
            return [];
        }
        return this.#isTrial ? this.#end() : this.#next(now);
    }

    #next(now: Instant): readonly SuccessionEffect[] {
        const role = this.#waiting[0];
        if (role === undefined) {
            return this.#end();
        }
        this.#stage = { type: "yielding", role, until: after(now, role === "runner" ? RUNNER_YIELD_LIMIT : YIELD_LIMIT) };
        return [{ type: "ask-former", role }];
    }

    #start(role: Role, now: Instant): readonly SuccessionEffect[] {
        this.#stage = { type: "starting", role, until: after(now, START_LIMIT) };
        return [{ type: "start-successor", role }];
    }

    #configured(role: Role, now: Instant): readonly SuccessionEffect[] {
        if (!this.#isAt("starting", role)) {
            return [];
        }
        this.#waiting.shift();
        this.#stage = { type: "leaving", role, until: after(now, LEAVE_LIMIT) };
        return [{ type: "promote", role }];
    }

    #formerEnded(role: Role, now: Instant): readonly SuccessionEffect[] {
        if (this.#isAt("leaving", role)) {
            return [{ type: "deliver", role }, ...this.#next(now)];
        }
        // It died over the question: what it told last has to do. When its successor is at it already, there is nobody to leave afterwards.
        return this.#isAt("yielding", role) ? this.#start(role, now) : [];
    }

    #late(now: Instant): readonly SuccessionEffect[] {
        const stage = this.#stage;
        switch (stage.type) {
            case "idle":
                return [];
            case "preparing": {
                const names = [...stage.unready].map(nameOf).join(", ");
                return this.#fail(`of the new version these processes did not get ready in time: ${names}`);
            }
            case "yielding":
                // It hangs. Its end is told as an event.
                this.#stage = { ...stage, until: after(now, LEAVE_LIMIT) };
                return [{ type: "kill-former", role: stage.role }];
            case "starting":
                return this.#fail(`the ${nameOf(stage.role)} process of the new version did not come to work in time`);
            case "leaving":
                this.#stage = { ...stage, until: after(now, LEAVE_LIMIT) };
                return [{ type: "kill-former", role: stage.role }];
        }
    }

    /** Whoever has not begun to work goes. */
    #fail(failure: string): readonly SuccessionEffect[] {
        const stage = this.#stage;
        if (stage.type === "idle") {
            return [];
        }
        const effects: SuccessionEffect[] = this.#waiting.map((role) => ({ type: "kill-successor", role }));
        if (stage.type === "leaving") {
            effects.push({ type: "kill-former", role: stage.role }, { type: "deliver", role: stage.role });
        } else if (stage.type !== "preparing") {
            effects.push({ type: "resume-former", role: stage.role });
        }
        this.#stage = { type: "idle" };
        return [...effects, { type: "over", failure }];
    }

    #end(): readonly SuccessionEffect[] {
        const trialled = this.#isTrial ? this.#waiting.map((role): SuccessionEffect => ({ type: "kill-successor", role })) : [];
        this.#stage = { type: "idle" };
        return [...trialled, { type: "over" }];
    }

    #isAt(type: Stage["type"], role: Role): boolean {
        return this.#stage.type === type && "role" in this.#stage && this.#stage.role === role;
    }
}
