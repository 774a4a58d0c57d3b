import { describe, expect, it } from "vitest";
import { checkSettings, ip } from "../balance/test-bench.ts";
import { type Instant, instant, seconds } from "../base/instant.ts";
import type { CheckSettings } from "../service/check-settings.ts";
import { Check, type CheckEffect, type CheckState } from "./check.ts";
import type { Outcome } from "./outcome.ts";

const START = instant(1_000_000_000);
const GOOD: Outcome = { type: "success" };
const BAD: Outcome = { type: "failure", reason: "connection refused" };

class Bench {
    readonly check: Check;
    now: Instant = START;
    attempt = 0;

    constructor(schedule: Partial<CheckSettings["schedule"]> = {}, random = 0, former?: CheckState, settings: Partial<CheckSettings> = {}) {
        this.check = new Check({ ...checkSettings(schedule), ...settings }, START, random, former);
    }

    /** Lets time pass up to the next deadline. */
    wake(): readonly CheckEffect[] {
        this.now = this.check.wakeAt;
        const effects = this.check.handle({ type: "wake" }, this.now);
        for (const effect of effects) {
            this.attempt = effect.type === "attempt" ? effect.attempt : this.attempt;
        }
        return effects;
    }

    /** The next try, and what comes of it a tenth of a second later. */
    try(outcome: Outcome): CheckEffect | undefined {
        this.wake();
        this.now = instant(this.now + 100_000);
        return this.check.handle({ type: "outcome", attempt: this.attempt, outcome }, this.now)[0];
    }

    /** Seconds until the next deadline. */
    get wait(): number {
        return (this.check.wakeAt - this.now) / 1_000_000;
    }
}

describe("the first check", () => {
    it.each([
        [0, 1],
        [0.5, 3],
        [1, 5],
    ])("comes after a second and %d of the warm-up", (random, delay) => {
        expect(new Bench({}, random).wait).toBe(delay);
    });

    it("counts at once", () => {
        const bench = new Bench();
        expect(bench.check.isUp).toBe(true);
        expect(bench.try(BAD)).toMatchObject({ type: "tried", isChange: true, isFirst: true, retries: 0, latency: seconds(0.1) });
        expect([bench.check.isUp, bench.wait]).toEqual([false, 10]);
    });

    it.each([GOOD, BAD, { type: "impossible", reason: "EMFILE" } as const])(
        "is remembered with its latency and its reason: %j",
        (outcome) => {
            const bench = new Bench();
            expect(bench.check.lastTry).toBeUndefined();
            bench.try(outcome);
            expect(bench.check.lastTry).toEqual({ outcome, latency: seconds(0.1), at: bench.now });
        },
    );

    it("brings an alpha server up", () => {
        const bench = new Bench({ isAlpha: true });
        expect(bench.check.isUp).toBe(false);
        expect(bench.try(BAD)).toMatchObject({ isChange: false, isFirst: true });
        expect(bench.try(GOOD)).toMatchObject({ isChange: true, isFirst: false });
        expect(bench.check.isUp).toBe(true);
    });

    it("of a successor is an ordinary one, some time within the interval", () => {
        const bench = new Bench({}, 0.5, { isUp: false, hasRun: true });
        expect([bench.check.isUp, bench.wait]).toEqual([false, 6]);
        expect(bench.try(GOOD)).toMatchObject({ isChange: true, isFirst: false });
    });
});

describe("a check that runs", () => {
    it("is made again after the interval", () => {
        const bench = new Bench();
        bench.try(GOOD);
        expect(bench.wait).toBe(10);
        expect(bench.try(GOOD)).toMatchObject({ isChange: false, isFirst: false });
    });

    it("fails for good after its retries, which come sooner", () => {
        const bench = new Bench({ retry: 2 });
        bench.try(GOOD);
        expect(bench.try(BAD)).toMatchObject({ isChange: false, retries: 0 });
        expect(bench.wait).toBe(1);
        expect(bench.try(BAD)).toMatchObject({ isChange: false, retries: 1 });
        expect(bench.try(BAD)).toMatchObject({ isChange: true, retries: 2 });
        expect([bench.check.isUp, bench.wait]).toEqual([false, 10]);
    });

    it("forgets failures with a success", () => {
        const bench = new Bench();
        bench.try(GOOD);
        bench.try(BAD);
        bench.try(GOOD);
        expect(bench.try(BAD)).toMatchObject({ isChange: false, retries: 0 });
    });

    it("has no retries while the server is down, and does not hasten", () => {
        const bench = new Bench();
        bench.try(BAD);
        expect(bench.try(BAD)).toMatchObject({ isChange: false, retries: 0 });
        expect(bench.wait).toBe(10);
        expect(bench.try(GOOD)).toMatchObject({ isChange: true });
    });

    it("takes silence for a failure", () => {
        const bench = new Bench();
        bench.try(GOOD);
        bench.wake();
        expect(bench.wait).toBe(3);
        expect(bench.wake()).toMatchObject([{ type: "abandon" }, { type: "tried", outcome: { type: "failure" } }]);
    });

    it("takes silence for a success where that is good", () => {
        const check = new Check({ ...checkSettings(), silence: "success" }, START, 0);
        check.handle({ type: "wake" }, check.wakeAt);
        expect(check.handle({ type: "wake" }, check.wakeAt)).toMatchObject([{ type: "abandon" }, { type: "tried", outcome: GOOD }]);
    });

    it("waits longer for a server that speaks", () => {
        const bench = new Bench();
        bench.wake();
        bench.now = instant(bench.now + 2_000_000);
        bench.check.handle({ type: "progress", attempt: bench.attempt }, bench.now);
        expect(bench.wait).toBe(3);
        bench.check.handle({ type: "progress", attempt: 99 }, instant(bench.now + 1_000_000));
        expect(bench.wait).toBe(3);
    });

    it("does not wait for ever for a server that speaks without end", () => {
        const bench = new Bench();
        bench.wake();
        const since = bench.now;
        for (let said = 0; said < 20; said++) {
            bench.now = instant(bench.now + 2_000_000);
            bench.check.handle({ type: "progress", attempt: bench.attempt }, bench.now);
        }
        expect(bench.check.wakeAt - since).toBe(30_000_000);
    });

    it("does not listen to answers of earlier tries", () => {
        const bench = new Bench();
        bench.wake();
        expect(bench.check.handle({ type: "outcome", attempt: bench.attempt - 1, outcome: BAD }, bench.now)).toEqual([]);
        expect(bench.check.handle({ type: "wake" }, bench.now)).toEqual([]);
    });

    it("learns nothing from a check that could not be made", () => {
        const bench = new Bench();
        bench.try(GOOD);
        expect(bench.try({ type: "impossible", reason: "EMFILE" })).toMatchObject({ isChange: false });
        expect([bench.check.isUp, bench.wait]).toEqual([true, 10]);
    });
});

describe("a check of several probes", () => {
    const [first, second, third] = [1, 2, 3].map((port) => {
        const { probe } = checkSettings();
        return { ...probe, endpoint: { address: ip("10.0.0.2"), port, mark: 0 } } as CheckSettings["probe"];
    }) as [CheckSettings["probe"], CheckSettings["probe"], CheckSettings["probe"]];
    const several = { probe: first, furtherProbes: [second, third] };
    const asked = (bench: Bench) => [first, second, third].indexOf(bench.check.probe) + 1;

    it("asks them in turn, and tells once when all were answered", () => {
        const bench = new Bench({}, 0, undefined, several);
        const quiet = { isChange: false, isFirst: false };
        expect([asked(bench), bench.try(GOOD)]).toMatchObject([1, quiet]);
        expect([asked(bench), bench.try(GOOD)]).toMatchObject([2, quiet]);
        expect([asked(bench), bench.try(GOOD)]).toMatchObject([3, { isChange: false, isFirst: true }]);
        expect([asked(bench), bench.wait]).toEqual([1, 10]);
        expect(bench.try(GOOD)).toMatchObject(quiet);
    });

    it("stays with the one that fails, and is up again when the others were asked too", () => {
        const bench = new Bench({ retry: 0 }, 0, undefined, several);
        bench.try(GOOD);
        expect(bench.try(BAD)).toMatchObject({ isChange: true, isFirst: true });
        expect([asked(bench), bench.try(BAD)]).toMatchObject([2, { isChange: false }]);
        expect([asked(bench), bench.try(GOOD), bench.check.isUp]).toMatchObject([2, { isChange: false }, false]);
        expect([asked(bench), bench.try(GOOD), bench.check.isUp]).toMatchObject([3, { isChange: false }, false]);
        expect([asked(bench), bench.try(GOOD), bench.check.isUp]).toMatchObject([1, { isChange: true }, true]);
    });

    it("makes no pause on the way up where it is hasty", () => {
        const bench = new Bench({}, 0, undefined, { ...several, isHasty: true });
        const waits = [1, 2, 3, 1].map(() => {
            bench.try(GOOD);
            return bench.wait;
        });
        expect(waits).toEqual([0, 0, 10, 10]);
    });

    it("of one probe is up with its first good answer", () => {
        const bench = new Bench({ retry: 0 });
        bench.try(BAD);
        expect(bench.try(GOOD)).toMatchObject({ isChange: true });
    });
});

describe("a check that is not to be made", () => {
    it("gives its try up, waits, and goes on when it may", () => {
        const bench = new Bench();
        bench.wake();
        expect(bench.check.handle({ type: "enable", isEnabled: false }, bench.now)).toEqual([{ type: "abandon", attempt: 1 }]);
        expect(bench.wait).toBe(10);
        expect(bench.wake()).toEqual([]);
        bench.check.handle({ type: "enable", isEnabled: true }, bench.now);
        expect(bench.wake()).toMatchObject([{ type: "attempt", attempt: 2 }]);
    });
});
