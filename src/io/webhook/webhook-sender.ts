import { createHmac } from "node:crypto";
import type { IncomingMessage, RequestOptions } from "node:http";
import { type WebhookCall, webhookBody } from "../../core/notify/webhook-event.ts";
import type { WebhookSettings } from "../../core/supervise/runner-settings.ts";

/** Why a call was not taken. */
export interface WebhookFailure {
    /** Whoever is there does not want it, and never will. */
    readonly isFinal: boolean;
    readonly reason: string;
}

/** Answers that may be better later, though they begin with 4 (RFC 9110 §15.5, RFC 6585 §4). */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/** Calls URLs, one event at a time; a connection a call. */
export class WebhookSender {
    readonly #settings: WebhookSettings;

    constructor(settings: WebhookSettings) {
        this.#settings = settings;
    }

    /** Hands one event over; undefined when it was taken. Never throws. */
    async send(url: string, call: WebhookCall): Promise<WebhookFailure | undefined> {
        const body = webhookBody(call);
        try {
            const status = await post(url, body, { headers: this.#headers(call, body), timeout: this.#settings.timeout / 1_000 });
            return failureOf(status);
        } catch (error) {
            return { isFinal: false, reason: reasonOf(error) };
        }
    }

    #headers({ event, receipt }: WebhookCall, body: string): Readonly<Record<string, string | number>> {
        const { key } = this.#settings;
        return {
            "Content-Type": "application/json",
            "Content-Length": Buffer.byteLength(body),
            "User-Agent": "Holdfast",
            "X-Holdfast-Event": event.event,
            "X-Holdfast-Sequence": receipt,
            ...(key !== undefined && { "X-Holdfast-Signature": `sha256=${createHmac("sha256", key).update(body).digest("hex")}` }),
        };
    }
}

interface PostOptions {
    readonly headers: Readonly<Record<string, string | number>>;
    /** Milliseconds for all of it. */
    readonly timeout: number;
}

/** The status of the answer; what else it holds is of no use and not waited for. */
async function post(url: string, body: string, { headers, timeout }: PostOptions): Promise<number> {
    const { request } = url.startsWith("https:") ? await import("node:https") : await import("node:http");
    const options: RequestOptions = { method: "POST", headers, agent: false, signal: AbortSignal.timeout(timeout) };
    return await new Promise((resolve, reject) => {
        const outgoing = request(url, options, (answer: IncomingMessage) => {
            answer.on("error", () => undefined);
            resolve(answer.statusCode ?? 0);
            answer.destroy();
        });
        outgoing.on("error", reject);
        outgoing.end(body);
    });
}

function failureOf(status: number): WebhookFailure | undefined {
    if (status >= 200 && status < 300) {
        return undefined;
    }
    // Redirections are not followed: whoever is there would get what is meant for somebody else.
    return { isFinal: status < 500 && !PASSING.has(status), reason: `HTTP status ${status}` };
}

function reasonOf(error: unknown): string {
    if (error instanceof Error && error.name === "AbortError") {
        return "no answer in time";
    }
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return code !== "" ? code : String(error);
}
