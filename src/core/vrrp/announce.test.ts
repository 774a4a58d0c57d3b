import { describe, expect, it } from "vitest";
import { instant, NO_TIME, seconds } from "../base/instant.ts";
import { AnnouncementSchedule } from "./announce.ts";
import type { AnnouncementSettings } from "./settings.ts";

const SETTINGS: AnnouncementSettings = {
    masterRepeat: 5,
    masterDelay: seconds(5),
    refresh: seconds(60),
    refreshRepeat: 2,
    lowerPriorityRepeat: 3,
    lowerPriorityDelay: seconds(7),
};

describe("announcements to come", () => {
    it("are a second burst, then a refresh every so often", () => {
        const schedule = new AnnouncementSchedule();
        schedule.claimed(SETTINGS, instant(0));
        const seen: [number, number][] = [];
        for (let at = schedule.nextAt; at !== undefined && at < 130_000_000; at = schedule.nextAt) {
            seen.push([at, schedule.takeDueRounds(SETTINGS, at)]);
        }
        expect(seen).toEqual([
            [5_000_000, 5],
            [60_000_000, 2],
            [120_000_000, 2],
        ]);
    });

    it("are none without delay and refresh", () => {
        const schedule = new AnnouncementSchedule();
        schedule.claimed({ ...SETTINGS, masterDelay: NO_TIME, refresh: NO_TIME }, instant(0));
        expect(schedule.nextAt).toBeUndefined();
    });

    it("go by the new period after a reload, and are not put off by it", () => {
        const schedule = new AnnouncementSchedule();
        const quiet = { ...SETTINGS, masterDelay: NO_TIME, refresh: NO_TIME };
        schedule.claimed(quiet, instant(0));
        schedule.reconfigured({ ...quiet, refresh: seconds(10) }, instant(1_000_000));
        schedule.reconfigured({ ...quiet, refresh: seconds(20) }, instant(2_000_000));
        expect(schedule.nextAt).toBe(11_000_000);
        schedule.reconfigured(quiet, instant(3_000_000));
        expect(schedule.nextAt).toBeUndefined();
    });

    it("include one more burst after a lower priority was heard", () => {
        const schedule = new AnnouncementSchedule();
        schedule.lowerPrioritySeen(SETTINGS, instant(0));
        expect([schedule.nextAt, schedule.takeDueRounds(SETTINGS, instant(7_000_000)), schedule.nextAt]).toEqual([7_000_000, 3, undefined]);
        schedule.lowerPrioritySeen({ ...SETTINGS, lowerPriorityDelay: NO_TIME }, instant(0));
        expect(schedule.nextAt).toBeUndefined();
    });

    it("add up when they are late, and are none before their time", () => {
        const schedule = new AnnouncementSchedule();
        schedule.claimed(SETTINGS, instant(0));
        schedule.lowerPrioritySeen(SETTINGS, instant(0));
        expect(schedule.takeDueRounds(SETTINGS, instant(4_999_999))).toBe(0);
        expect(schedule.takeDueRounds(SETTINGS, instant(61_000_000))).toBe(10);
        expect(schedule.nextAt).toBe(121_000_000);
    });

    it("are forgotten with the active state", () => {
        const schedule = new AnnouncementSchedule();
        schedule.claimed(SETTINGS, instant(0));
        schedule.lowerPrioritySeen(SETTINGS, instant(0));
        schedule.cancel();
        expect(schedule.nextAt).toBeUndefined();
    });
});
