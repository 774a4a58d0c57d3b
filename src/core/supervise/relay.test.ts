import { describe, expect, it } from "vitest";
import type { ParentMessage } from "./messages.ts";
import { LONGEST_QUEUE, Relay } from "./relay.ts";
import type { RelayedBody } from "./relayed.ts";

function news(value: number): RelayedBody {
    return { type: "tracker", news: { kind: "file", name: "load", status: { type: "value", value } } };
}

function relayed(value: number): ParentMessage {
    return { type: "relayed", from: "vrrp", body: news(value) };
}

function relayWithRecord(): { readonly relay: Relay; readonly delivered: ParentMessage[] } {
    const delivered: ParentMessage[] = [];
    return { relay: new Relay((_to, message) => delivered.push(message)), delivered };
}

describe("what processes tell each other", () => {
    it("waits for a process that does not work yet, or no more, and then arrives in order", () => {
        const { relay, delivered } = relayWithRecord();
        relay.pass("vrrp", "vrrp", news(1));
        relay.pass("vrrp", "vrrp", news(2));
        expect(delivered).toEqual([]);
        relay.ready("vrrp");
        relay.pass("vrrp", "vrrp", news(3));
        relay.gone("vrrp");
        relay.pass("vrrp", "vrrp", news(4));
        expect(delivered).toEqual([relayed(1), relayed(2), relayed(3)]);
        relay.ready("vrrp");
        relay.ready("vrrp");
        expect(delivered.slice(3)).toEqual([relayed(4)]);
    });

    it("is refused when too much waits, and forgotten when nobody wants that process any more", () => {
        const { relay, delivered } = relayWithRecord();
        const taken = Array.from({ length: LONGEST_QUEUE + 1 }, (_, value) => relay.pass("vrrp", "vrrp", news(value)));
        expect(taken.filter((isTaken) => !isTaken)).toHaveLength(1);
        expect(taken.at(-1)).toBe(false);
        relay.keepOnly(new Set());
        relay.ready("vrrp");
        expect(delivered).toEqual([]);
    });

    it("goes on in another program's hands: what waits, what is kept, who works", () => {
        const { relay } = relayWithRecord();
        relay.ready("vrrp");
        relay.pass("bfd", "checkers", news(1));
        relay.pass("vrrp", "runner", { type: "notice", notice: { type: "line", origin: "vrrp", text: "one" } });
        const delivered: ParentMessage[] = [];
        const next = new Relay((_to, message) => delivered.push(message), JSON.parse(JSON.stringify(relay.handOver())));
        expect([next.isWorking("vrrp"), next.isWorking("runner")]).toEqual([true, false]);
        next.ready("runner");
        next.ready("checkers");
        next.pass("vrrp", "runner", { type: "notice", notice: { type: "line", origin: "vrrp", text: "two" } });
        const told = delivered.flatMap((message) => (message.type === "relayed" ? [[message.body.type, message.receipt]] : []));
        expect(told).toEqual([
            ["notice", 1],
            ["tracker", undefined],
            ["notice", 2],
        ]);
    });

    it("is told again to a successor, in order, until it is acknowledged, when it is to be told to somebody outside", () => {
        const { relay, delivered } = relayWithRecord();
        const line = (text: string): RelayedBody => ({ type: "notice", notice: { type: "line", origin: "vrrp", text } });
        const told = () => delivered.splice(0).flatMap((message) => (message.type === "relayed" ? [message.receipt] : []));
        relay.pass("vrrp", "runner", line("one"));
        relay.ready("runner");
        relay.pass("vrrp", "runner", line("two"));
        relay.pass("vrrp", "runner", line("three"));
        expect(told()).toEqual([1, 2, 3]);
        relay.acknowledged("runner", [2]);
        relay.gone("runner");
        relay.pass("vrrp", "runner", line("four"));
        expect(told()).toEqual([]);
        relay.ready("runner");
        expect(told()).toEqual([1, 3, 4]);
        relay.acknowledged("runner", [1, 3, 4]);
        relay.gone("runner");
        relay.ready("runner");
        expect(told()).toEqual([]);
    });
});
