import { after, between, type Duration, type Instant, isDue } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";

/** What a queue delivers. */
export interface Delivery {
    /** Told back when it is done with. */
    readonly receipt: number;
}

/** How a queue is patient, and how it speaks of itself. */
export interface DeliveryRules<Item extends Delivery> {
    /** "Alert mail" */
    readonly what: string;
    /** An item, as the log calls it. */
    readonly name: (item: Item) => string;
    readonly firstDelay: Duration;
    readonly longestDelay: Duration;
    /** Who is away for so long is away for good: who was to be told has other ways of knowing by now. */
    readonly lifetime: Duration;
    /** More never wait, the oldest give way: a flapping link must not fill a mailbox for days. */
    readonly mostWaiting: number;
}

/** While more than may wait come in, every one of so many that are lost is said. */
const LOSSES_PER_LINE = 100;

/** What the queue can be told. */
export type DeliveryEvent<Item extends Delivery> =
    | { readonly type: "add"; readonly item: Item }
    | { readonly type: "sent" }
    /** `isFinal`: the other side does not want it, and never will. */
    | { readonly type: "failed"; readonly isFinal: boolean; readonly reason: string }
    /** The daemon stops: what waits is tried once more, at once. */
    | { readonly type: "stop" }
    | { readonly type: "wake" };

/** What the queue wants done. */
export type DeliveryEffect<Item extends Delivery> =
    /** Told back as `sent` or `failed`; no other is asked for meanwhile. */
    | { readonly type: "send"; readonly item: Item }
    | { readonly type: "done"; readonly receipt: number }
    | { readonly type: "log"; readonly level: "info" | "warning" | "error"; readonly text: string };

interface Waiting<Item> {
    readonly item: Item;
    readonly since: Instant;
}

/** Messages on their way to somebody: in order, one at a time, tried again later and later while that one is away. */
export class DeliveryQueue<Item extends Delivery> implements Machine<DeliveryEvent<Item>, DeliveryEffect<Item>> {
    readonly #rules: DeliveryRules<Item>;
    readonly #waiting: Waiting<Item>[] = [];
    #isSending = false;
    #isStopping = false;
    #retryAt: Instant | undefined;
    #delay: Duration;
    /** Of those that gave way since the last one was taken. */
    #lost = 0;

    constructor(rules: DeliveryRules<Item>) {
        this.#rules = rules;
        this.#delay = rules.firstDelay;
    }

    get wakeAt(): Instant | undefined {
        return this.#retryAt;
    }

    /** How many have not been taken. */
    get open(): number {
        return this.#waiting.length;
    }

    handle(event: DeliveryEvent<Item>, now: Instant): readonly DeliveryEffect<Item>[] {
        switch (event.type) {
            case "add":
                return this.#add(event.item, now);
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

    #add(item: Item, now: Instant): readonly DeliveryEffect<Item>[] {
        this.#waiting.push({ item, since: now });
        const gaveWay = this.#waiting.length > this.#rules.mostWaiting ? this.#giveWay(this.#isSending ? 1 : 0) : [];
        return [...gaveWay, ...(this.#retryAt === undefined ? this.#sendNext() : [])];
    }

    #sendNext(): readonly DeliveryEffect<Item>[] {
        const [next] = this.#waiting;
        if (this.#isSending || next === undefined) {
            return [];
        }
        this.#isSending = true;
        this.#retryAt = undefined;
        return [{ type: "send", item: next.item }];
    }

    #sent(): readonly DeliveryEffect<Item>[] {
        this.#isSending = false;
        this.#delay = this.#rules.firstDelay;
        const done = this.#waiting.shift();
        return [
            ...(done === undefined ? [] : [{ type: "done", receipt: done.item.receipt } as const]),
            ...this.#tellLosses(),
            ...this.#sendNext(),
        ];
    }

    #failed({ isFinal, reason }: DeliveryEvent<Item> & { readonly type: "failed" }, now: Instant): readonly DeliveryEffect<Item>[] {
        this.#isSending = false;
        const [first] = this.#waiting;
        if (isFinal || first === undefined || between(first.since, now) >= this.#rules.lifetime) {
            return [...this.#drop(0, reason), ...this.#sendNext()];
        }
        if (this.#isStopping) {
            return this.#dropAll(reason);
        }
        const text = `${this.#rules.what} not sent (${reason}): ${this.#waiting.length} wait, tried again in ${this.#delay / 1_000_000} seconds`;
        this.#retryAt = after(now, this.#delay);
        this.#delay = Math.min(this.#delay * 2, this.#rules.longestDelay) as Duration;
        return [{ type: "log", level: "warning", text }];
    }

    #giveWay(place: number): readonly DeliveryEffect<Item>[] {
        this.#lost++;
        const dropped = this.#drop(place, `more than ${this.#rules.mostWaiting} wait`);
        return this.#lost % LOSSES_PER_LINE === 1 ? dropped : dropped.filter(({ type }) => type !== "log");
    }

    #tellLosses(): readonly DeliveryEffect<Item>[] {
        const lost = this.#lost;
        this.#lost = 0;
        return lost === 0 ? [] : [{ type: "log", level: "error", text: `${this.#rules.what}: ${lost} were lost as too many waited` }];
    }

    #drop(place: number, reason: string): readonly DeliveryEffect<Item>[] {
        const [lost] = this.#waiting.splice(place, 1);
        return lost === undefined
            ? []
            : [
                  { type: "log", level: "error", text: `${this.#rules.what} "${this.#rules.name(lost.item)}" is not sent: ${reason}` },
                  { type: "done", receipt: lost.item.receipt },
              ];
    }

    #dropAll(reason: string): readonly DeliveryEffect<Item>[] {
        return Array.from({ length: this.#waiting.length }, () => this.#drop(0, reason)).flat();
    }
}
