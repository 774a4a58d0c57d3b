import { readFileSync } from "node:fs";
import type { Transporter } from "nodemailer";
import type { AlertMail } from "../../core/notify/alert-mail.ts";
import type { MailSettings } from "../../core/supervise/runner-settings.ts";
import { readSecret } from "../files/secret-file.ts";

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

    constructor(settings: MailSettings) {
        this.#settings = settings;
    }

    /** Hands one mail over; undefined when it was taken. Never throws. */
    async send({ subject, body }: AlertMail): Promise<MailFailure | undefined> {
        try {
            // Files are read for each: a password or a certificate may have been changed since the last one.
            const transport = await openTransport(this.#settings);
            await transport.sendMail({
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
}

async function openTransport(settings: MailSettings): Promise<Transporter> {
    const { host, port, heloName, connectTimeout, encryption } = settings;
    // A heavy part, of which only a runner that mails has any use.
    const { createTransport } = await import("nodemailer");
    return createTransport({
        host,
        port,
        name: heloName,
        secure: encryption === "tls",
        ignoreTLS: encryption === "off",
        requireTLS: encryption === "starttls",
        opportunisticTLS: encryption === "opportunistic",
        // Where it may do without, nobody has said by which certificate the relay is known, and Keepalived does not encrypt at all.
        tls: { rejectUnauthorized: encryption !== "opportunistic", ...authoritiesOf(settings) },
        ...loginOf(settings),
        connectionTimeout: connectTimeout / 1_000,
        greetingTimeout: connectTimeout / 1_000,
        socketTimeout: OVERALL_LIMIT_MILLISECONDS,
        disableFileAccess: true,
        disableUrlAccess: true,
    });
}

/** @throws Error when the file cannot be read: the mail waits until it can */
function authoritiesOf({ authorities }: MailSettings): { readonly ca?: Buffer } {
    return authorities === undefined ? {} : { ca: readFileSync(authorities) };
}

/** @throws Error when the file with the password cannot be read: the mail waits until it can */
function loginOf({ login }: MailSettings): { readonly auth?: { readonly user: string; readonly pass: string } } {
    if (login === undefined) {
        return {};
    }
    const { user, password = "", passwordFile } = login;
    if (passwordFile === undefined) {
        return { auth: { user, pass: password } };
    }
    const secret = readSecret(passwordFile);
    if (!secret.ok) {
        throw new Error(`cannot read the password in ${passwordFile}: ${secret.error}`);
    }
    return { auth: { user, pass: new TextDecoder().decode(secret.value.bytes).trimEnd() } };
}

/** An answer of 5xx is the relay's last word (RFC 5321 §4.2.1); all else may be better later. */
function failureOf(error: unknown): MailFailure {
    const code = typeof error === "object" && error !== null && "responseCode" in error ? error.responseCode : undefined;
    const reason = error instanceof Error ? error.message : String(error);
    return { isFinal: typeof code === "number" && code >= 500, reason: reason.replaceAll(/\s+/g, " ") };
}
