import { describe, expect, it } from "vitest";
import { type Instant, instant } from "../base/instant.ts";
import { type AlertMail, MailQueue, type MailQueueEffect, type MailQueueEvent } from "./mail-queue.ts";

function at(second: number): Instant {
    return instant(second * 1e6);
}

function mail(receipt: number): AlertMail {
    return { receipt, subject: `news ${receipt}`, body: "=> news <=" };
}

/** `send 1`, `done 1`, `log text`. */
function texts(effects: readonly MailQueueEffect[]): readonly string[] {
    return effects.map((effect) => {
        if (effect.type === "log") {
            return effect.text;
        }
        return effect.type === "send" ? `send ${effect.mail.receipt}` : `done ${effect.receipt}`;
    });
}

describe("alert mails", () => {
    const AWAY = { type: "failed", isFinal: false, reason: "ECONNREFUSED" } as const;

    function queueWith(count: number): {
        readonly queue: MailQueue;
        readonly tell: (event: MailQueueEvent, second?: number) => readonly string[];
    } {
        const queue = new MailQueue();
        const tell = (event: MailQueueEvent, second = 0) => texts(queue.handle(event, at(second)));
        for (let receipt = 1; receipt <= count; receipt++) {
            tell({ type: "add", mail: mail(receipt) });
        }
        return { queue, tell };
    }

    it("go one at a time and in order", () => {
        const { queue, tell } = queueWith(0);
        expect(tell({ type: "add", mail: mail(1) })).toEqual(["send 1"]);
        expect(tell({ type: "add", mail: mail(2) })).toEqual([]);
        expect(tell({ type: "sent" })).toEqual(["done 1", "send 2"]);
        expect(tell({ type: "sent" })).toEqual(["done 2"]);
        expect(queue.open).toBe(0);
    });

    it("are tried again, later and later, while the relay is away", () => {
        const { queue, tell } = queueWith(1);
        expect(tell(AWAY)).toEqual(["Alert mail not sent (ECONNREFUSED): 1 wait, tried again in 5 seconds"]);
        expect(queue.wakeAt).toBe(at(5));
        expect(tell({ type: "add", mail: mail(2) }, 1)).toEqual([]);
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
        expect(tell({ type: "add", mail: mail(1_001) })).toEqual(['Alert mail "news 2" is not sent: more than 1000 wait', "done 2"]);
        expect(queue.open).toBe(1_000);
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
