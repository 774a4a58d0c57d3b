import { describe, expect, it } from "vitest";
import { instant, NO_TIME } from "../base/instant.ts";
import type { FollowSettings } from "../service/follow-settings.ts";
import type { TrackerStatus } from "../track/tracker-status.ts";
import { Follower } from "./follower.ts";

const NOW = instant(5);

const session: FollowSettings = { follows: { kind: "bfd", name: "b" }, isAlpha: false };

function file(weight: number, isReversed = false): FollowSettings {
    return { follows: { kind: "file", name: "f", weight, isReversed }, isAlpha: false };
}

function value(number: number): TrackerStatus {
    return { type: "value", value: number };
}

describe("a checker that follows", () => {
    it("a session is up or down as that is; before the first word it is up unless it is alpha", () => {
        expect(new Follower(session, { type: "unknown" }).isUp).toBe(true);
        expect(new Follower({ ...session, isAlpha: true }, { type: "unknown" }).isUp).toBe(false);
        const follower = new Follower(session, { type: "down" });
        expect(follower.handle({ type: "told", status: { type: "up" } }, NOW)).toMatchObject([
            { type: "tried", outcome: { type: "success" }, isChange: true, isFirst: false, isNewWeight: false },
        ]);
        expect(follower.handle({ type: "told", status: { type: "up" } }, NOW)).toEqual([]);
        expect(follower.handle({ type: "told", status: { type: "down" } }, NOW)).toMatchObject([
            { outcome: { type: "failure", reason: "the session is down" } },
        ]);
        expect(follower.lastTry).toEqual({ outcome: { type: "failure", reason: "the session is down" }, latency: NO_TIME, at: NOW });
    });

    it.each([
        [file(1), 5, true, 5],
        [file(3), -2, true, -6],
        [file(1, true), 5, true, -5],
        [file(1), 0, true, undefined],
        [file(0), 0, true, undefined],
        [file(0), 1, false, undefined],
        [file(0), -1, false, undefined],
        [file(0, true), 0, false, undefined],
        [file(0, true), 7, true, undefined],
        [file(2_147_483_647), -2, false, undefined],
        [file(1), -2_147_483_648, false, undefined],
        [file(1), -2_147_483_647, true, -2_147_483_647],
        [file(2_147_483_647), 2, true, 2_147_483_647],
    ])("a file %j that says %d", (settings, number, isUp, bonus) => {
        const follower = new Follower(settings, value(number));
        expect(follower.state).toEqual({ isUp, hasRun: true, ...(bonus !== undefined && { adjustment: { type: "by", bonus } }) });
    });

    it("goes on where a predecessor was, until it hears better", () => {
        const former = { isUp: false, hasRun: true };
        expect(new Follower(session, { type: "unknown" }, former).isUp).toBe(false);
        expect(new Follower(session, { type: "up" }, former).isUp).toBe(true);
    });

    it("cares for nothing else", () => {
        const follower = new Follower(session, { type: "up" });
        expect([
            follower.wakeAt,
            follower.handle({ type: "wake" }, NOW),
            follower.handle({ type: "enable", isEnabled: false }, NOW),
        ]).toEqual([undefined, [], []]);
    });
});
