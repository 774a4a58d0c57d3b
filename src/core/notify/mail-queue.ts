import { after, between, type Duration, type Instant, isDue, seconds } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";

const FIRST_DELAY = seconds(5);
const LONGEST_DELAY = seconds(600);
/** A relay that is away for so long is away for good: who was to be told has other ways of knowing by now. */
const LIFETIME = seconds(24 * 3_600);
/** More mails than that never wait: a flapping link must not fill a mailbox for days. */
const MOST_WAITING = 1_000;

/** A mail that tells of one event. */
export interface AlertMail {
    /** Told back when it is done with. */
    readonly receipt: number;
    readonly subject: string;
    readonly body: string;
}

/** What the queue can be told. */
export type MailQueueEvent =
    | { readonly type: "add"; readonly mail: AlertMail }
    | { readonly type: "sent" }
    /** `isFinal`: the relay does not want it, and never will. */
    | { readonly type: "failed"; readonly isFinal: boolean; readonly reason: string }
    /** The daemon stops: what waits is tried once more, at once. */
    | { readonly type: "stop" }
    | { readonly type: "wake" };

/** What the queue wants done. */
export type MailQueueEffect =
    /** Told back as `sent` or `failed`; no other is asked for meanwhile. */
    | { readonly type: "send"; readonly mail: AlertMail }
    | { readonly type: "done"; readonly receipt: number }
    | { readonly type: "log"; readonly level: "info" | "warning" | "error"; readonly text: string };

interface Waiting {
    readonly mail: AlertMail;
    readonly since: Instant;
}

/** Mails on their way to a relay: in order, one at a time, tried again later and later while the relay is away. */
export class MailQueue implements Machine<MailQueueEvent, MailQueueEffect> {
    readonly #waiting: Waiting[] = [];
    #isSending = false;
    #isStopping = false;
    #retryAt: Instant | undefined;
    #delay: Duration = FIRST_DELAY;

    get wakeAt(): Instant | undefined {
        return this.#retryAt;
    }

    /** How many have not been taken by the relay. */
    get open(): number {
        return this.#waiting.length;
    }

    handle(event: MailQueueEvent, now: Instant): readonly MailQueueEffect[] {
        switch (event.type) {
            case "add":
                return this.#add(event.mail, now);
            case "sent":
                return this.#sent();
            case "failed":
                return this.#failed(event, now);
            case "stop":
                this.#isStopping = true;
                this.#retryAt = undefined;
                return this.#sendNext();
            case "wake":
                return isDue(this.#retryAt, now) ? this.#sendNext() : [];
            default:
                return unreachable(event);
        }
    }

    #add(mail: AlertMail, now: Instant): readonly MailQueueEffect[] {
        this.#waiting.push({ mail, since: now });
        const dropped = this.#waiting.length > MOST_WAITING ? this.#drop(this.#isSending ? 1 : 0, `more than ${MOST_WAITING} wait`) : [];
        return [...dropped, ...(this.#retryAt === undefined ? this.#sendNext() : [])];
    }

    #sendNext(): readonly MailQueueEffect[] {
        const [next] = this.#waiting;
        if (this.#isSending || next === undefined) {
            return [];
        }
        this.#isSending = true;
        this.#retryAt = undefined;
        return [{ type: "send", mail: next.mail }];
    }

    #sent(): readonly MailQueueEffect[] {
        this.#isSending = false;
        this.#delay = FIRST_DELAY;
        const done = this.#waiting.shift();
        return [...(done === undefined ? [] : [{ type: "done", receipt: done.mail.receipt } as const]), ...this.#sendNext()];
    }

    #failed({ isFinal, reason }: MailQueueEvent & { readonly type: "failed" }, now: Instant): readonly MailQueueEffect[] {
        this.#isSending = false;
        const [first] = this.#waiting;
        if (isFinal || first === undefined || between(first.since, now) >= LIFETIME) {
            return [...this.#drop(0, reason), ...this.#sendNext()];
        }
        if (this.#isStopping) {
            return this.#dropAll(reason);
        }
        const text = `Alert mail not sent (${reason}): ${this.#waiting.length} wait, tried again in ${this.#delay / 1_000_000} seconds`;
        this.#retryAt = after(now, this.#delay);
        this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY) as Duration;
        return [{ type: "log", level: "warning", text }];
    }

    #drop(place: number, reason: string): readonly MailQueueEffect[] {
        const [lost] = this.#waiting.splice(place, 1);
        return lost === undefined
            ? []
            : [
                  { type: "log", level: "error", text: `Alert mail "${lost.mail.subject}" is not sent: ${reason}` },
                  { type: "done", receipt: lost.mail.receipt },
              ];
    }

    #dropAll(reason: string): readonly MailQueueEffect[] {
        return Array.from({ length: this.#waiting.length }, () => this.#drop(0, reason)).flat();
    }
}
