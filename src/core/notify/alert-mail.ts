import { seconds } from "../base/instant.ts";
import type { Delivery, DeliveryRules } from "./delivery-queue.ts";

/** A mail that tells of one event. */
export interface AlertMail extends Delivery {
    readonly subject: string;
    readonly body: string;
}

/** A relay may be away for a day. */
export const MAIL_RULES: DeliveryRules<AlertMail> = {
    what: "Alert mail",
    name: ({ subject }) => subject,
    firstDelay: seconds(5),
    longestDelay: seconds(600),
    lifetime: seconds(24 * 3_600),
    mostWaiting: 1_000,
};
