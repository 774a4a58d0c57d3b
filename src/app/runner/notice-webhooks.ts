import { isSameData } from "../../core/base/same-data.ts";
import { type DeliveryEffect, type DeliveryEvent, DeliveryQueue } from "../../core/notify/delivery-queue.ts";
import { type WebhookCall, type WebhookEvent, webhookRules } from "../../core/notify/webhook-event.ts";
import type { LogLine } from "../../core/supervise/messages.ts";
import type { WebhookSettings } from "../../core/supervise/runner-settings.ts";
import type { Loop, Seat } from "../../host/loop.ts";
import { readSecret } from "../../io/files/secret-file.ts";
import { WebhookSender } from "../../io/webhook/webhook-sender.ts";

/** Where webhooks are called from and whom that tells. */
export interface NoticeWebhooksSettings {
    readonly loop: Loop;
    readonly log: (line: LogLine) => void;
    readonly onDone: (receipt: number) => void;
}

/** One URL, and what is on its way there. */
interface Destination {
    readonly queue: DeliveryQueue<WebhookCall>;
    readonly seat: Seat<DeliveryEvent<WebhookCall>>;
}

/** Webhooks on their way: each URL has a queue of its own, so that one that is away holds nobody up. */
export class NoticeWebhooks {
    readonly #make: NoticeWebhooksSettings;
    readonly #destinations = new Map<string, Destination>();
    /** How many URLs have not come to an end with what has this receipt. */
    readonly #pending = new Map<number, number>();
    #settings: WebhookSettings | undefined;
    #sender: WebhookSender | undefined;

    constructor(make: NoticeWebhooksSettings) {
        this.#make = make;
    }

    /** How many events somebody has not taken. */
    get open(): number {
        return this.#pending.size;
    }

    configure(settings: WebhookSettings | undefined): void {
        const read = settings === undefined ? undefined : this.#withKey(settings);
        if (!isSameData(read, this.#settings)) {
            this.#settings = read;
            this.#sender = read === undefined ? undefined : new WebhookSender(read);
        }
    }

    add(receipt: number, urls: readonly string[], event: WebhookEvent): void {
        this.#pending.set(receipt, urls.length);
        const call = { receipt, event, time: new Date().toISOString() };
        for (const url of urls) {
            this.#destinationOf(url).seat.tell({ type: "add", item: call });
        }
    }

    /** What waits is tried once more. */
    stop(): void {
        for (const { seat } of this.#destinations.values()) {
            seat.tell({ type: "stop" });
        }
    }

    /** Without its key nothing is sent: whoever checks signatures would throw it away. */
    #withKey(settings: WebhookSettings): WebhookSettings | undefined {
        if (settings.keyFile === undefined) {
            return settings;
        }
        const secret = readSecret(settings.keyFile);
        if (!secret.ok) {
            this.#make.log({
                level: "error",
                text: `Webhooks are not called: cannot read their key in ${settings.keyFile}: ${secret.error}`,
            });
            return undefined;
        }
        if (secret.value.warning !== undefined) {
            this.#make.log({ level: "warning", text: `The webhooks' key in ${settings.keyFile} ${secret.value.warning}` });
        }
        return { ...settings, key: new TextDecoder().decode(secret.value.bytes).trimEnd() };
    }

    #destinationOf(url: string): Destination {
        const known = this.#destinations.get(url);
        if (known !== undefined) {
            return known;
        }
        const queue = new DeliveryQueue(webhookRules(url));
        const seat = this.#make.loop.attach<DeliveryEvent<WebhookCall>, DeliveryEffect<WebhookCall>>({
            name: "webhooks",
            machine: queue,
            wake: { type: "wake" },
            perform: (effect) => this.#perform(url, effect),
        });
        const destination = { queue, seat };
        this.#destinations.set(url, destination);
        return destination;
    }

    #perform(url: string, effect: DeliveryEffect<WebhookCall>): void {
        switch (effect.type) {
            case "send":
                this.#send(url, effect.item);
                return;
            case "done":
                this.#finish(effect.receipt);
                return;
            case "log":
                this.#make.log({ level: effect.level, text: effect.text });
        }
    }

    #send(url: string, call: WebhookCall): void {
        const seat = this.#destinationOf(url).seat;
        if (this.#sender === undefined) {
            seat.tell({ type: "failed", isFinal: true, reason: "there are no webhooks any more" });
            return;
        }
        // The sender never throws.
        void this.#sender
            .send(url, call)
            .then((failure) => seat.tell(failure === undefined ? { type: "sent" } : { type: "failed", ...failure }));
    }

    #finish(receipt: number): void {
        const left = (this.#pending.get(receipt) ?? 1) - 1;
        if (left > 0) {
            this.#pending.set(receipt, left);
        } else {
            this.#pending.delete(receipt);
            this.#make.onDone(receipt);
        }
    }
}
