import { describe, expect, it } from "vitest";
import { VirtualTime } from "../../test/contracts/virtual-time.ts";
import { type Duration, type Instant, microseconds, milliseconds, after as pointAfter, seconds, sum } from "../core/base/instant.ts";
import type { LoopFailure } from "./failures.ts";
import { Loop, type LoopSettings } from "./loop.ts";
import type { Source } from "./world.ts";

type Event = "wake" | "advertisement" | "broken" | "stalled";

/** A backup router in miniature: silence for three seconds makes it active; an advertisement starts the three seconds anew. */
class Backup {
    wakeAt: Instant | undefined;

    constructor(now: Instant) {
        this.wakeAt = pointAfter(now, seconds(3));
    }

    handle(event: Event, now: Instant): readonly string[] {
        switch (event) {
            case "broken":
                throw new Error("a defect");
            case "stalled":
                return ["stalled"];
            case "advertisement":
                this.wakeAt = pointAfter(now, seconds(3));
                return ["heard"];
            case "wake":
                this.wakeAt = undefined;
                return ["active"];
        }
    }
}

/** Holds items until drained, `batch` at a time. */
class Queue implements Source {
    readonly items: (() => void)[] = [];
    readonly batch: number;

    constructor(batch: number) {
        this.batch = batch;
    }

    drain(): boolean {
        for (const item of this.items.splice(0, this.batch)) {
            item();
        }
        return this.items.length > 0;
    }
}

function world(settings: Pick<LoopSettings, "backlog"> = {}) {
    const time = new VirtualTime();
    const log: string[] = [];
    const failures: LoopFailure[] = [];
    const stalls: [Instant, number][] = [];
    const longTurns: [Instant, number][] = [];
    let suspendedSoFar = milliseconds(7);
    const loop = new Loop({
        clock: time,
        timer: time,
        scheduler: time,
        stallThreshold: milliseconds(500),
        onStalled: ({ since, lateness }) => {
            stalls.push([since, lateness]);
            log.push("told of the stall");
        },
        onFailure: (failure) => failures.push(failure),
        onLongTurn: (since, span) => longTurns.push([since, span]),
        suspendedSoFar: () => suspendedSoFar,
        ...settings,
    });
    const suspend = (span: Duration) => {
        suspendedSoFar = sum(suspendedSoFar, span);
    };
    const machine = new Backup(time.now());
    const seat = loop.attach<Event, string>({ name: "backup", machine, wake: "wake", perform: (effect) => log.push(effect) });
    const queue = new Queue(1);
    loop.addSource(queue);
    loop.addOutlet({ flush: () => log.push("flush") });
    log.length = 0;
    return { time, log, failures, stalls, longTurns, suspend, loop, machine, seat, queue };
}

describe("a turn of the loop", () => {
    it("takes in what has arrived before it serves deadlines: a late backup does not take over", () => {
        const { time, log, loop, seat, queue, machine } = world();
        time.pass(milliseconds(3_100));
        queue.items.push(() => seat.tell("advertisement"));
        loop.turn();
        expect(log).toEqual(["heard", "flush"]);
        expect(time.armedFor).toBe(pointAfter(time.now(), seconds(3)));
        expect(machine.wakeAt).toBe(time.armedFor);
    });

    it("serves a deadline that silence has reached", () => {
        const { time, log, loop } = world();
        time.pass(seconds(3));
        loop.turn();
        expect(log).toEqual(["active", "flush"]);
        expect(time.armedFor).toBeUndefined();
    });

    it("takes nothing for silence that it has slept through: what arrives after the sources were drained is heard first", () => {
        const { time, log, loop, seat, queue } = world();
        time.pass(milliseconds(2_900));
        const other = { wakeAt: time.now() as Instant | undefined, handle: () => [] };
        const wakes: Instant[] = [];
        loop.attach<"wake", never>({
            name: "other",
            machine: {
                get wakeAt() {
                    return other.wakeAt;
                },
                handle: (_event, now) => {
                    wakes.push(now);
                    other.wakeAt = undefined;
                    return [];
                },
            },
            wake: "wake",
            perform: () => undefined,
        });
        const began = time.now();
        // Somebody else has the processor right after the sources were found empty; the advertisement comes meanwhile.
        queue.items.push(() => {
            time.pass(milliseconds(200));
            queue.items.push(() => seat.tell("advertisement"));
            queue.drain = () => {
                Reflect.deleteProperty(queue, "drain");
                return false;
            };
        });
        log.length = 0;
        loop.turn();
        expect(log).toEqual(["flush", "heard", "flush"]);
        expect(wakes).toEqual([began]);
    });

    it("drains a source again until it is empty when a deadline is due", () => {
        const { time, log, loop, seat, queue } = world();
        time.pass(seconds(3));
        queue.items.push(
            () => {},
            () => {},
            () => seat.tell("advertisement"),
        );
        loop.turn();
        expect(log).toEqual(["heard", "flush"]);
    });

    it("stops draining a flood and serves the deadline", () => {
        const { time, log, loop, queue } = world();
        const refill = () => void queue.items.push(refill);
        refill();
        time.pass(seconds(3));
        loop.turn();
        expect(log).toEqual(["active", "flush"]);
    });

    it("hears as much as sources can hold, where that is said, before it takes anything for silence", () => {
        for (const [settings, expected] of [
            [{ backlog: 256 }, "heard"],
            [{}, "active"],
        ] as const) {
            const { time, log, loop, seat, queue } = world(settings);
            queue.items.push(...Array.from({ length: 200 }, () => () => {}), () => seat.tell("advertisement"));
            time.pass(seconds(3));
            loop.turn();
            expect(log).toEqual([expected, "flush"]);
        }
    });

    it("takes one batch of a ready source while nothing is due, and flushes once", () => {
        const { log, loop, seat } = world();
        const queue = new Queue(2);
        queue.items.push(...[1, 2, 3].map(() => () => seat.tell("advertisement")));
        loop.turn(queue);
        expect(log).toEqual(["heard", "heard", "flush"]);
        expect(queue.items.length).toBe(1);
    });

    it("serves a machine that acts in shares until nothing is due, listens before each share and lets go what it brought forth", () => {
        const { time, log, loop, queue, seat } = world();
        let left = 3;
        const machine = {
            wakeAt: pointAfter(time.now(), seconds(1)) as Instant | undefined,
            handle() {
                left -= 1;
                this.wakeAt = left === 0 ? undefined : this.wakeAt;
                return [`share ${3 - left}`];
            },
        };
        loop.attach({ name: "many", machine, wake: "wake", perform: (effect: string) => log.push(effect) });
        log.length = 0;
        time.pass(seconds(1));
        queue.items.push(() => seat.tell("advertisement"));
        loop.turn();
        expect(log).toEqual(["heard", "share 1", "flush", "share 2", "flush", "share 3", "flush"]);
    });

    it("drains a removed source no more", () => {
        const { time, log, loop, seat, queue } = world();
        queue.items.push(() => seat.tell("advertisement"));
        loop.removeSource(queue);
        time.pass(seconds(3));
        loop.turn();
        expect(log).toEqual(["active", "flush"]);
    });

    it("arms the timer only when the earliest deadline has changed", () => {
        const { time, loop, seat, machine } = world();
        expect(time.armedFor).toBe(machine.wakeAt);
        const before = time.armings;
        seat.tell("stalled");
        loop.turn(new Queue(1));
        expect(time.armings).toBe(before);
        time.pass(seconds(1));
        seat.tell("advertisement");
        expect(time.armings).toBe(before);
        time.pass(milliseconds(1_900));
        seat.tell("advertisement");
        expect([time.armings, time.armedFor]).toEqual([before + 1, machine.wakeAt]);
    });

    it("has the timer fire once too early rather than too late", () => {
        const { time, log, loop, seat, machine } = world();
        const before = time.armedFor;
        time.pass(seconds(1));
        seat.tell("advertisement");
        expect(time.armedFor).toBe(before);
        log.length = 0;
        time.pass(seconds(2));
        loop.turn();
        expect([log, time.armedFor]).toEqual([["flush"], machine.wakeAt]);
    });

    it("arms the timer again when it fired and the deadline has not moved", () => {
        const { time, loop } = world();
        time.armedFor = undefined;
        loop.turn();
        expect(time.armedFor).toBe(pointAfter(time.now(), seconds(3)));
    });

    it("tells of a stall first, then of what arrived", () => {
        const { time, log, loop, seat, queue, stalls, machine } = world();
        const since = machine.wakeAt;
        time.pass(seconds(5));
        queue.items.push(() => seat.tell("advertisement"));
        loop.turn();
        expect(log).toEqual(["told of the stall", "heard", "flush"]);
        expect(stalls).toEqual([[since, seconds(2)]]);
        expect(loop.lateness).toMatchObject({ count: 1, max: seconds(2) });
    });

    it("calls it no stall when it was busy serving all the while", () => {
        const { time, loop, stalls } = world();
        loop.addOutlet({ flush: () => time.pass(seconds(4)) });
        loop.turn();
        time.pass(milliseconds(1));
        loop.turn();
        expect(stalls).toEqual([]);
        expect(loop.lateness).toMatchObject({ count: 1, max: milliseconds(1_001) });
    });

    it("tells how long a turn of its own took, when others may have waited for it", () => {
        const { time, loop, longTurns } = world();
        loop.turn();
        const began = time.now();
        loop.addOutlet({ flush: () => time.pass(milliseconds(500)) });
        loop.turn();
        expect(longTurns).toEqual([[began, milliseconds(500)]]);
    });

    it("tells that the machine was suspended, though no deadline has been reached on its clock", () => {
        const { time, log, loop, seat, queue, stalls, suspend } = world();
        loop.turn();
        time.pass(milliseconds(10));
        suspend(seconds(60));
        queue.items.push(() => seat.tell("advertisement"));
        loop.turn(queue);
        loop.turn();
        expect(log).toEqual(["flush", "told of the stall", "heard", "flush", "flush"]);
        expect(stalls).toEqual([[pointAfter(time.now(), milliseconds(-10)), seconds(60)]]);
    });

    it("adds up suspensions that are too short to be told, and the lateness after one", () => {
        const { time, loop, stalls, suspend, machine } = world();
        suspend(milliseconds(300));
        loop.turn();
        expect(stalls).toEqual([]);
        suspend(milliseconds(300));
        time.pass(milliseconds(3_010));
        const since = machine.wakeAt;
        loop.turn();
        expect(stalls).toEqual([[since, milliseconds(610)]]);
    });

    it("calls a small lateness no stall", () => {
        const { time, loop, stalls } = world();
        time.pass(milliseconds(3_010));
        loop.turn();
        expect(stalls).toEqual([]);
        expect(loop.lateness).toMatchObject({ count: 1, max: milliseconds(10) });
    });
});

describe("events", () => {
    it("told while another is handled come after that one's effects", () => {
        const { loop, log, seat } = world();
        const other = loop.attach<string, string>({
            name: "other",
            machine: { handle: (event) => [`${event} 1`, `${event} 2`], wakeAt: undefined },
            wake: "wake",
            perform: (effect) => {
                log.push(effect);
                if (effect === "event 1") {
                    seat.tell("advertisement");
                }
            },
        });
        log.length = 0;
        other.tell("event");
        expect(log).toEqual(["event 1", "event 2", "heard", "flush"]);
    });

    it("no longer reach a machine that left, nor do deadlines", () => {
        const { time, log, loop, seat } = world();
        seat.leave();
        seat.tell("advertisement");
        time.pass(seconds(10));
        loop.turn();
        expect(log.filter((entry) => entry !== "flush")).toEqual([]);
        expect(loop.lateness.count).toBe(0);
    });
});

describe("a defect", () => {
    it("in a machine is reported once with its event, and the others go on", () => {
        const { time, log, failures, loop, seat } = world();
        for (let times = 0; times < 3; times++) {
            seat.tell("broken");
        }
        expect(failures).toMatchObject([{ part: "backup", doing: "event", subject: "broken", error: { message: "a defect" } }]);
        expect(loop.failureCount).toBe(3);
        time.pass(seconds(3));
        loop.turn();
        expect(log).toContain("active");
    });

    it("at a deadline does not make the loop spin", () => {
        const { time, loop } = world();
        const wakeAt = time.now();
        let wakes = 0;
        const handle = () => {
            wakes++;
            throw new Error("again and again");
        };
        loop.attach({ name: "spinner", machine: { handle, wakeAt }, wake: "wake", perform: () => {} });
        loop.turn();
        expect(time.armedFor).toBe(pointAfter(time.now(), milliseconds(100)));
        loop.turn();
        expect(wakes).toBe(1);
        time.pass(milliseconds(100));
        loop.turn();
        expect(wakes).toBe(2);
    });

    it("in reading the deadline is contained too", () => {
        const { time, loop, failures } = world();
        const machine = {
            handle: () => [],
            get wakeAt(): Instant {
                throw new Error("no deadline");
            },
        };
        loop.attach({ name: "timeless", machine, wake: "wake", perform: () => {} });
        expect(failures).toMatchObject([{ part: "timeless" }]);
        expect(time.armedFor).toBe(pointAfter(time.now(), milliseconds(100)));
    });

    it("in one effect, a source, an outlet or a listener stops nothing else", () => {
        const { time, failures, loop } = world();
        const done: number[] = [];
        const fail = () => {
            throw new Error("defect");
        };
        const performs = (effect: number) => (effect === 1 ? fail() : void done.push(effect));
        const other = loop.attach({ name: "other", machine: { handle: () => [1, 2], wakeAt: undefined }, wake: 0, perform: performs });
        loop.addSource({ drain: fail });
        loop.addOutlet({ flush: fail });
        loop.addOutlet({ flush: () => void done.push(3) });
        other.tell(0);
        time.pass(seconds(3));
        loop.turn();
        expect(done).toEqual([2, 3, 3]);
        expect(failures.map((failure) => failure.doing).sort()).toEqual(["drain", "effect", "flush"]);
    });

    it("in the reporter itself is survived", () => {
        const time = new VirtualTime();
        const onFailure = () => {
            throw new Error("nobody listens");
        };
        const loop = new Loop({ clock: time, timer: time, scheduler: time, stallThreshold: seconds(1), onStalled: () => {}, onFailure });
        loop.addOutlet({ flush: onFailure });
        loop.turn();
        expect(loop.failureCount).toBe(1);
    });
});

describe("an urgent deadline", () => {
    /** Each look at the clock takes a hundred microseconds, as on a real machine time goes on while one waits awake. */
    class PassingTime extends VirtualTime {
        override now(): Instant {
            this.pass(microseconds(100));
            return super.now();
        }
    }

    function awakeWorld(isUrgent: boolean) {
        const time = new PassingTime();
        const log: string[] = [];
        const anticipation = { lead: milliseconds(2), prepare: () => log.push("prepare"), relax: () => log.push("relax") };
        const loop = new Loop({
            clock: time,
            timer: time,
            scheduler: time,
            stallThreshold: seconds(1),
            onStalled: () => {},
            onFailure: () => {},
            anticipation,
        });
        const machine = new Backup(time.now());
        const seat = loop.attach<Event, string>({
            name: "backup",
            machine,
            wake: "wake",
            isUrgent: () => isUrgent,
            perform: (effect) => log.push(effect),
        });
        const queue = new Queue(1);
        loop.addSource(queue);
        return { time, log, loop, machine, seat, queue };
    }

    it("is awaited awake: the timer fires earlier, the loop warms up, listens, and serves when the moment has come", () => {
        const { time, log, loop, machine } = awakeWorld(true);
        const deadline = machine.wakeAt as Instant;
        expect(time.armedFor).toBe(deadline - 2_000);
        time.pass(microseconds(deadline - 2_000 - time.now()));
        loop.turn();
        expect(log).toEqual(["prepare", "active", "relax"]);
        expect(time.now()).toBeGreaterThan(deadline);
        expect(time.now()).toBeLessThan(deadline + 1_000);
    });

    it("that is moved away while the loop waits is not served, and the timer is armed for its new place", () => {
        const { time, log, loop, machine, queue, seat } = awakeWorld(true);
        time.pass(microseconds((machine.wakeAt as Instant) - 1_500 - time.now()));
        queue.items.push(() => seat.tell("advertisement"));
        loop.turn();
        expect(log).toEqual(["prepare", "heard", "relax"]);
        expect(time.armedFor).toBe((machine.wakeAt as Instant) - 2_000);
    });

    it("is the exception: for any other the timer is armed for the deadline itself", () => {
        const { time, log, loop, machine } = awakeWorld(false);
        expect(time.armedFor).toBe(machine.wakeAt);
        time.pass(seconds(3));
        loop.turn();
        expect(log).toEqual(["active"]);
    });
});
