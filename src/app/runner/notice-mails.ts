import { isSameData } from "../../core/base/same-data.ts";
import { type AlertMail, MAIL_RULES } from "../../core/notify/alert-mail.ts";
import { type DeliveryEffect, type DeliveryEvent, DeliveryQueue } from "../../core/notify/delivery-queue.ts";
import type { LogLine } from "../../core/supervise/messages.ts";
import type { MailSettings } from "../../core/supervise/runner-settings.ts";
import type { Loop, Seat } from "../../host/loop.ts";
import { MailRelay } from "../../io/mail/mail-relay.ts";

/** Where mails are sent from and whom that tells. */
export interface NoticeMailsSettings {
    readonly loop: Loop;
    readonly log: (line: LogLine) => void;
    readonly onDone: (receipt: number) => void;
}

/** Alert mails on their way; without a relay they are done with at once. */
export class NoticeMails {
    readonly #make: NoticeMailsSettings;
    readonly #queue = new DeliveryQueue(MAIL_RULES);
    readonly #seat: Seat<DeliveryEvent<AlertMail>>;
    #settings: MailSettings | undefined;
    #relay: MailRelay | undefined;

    constructor(make: NoticeMailsSettings) {
        this.#make = make;
        this.#seat = make.loop.attach<DeliveryEvent<AlertMail>, DeliveryEffect<AlertMail>>({
            name: "alert mails",
            machine: this.#queue,
            wake: { type: "wake" },
            perform: (effect) => this.#perform(effect),
        });
    }

    /** How many the relay has not taken. */
    get open(): number {
        return this.#queue.open;
    }

    configure(settings: MailSettings | undefined): void {
        if (!isSameData(settings, this.#settings)) {
            this.#settings = settings;
            this.#relay = settings === undefined ? undefined : new MailRelay(settings);
        }
    }

    add(mail: AlertMail): void {
        this.#seat.tell({ type: "add", item: mail });
    }

    /** What waits is tried once more. */
    stop(): void {
        this.#seat.tell({ type: "stop" });
    }

    #perform(effect: DeliveryEffect<AlertMail>): void {
        switch (effect.type) {
            case "send":
                this.#send(effect.item);
                return;
            case "done":
                this.#make.onDone(effect.receipt);
                return;
            case "log":
                this.#make.log({ level: effect.level, text: effect.text });
        }
    }

    #send(mail: AlertMail): void {
        if (this.#relay === undefined) {
            this.#seat.tell({ type: "failed", isFinal: true, reason: "there is no relay any more" });
            return;
        }
        // The relay never throws.
        void this.#relay
            .send(mail)
            .then((failure) => this.#seat.tell(failure === undefined ? { type: "sent" } : { type: "failed", ...failure }));
    }
}
