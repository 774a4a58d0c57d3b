import type { Transporter } from "nodemailer";
import type { AlertMail } from "../../core/notify/mail-queue.ts";
import type { MailSettings } from "../../core/supervise/runner-settings.ts";

/** Why a mail was not taken. */
export interface MailFailure {
    /** The relay does not want it, and never will. */
    readonly isFinal: boolean;
    readonly reason: string;
}

const OVERALL_LIMIT_MILLISECONDS = 60_000;

/** The relay that takes alert mails; a connection a mail. */
export class MailRelay {
    readonly #settings: MailSettings;
    #transport: Transporter | undefined;

    constructor(settings: MailSettings) {
        this.#settings = settings;
    }

    /** Hands one mail over; undefined when it was taken. Never throws. */
    async send({ subject, body }: AlertMail): Promise<MailFailure | undefined> {
        try {
            this.#transport ??= await openTransport(this.#settings);
            await this.#transport.sendMail({
                from: this.#settings.from,
                to: [...this.#settings.recipients],
                subject,
                text: `${body}\n`,
                xMailer: "Keepalived",
            });
            return undefined;
        } catch (error) {
            return failureOf(error);
        }
    }

    close(): void {
        this.#transport?.close();
    }
}

async function openTransport({ host, port, heloName, connectTimeout }: MailSettings): Promise<Transporter> {
    // A heavy part, of which only a runner that mails has any use.
    const { createTransport } = await import("nodemailer");
    return createTransport({
        host,
        port,
        name: heloName,
        secure: false,
        // Encrypted where the relay offers it; nobody has said by which certificate it is known, and Keepalived does not encrypt at all.
        opportunisticTLS: true,
        tls: { rejectUnauthorized: false },
        connectionTimeout: connectTimeout / 1_000,
        greetingTimeout: connectTimeout / 1_000,
        socketTimeout: OVERALL_LIMIT_MILLISECONDS,
        disableFileAccess: true,
        disableUrlAccess: true,
    });
}

/** An answer of 5xx is the relay's last word (RFC 5321 §4.2.1); all else may be better later. */
function failureOf(error: unknown): MailFailure {
    const code = typeof error === "object" && error !== null && "responseCode" in error ? error.responseCode : undefined;
    const reason = error instanceof Error ? error.message : String(error);
    return { isFinal: typeof code === "number" && code >= 500, reason: reason.replaceAll(/\s+/g, " ") };
}
