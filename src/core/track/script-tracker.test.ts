import { beforeEach, describe, expect, it } from "vitest";
import { type Instant, instant, seconds } from "../base/instant.ts";
import type { ScriptOutcome } from "../notify/script-command.ts";
import { ScriptTracker, type ScriptTrackerEffect, type ScriptTrackerEvent, type ScriptTrackerSettings } from "./script-tracker.ts";

const COMMAND = { path: "/bin/check", words: ["/bin/check", "-q"] };
const SETTINGS: ScriptTrackerSettings = {
    name: "chk",
    command: COMMAND,
    interval: seconds(2),
    timeout: seconds(5),
    rise: 1,
    fall: 1,
    startsFailed: false,
};
const GOOD: ScriptOutcome = { type: "exit", status: 0 };
const BAD: ScriptOutcome = { type: "exit", status: 1 };

function at(second: number): Instant {
    return instant(second * 1e6);
}

describe("a tracked script", () => {
    let tracker: ScriptTracker;

    beforeEach(() => {
        tracker = new ScriptTracker(SETTINGS);
    });

    function tell(event: ScriptTrackerEvent, second: number): readonly ScriptTrackerEffect[] {
        return tracker.handle(event, at(second));
    }

    function end(outcome: ScriptOutcome, second: number): readonly ScriptTrackerEffect[] {
        return tell({ type: "ended", outcome, output: "" }, second);
    }

    /** One run that begins with that second: what is said of it. */
    function run(outcome: ScriptOutcome, second: number): readonly (string | undefined)[] {
        const started = tell(second === 0 ? { type: "start" } : { type: "wake" }, second);
        expect(started).toContainEqual({ type: "run", command: COMMAND });
        return statuses(end(outcome, second + 0.1));
    }

    it("runs at its start and then at intervals, and its first result decides", () => {
        expect(tell({ type: "start" }, 0)).toEqual([{ type: "run", command: COMMAND }]);
        expect(tracker.wakeAt).toBe(at(5));
        expect(end(GOOD, 0.5)).toEqual([
            { type: "log", level: "info", text: "VRRP_Script(chk) succeeded" },
            { type: "status", name: "chk", status: { type: "up" } },
        ]);
        expect(tracker.wakeAt).toBe(at(2));
        expect(tell({ type: "wake" }, 2)).toEqual([{ type: "run", command: COMMAND }]);
        expect(end(GOOD, 2.1)).toEqual([]);
    });

    it("wants as many failures and successes in a row as it is told", () => {
        tracker = new ScriptTracker({ ...SETTINGS, rise: 2, fall: 3 });
        expect([0, 2, 4, 6, 8, 10, 12].map((second, index) => run([GOOD, BAD, BAD, GOOD, BAD, BAD, BAD][index] ?? GOOD, second))).toEqual([
            ["up"],
            [],
            [],
            [],
            [],
            [],
            ["down"],
        ]);
        expect([run(GOOD, 14), run(BAD, 16), run(GOOD, 18), run(GOOD, 20)]).toEqual([[], [], [], ["up"]]);
    });

    it("is down from the start with init_fail, until it has risen", () => {
        tracker = new ScriptTracker({ ...SETTINGS, rise: 2, startsFailed: true });
        expect(statuses(tell({ type: "start" }, 0))).toEqual(["down"]);
        expect(statuses(end(GOOD, 0.1))).toEqual([]);
        expect(run(GOOD, 2)).toEqual(["up"]);
    });

    it.each<[string, ScriptOutcome]>([
        ["VRRP_Script(chk) failed (exited with status 2): no such server", { type: "exit", status: 2 }],
        ["VRRP_Script(chk) failed (ended by signal 11): no such server", { type: "signal", signal: 11 }],
        ["VRRP_Script(chk) failed (cannot be run: ENOENT): no such server", { type: "not-started", code: "ENOENT" }],
    ])("fails, and says how: %s", (text, outcome) => {
        tell({ type: "start" }, 0);
        expect(tell({ type: "ended", outcome, output: "no such server" }, 1)).toEqual([
            { type: "log", level: "warning", text },
            { type: "status", name: "chk", status: { type: "down" } },
        ]);
    });

    it("says when its exit status changes, even where that changes nothing", () => {
        run(BAD, 0);
        tell({ type: "wake" }, 2);
        expect(end({ type: "exit", status: 3 }, 2.1)).toEqual([{ type: "log", level: "info", text: "Script `chk` now returning 3" }]);
    });

    it("has failed at its timeout; then come SIGTERM, SIGKILL and again SIGKILL, and no second run beside it", () => {
        run(GOOD, 0);
        tell({ type: "wake" }, 2);
        expect(tell({ type: "wake" }, 6)).toEqual([]);
        expect(tell({ type: "wake" }, 7)).toEqual([
            { type: "signal", signal: "terminate" },
            { type: "log", level: "warning", text: "VRRP_Script(chk) timed_out" },
            { type: "status", name: "chk", status: { type: "down" } },
        ]);
        expect(tracker.wakeAt).toBe(at(9));
        expect(tell({ type: "wake" }, 9)).toEqual([{ type: "signal", signal: "kill" }]);
        expect(tell({ type: "wake" }, 19)).toEqual([{ type: "signal", signal: "kill" }]);
        expect(end({ type: "signal", signal: 9 }, 19.5)).toEqual([]);
        expect(tracker.wakeAt).toBe(at(20));
    });

    it("skips the starts that fell into a long run", () => {
        tell({ type: "start" }, 0);
        end(GOOD, 4.5);
        expect(tracker.wakeAt).toBe(at(6));
    });

    it("ends its run when it is stopped, and says nothing any more", () => {
        tell({ type: "start" }, 0);
        expect(tell({ type: "stop" }, 1)).toEqual([{ type: "signal", signal: "terminate" }]);
        expect(tell({ type: "wake" }, 3)).toEqual([{ type: "signal", signal: "kill" }]);
        expect(end(BAD, 3)).toEqual([]);
        expect(tracker.wakeAt).toBeUndefined();
        expect(tell({ type: "wake" }, 9)).toEqual([]);
    });

    it("goes on where its predecessor stood", () => {
        tracker = new ScriptTracker({ ...SETTINGS, fall: 2 }, { name: "chk", isUp: true, streak: 1, lastStatus: 1 });
        expect(statuses(tell({ type: "start" }, 0))).toEqual(["up"]);
        expect(statuses(end(BAD, 0.1))).toEqual(["down"]);
        expect(tracker.snapshot).toEqual({ name: "chk", isUp: false, streak: 0, lastStatus: 1 });
    });

    // Given a script that runs once an hour. When it is to run every two seconds. Then it does so from then on, and not in an hour.
    it("runs by a shorter interval as soon as that is said", () => {
        tracker = new ScriptTracker({ ...SETTINGS, interval: seconds(3_600) });
        run(GOOD, 0);
        expect(tracker.wakeAt).toBe(at(3_600));
        tell({ type: "configure", settings: SETTINGS }, 10);
        expect(tracker.wakeAt).toBe(at(12));
    });

    it("takes other figures on without forgetting its result", () => {
        run(GOOD, 0);
        tell({ type: "configure", settings: { ...SETTINGS, fall: 2 } }, 1);
        expect(run(BAD, 2)).toEqual([]);
        expect(run(BAD, 4)).toEqual(["down"]);
    });
});

function statuses(effects: readonly ScriptTrackerEffect[]): readonly string[] {
    return effects.flatMap((effect) => (effect.type === "status" ? [effect.status.type] : []));
}
