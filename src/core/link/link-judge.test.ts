import { describe, expect, it } from "vitest";
import { after, type Duration, type Instant, instant, milliseconds, NO_TIME, seconds } from "../base/instant.ts";
import type { Link } from "../vrrp/events.ts";
import { LinkJudge, type LinkJudgeEffect, type LinkJudgeEvent } from "./link-judge.ts";
import type { LinkRule } from "./link-rule.ts";

function eth0(change: Partial<Link> = {}): Link {
    const flags = { isUp: true, isRunning: true, isMulticast: true, isLoopback: false, isNoArp: false };
    return { index: 2, name: "eth0", mtu: 1500, ...flags, ...change };
}

const rule = (change: Partial<LinkRule>): LinkRule => ({ interfaceName: "eth0", down: NO_TIME, up: NO_TIME, ...change });

class Bench {
    readonly judge = new LinkJudge();
    now: Instant = instant(1_000_000);

    constructor(...rules: readonly LinkRule[]) {
        this.configure(rules);
    }

    configure(rules: readonly LinkRule[], steady: readonly string[] = []): string {
        return shown(this.tell({ type: "configure", rules, steady }));
    }

    tell(event: LinkJudgeEvent): readonly LinkJudgeEffect[] {
        return this.judge.handle(event, this.now);
    }

    link(change: Partial<Link> = {}): string {
        return shown(this.tell({ type: "link", link: eth0(change) }));
    }

    pass(span: Duration): void {
        this.now = after(this.now, span);
    }

    wake(): string {
        this.now = this.judge.wakeAt ?? this.now;
        return shown(this.tell({ type: "wake" }));
    }

    answer(isRunning: boolean): string {
        return shown(this.tell({ type: "answered", interfaceIndex: 2, isRunning }));
    }
}

/** In a word each: how a link counts, or how it is asked about. */
function shown(effects: readonly LinkJudgeEffect[]): string {
    return effects
        .map((effect) => {
            if (effect.type === "ask") {
                return `ask ${effect.method}`;
            }
            if (effect.type === "refuse") {
                return `refuse: ${effect.form}, was ${effect.formerly}`;
            }
            return effect.news.type === "link-gone" ? "gone" : effect.news.link.isUp && effect.news.link.isRunning ? "works" : "down";
        })
        .join(", ");
}

it("a link without rules counts at once as the kernel tells it", () => {
    const bench = new Bench(rule({ interfaceName: "eth1", down: seconds(1), poll: "driver" }));
    expect([bench.link(), bench.link({ isUp: false }), bench.link()]).toEqual(["works", "down", "works"]);
    expect(shown(bench.tell({ type: "link-gone", interfaceIndex: 2 }))).toBe("gone");
});

describe("interface_up_down_delays", () => {
    it("hold a link that goes down, and it counts as down when it has been so for long enough", () => {
        const bench = new Bench(rule({ down: seconds(1.5), up: seconds(3) }));
        expect([bench.link(), bench.link({ isRunning: false })]).toEqual(["works", "works"]);
        expect(bench.judge.wakeAt).toBe(2_500_000);
        expect(bench.wake()).toBe("down");
        expect(bench.link()).toBe("down");
        expect([bench.judge.wakeAt, bench.wake(), bench.judge.wakeAt]).toEqual([5_500_000, "works", undefined]);
    });

    it("forget an interruption that is shorter, and begin anew with the next", () => {
        const bench = new Bench(rule({ down: seconds(1) }));
        bench.link();
        bench.link({ isUp: false });
        bench.pass(milliseconds(900));
        expect([bench.link(), bench.judge.wakeAt]).toEqual(["works", undefined]);
        bench.pass(milliseconds(50));
        expect(bench.link({ isUp: false, isRunning: false })).toBe("works");
        bench.pass(milliseconds(500));
        expect(bench.link({ isUp: true, isRunning: false })).toBe("works");
        expect(bench.judge.wakeAt).toBe(2_950_000);
    });

    it("let other changes pass while they hold, and are no use to a link that never was up, or that is gone", () => {
        const bench = new Bench(rule({ down: seconds(1), up: seconds(1) }));
        expect([bench.link({ isRunning: false }), bench.link(), bench.judge.wakeAt]).toEqual(["down", "works", undefined]);
        bench.link({ isRunning: false });
        expect(bench.tell({ type: "link", link: eth0({ isRunning: false, mtu: 9000 }) })).toEqual([
            { type: "tell", news: { type: "link", link: eth0({ mtu: 9000 }) } },
        ]);
        expect(shown(bench.tell({ type: "link-gone", interfaceIndex: 2 }))).toBe("gone");
        expect(bench.judge.wakeAt).toBeUndefined();
    });

    it("are over at once when a reload takes them away", () => {
        const bench = new Bench(rule({ down: seconds(5) }));
        bench.link();
        bench.link({ isRunning: false });
        expect(bench.configure([])).toBe("down");
        expect(bench.judge.wakeAt).toBeUndefined();
    });
});

describe("linkbeat", () => {
    it("asks before anything is told, then every second, and believes the answer instead of the kernel's messages", () => {
        const bench = new Bench(rule({ poll: "driver" }));
        expect([bench.link({ isRunning: false }), bench.answer(true)]).toEqual(["ask driver", "works"]);
        expect(bench.link({ isRunning: false })).toBe("works");
        expect([bench.judge.wakeAt, bench.wake(), bench.answer(true)]).toEqual([2_000_000, "ask driver", ""]);
        expect([bench.wake(), bench.answer(false)]).toEqual(["ask driver", "down"]);
        expect(bench.judge.wakeAt).toBe(4_000_000);
    });

    it("asks for the flags with IOCTL, and again as soon as the interface is set down", () => {
        const bench = new Bench(rule({ poll: "flags" }));
        expect([bench.link(), bench.answer(true)]).toEqual(["ask flags", "works"]);
        expect([bench.link({ isUp: false }), bench.answer(false)]).toEqual(["ask flags", "down"]);
    });

    it("goes together with delays", () => {
        const bench = new Bench(rule({ poll: "driver", down: seconds(1.5) }));
        bench.link();
        bench.answer(true);
        bench.wake();
        expect([bench.answer(false), bench.judge.wakeAt]).toEqual(["", 3_000_000]);
        expect([bench.wake(), bench.answer(false), bench.judge.wakeAt]).toEqual(["ask driver", "", 3_500_000]);
        expect(bench.wake()).toBe("down");
    });

    it("begins and ends with a reload", () => {
        const bench = new Bench();
        bench.link();
        expect(bench.configure([rule({ poll: "driver" })])).toBe("ask driver");
        expect(bench.answer(false)).toBe("down");
        expect(bench.configure([])).toBe("works");
        expect([bench.judge.wakeAt, bench.answer(false)]).toEqual([undefined, ""]);
    });
});

describe("an interface that may not become something else", () => {
    it("does not count when it comes back as such, until it is again what it was", () => {
        const bench = new Bench();
        bench.configure([], ["eth0"]);
        bench.link({ kind: "veth" });
        bench.tell({ type: "link-gone", interfaceIndex: 2 });
        expect([bench.link({ index: 3, kind: "dummy" }), bench.link({ index: 3, kind: "dummy", mtu: 9000 })]).toEqual([
            "refuse: dummy, was veth",
            "",
        ]);
        expect(bench.link({ index: 4, kind: "veth" })).toBe("works");
    });

    it("does not count upon another base, and is gone when it is renamed to what another one was", () => {
        const bench = new Bench();
        bench.configure([], ["eth0.7", "eth9"]);
        bench.link();
        bench.tell({ type: "link", link: eth0({ index: 5, name: "eth1" }) });
        const vlan = { index: 6, name: "eth0.7", kind: "vlan" };
        expect(bench.link({ ...vlan, baseIndex: 2 })).toBe("works");
        expect(bench.link({ ...vlan, index: 7, baseIndex: 5 })).toBe("refuse: vlan on eth1, was vlan on eth0");
        expect(bench.link({ index: 5, name: "eth0.7" })).toBe("gone, refuse: device, was vlan on eth0");
    });

    it("counts again when a reload allows it, and answers about it mean nothing until then", () => {
        const bench = new Bench();
        const polled = [rule({ poll: "driver" })];
        bench.configure(polled, ["eth0"]);
        bench.link({ index: 1, kind: "veth" });
        expect(bench.link({ kind: "bridge" })).toBe("refuse: bridge, was veth");
        expect(bench.answer(true)).toBe("");
        expect(bench.configure([], ["eth0"])).toBe("works");
        expect(bench.configure([])).toBe("works");
    });
});
