import { describe, expect, it } from "vitest";
import { type Instant, instant } from "../base/instant.ts";
import { type AlertMail, MAIL_RULES } from "./alert-mail.ts";
import { type DeliveryEffect, type DeliveryEvent, DeliveryQueue } from "./delivery-queue.ts";

function at(second: number): Instant {
    return instant(second * 1e6);
}

function mail(receipt: number): AlertMail {
    return { receipt, subject: `news ${receipt}`, body: "=> news <=" };
}

/** `send 1`, `done 1`, `log text`. */
function texts(effects: readonly DeliveryEffect<AlertMail>[]): readonly string[] {
    return effects.map((effect) => {
        if (effect.type === "log") {
            return effect.text;
        }
        return effect.type === "send" ? `send ${effect.item.receipt}` : `done ${effect.receipt}`;
    });
}

describe("alert mails", () => {
    const AWAY = { type: "failed", isFinal: false, reason: "ECONNREFUSED" } as const;

    function queueWith(count: number): {
        readonly queue: DeliveryQueue<AlertMail>;
        readonly tell: (event: DeliveryEvent<AlertMail>, second?: number) => readonly string[];
    } {
        const queue = new DeliveryQueue(MAIL_RULES);
        const tell = (event: DeliveryEvent<AlertMail>, second = 0) => texts(queue.handle(event, at(second)));
        for (let receipt = 1; receipt <= count; receipt++) {
            tell({ type: "add", item: mail(receipt) });
        }
        return { queue, tell };
    }

    it("go one at a time and in order", () => {
        const { queue, tell } = queueWith(0);
        expect(tell({ type: "add", item: mail(1) })).toEqual(["send 1"]);
        expect(tell({ type: "add", item: mail(2) })).toEqual([]);
        expect(tell({ type: "sent" })).toEqual(["done 1", "send 2"]);
        expect(tell({ type: "sent" })).toEqual(["done 2"]);
        expect(queue.open).toBe(0);
    });

    it("are tried again, later and later, while the relay is away", () => {
        const { queue, tell } = queueWith(1);
        expect(tell(AWAY)).toEqual(["Alert mail not sent (ECONNREFUSED): 1 wait, tried again in 5 seconds"]);
        expect(queue.wakeAt).toBe(at(5));
        expect(tell({ type: "add", item: mail(2) }, 1)).toEqual([]);
        expect(tell({ type: "wake" }, 5)).toEqual(["send 1"]);
        expect(tell(AWAY, 6)).toEqual(["Alert mail not sent (ECONNREFUSED): 2 wait, tried again in 10 seconds"]);
        expect(tell({ type: "wake" }, 16)).toEqual(["send 1"]);
        expect(tell({ type: "sent" }, 17)).toEqual(["done 1", "send 2"]);
        expect(tell(AWAY, 18)).toEqual(["Alert mail not sent (ECONNREFUSED): 1 wait, tried again in 5 seconds"]);
    });

    it("are given up, and that is said, when the relay will never want them or a day has gone", () => {
        const { tell } = queueWith(2);
        expect(tell({ type: "failed", isFinal: true, reason: "550 no such user" })).toEqual([
            'Alert mail "news 1" is not sent: 550 no such user',
            "done 1",
            "send 2",
        ]);
        expect(tell(AWAY, 86_400)).toEqual(['Alert mail "news 2" is not sent: ECONNREFUSED', "done 2"]);
    });

    it("give way, the oldest first, when too many wait; not the one that is being sent", () => {
        const { queue, tell } = queueWith(1_000);
        expect(tell({ type: "add", item: mail(1_001) })).toEqual(['Alert mail "news 2" is not sent: more than 1000 wait', "done 2"]);
        expect(queue.open).toBe(1_000);
        // Of the next ninety-nine nothing is said, until somebody takes one.
        for (let receipt = 1_002; receipt <= 1_100; receipt++) {
            expect(tell({ type: "add", item: mail(receipt) })).toEqual([`done ${receipt - 999}`]);
        }
        expect(tell({ type: "sent" })).toEqual(["done 1", "Alert mail: 100 were lost as too many waited", "send 102"]);
    });

    it("are tried once more when the daemon stops", () => {
        const { queue, tell } = queueWith(2);
        tell(AWAY);
        expect(tell({ type: "stop" }, 1)).toEqual(["send 1"]);
        expect(tell(AWAY, 2)).toEqual([
            'Alert mail "news 1" is not sent: ECONNREFUSED',
            "done 1",
            'Alert mail "news 2" is not sent: ECONNREFUSED',
            "done 2",
        ]);
        expect(queue.open).toBe(0);
        expect(queue.wakeAt).toBeUndefined();
    });
});
