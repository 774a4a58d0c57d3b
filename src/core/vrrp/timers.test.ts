import { describe, expect, it } from "vitest";
import { centiseconds, seconds } from "../base/instant.ts";
import { activeDownInterval, skewTime } from "./timers.ts";

describe("Skew_Time and Active_Down_Interval", () => {
    it.each([
        [2, 100, seconds(1), 609_375, 3_609_375],
        [2, 255, seconds(1), 3_906, 3_003_906],
        [2, 1, seconds(1), 996_093, 3_996_093],
        [2, 100, seconds(10), 609_375, 30_609_375],
        [3, 100, seconds(1), 609_375, 3_609_375],
        [3, 254, centiseconds(1), 78, 30_078],
        [3, 100, centiseconds(10), 60_937, 360_937],
        [3, 100, centiseconds(4095), 24_953_906, 147_803_906],
        [3, 255, seconds(1), 3_906, 3_003_906],
    ] as const)("of version %i, priority %i, interval %i µs are %i and %i µs", (...row) => {
        const [version, priority, activeAdvertisementInterval, skew, down] = row;
        const inputs = { version, priority, activeAdvertisementInterval, downTimerAdverts: 3 };
        expect([skewTime(inputs), activeDownInterval(inputs)]).toEqual([skew, down]);
    });

    it("follow vrrp_down_timer_adverts", () => {
        const inputs = { version: 3 as const, priority: 200, activeAdvertisementInterval: centiseconds(10), downTimerAdverts: 1 };
        expect(activeDownInterval(inputs)).toBe(121_875);
    });
});
