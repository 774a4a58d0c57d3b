import { seconds } from "../base/instant.ts";
import type { Delivery, DeliveryRules } from "./delivery-queue.ts";

/** What a webhook is told, besides time and number: the fields of its JSON, in their order. */
export interface WebhookEvent {
    readonly event: "instance-state" | "group-state" | "instance-priority" | "server-state" | "quorum";
    /** Which machine says so: `router_id`. */
    readonly router_id: string;
    readonly instance?: string;
    readonly group?: string;
    readonly virtual_server?: string;
    readonly real_server?: string;
    /** MASTER, BACKUP, FAULT, STOP, DELETED; UP or DOWN. */
    readonly state: string;
    readonly priority?: number;
    /** Why, in a word: `active-down-timer`, `higher-priority`. */
    readonly cause?: string;
}

/** One event on its way to one URL. */
export interface WebhookCall extends Delivery {
    readonly event: WebhookEvent;
    /** When it happened, as ISO 8601 writes it. */
    readonly time: string;
}

/** How a URL is served: its host alone is named in the log, since the rest of it may be a secret. */
export function webhookRules(url: string): DeliveryRules<WebhookCall> {
    return {
        what: `Webhook of ${hostOf(url)}`,
        name: ({ event }) =>
            `${event.event} ${event.instance ?? event.group ?? event.real_server ?? event.virtual_server ?? ""} ${event.state}`,
        firstDelay: seconds(1),
        longestDelay: seconds(300),
        lifetime: seconds(24 * 3_600),
        mostWaiting: 1_000,
    };
}

/** The text that is sent and signed. The number of an event grows, and stays the same when it is sent again. */
export function webhookBody({ event, time, receipt }: WebhookCall): string {
    return JSON.stringify({ ...event, time, sequence: receipt });
}

function hostOf(url: string): string {
    return /^https?:\/\/(?:[^/@]*@)?([^/?#]+)/.exec(url)?.[1] ?? "an unknown host";
}
