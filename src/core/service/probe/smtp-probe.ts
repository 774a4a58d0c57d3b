import type { Endpoint } from "./endpoint.ts";

/** `SMTP_CHECK`: a mail server greets, answers HELO and lets us go. */
export interface SmtpProbe {
    readonly kind: "smtp";
    readonly endpoint: Endpoint;
    readonly heloName: string;
}
