import { describe, expect, it } from "vitest";
import { instant, milliseconds, NO_TIME } from "../../core/base/instant.ts";
import { AnnouncementPace } from "./announcement-pace.ts";

function pace() {
    return new AnnouncementPace((name) =>
        name === "eth9" ? undefined : { group: "all", arpInterval: milliseconds(2), advertisementInterval: NO_TIME },
    );
}

describe("the pace of announcements", () => {
    it("keeps the gap over all interfaces of a group and says when it ends", () => {
        const one = pace();
        expect(one.admit("eth0", 4, instant(0))).toBe(true);
        expect(one.admit("eth1", 4, instant(1_999))).toBe(false);
        expect(one.nextFree).toBe(instant(2_000));
        expect(one.admit("eth1", 4, instant(2_000))).toBe(true);
        one.reset();
        expect(one.nextFree).toBeUndefined();
    });

    it("knows no gap where none is set", () => {
        const one = pace();
        for (const [name, family] of [["eth0", 6] as const, ["eth9", 4] as const]) {
            expect(one.admit(name, family, instant(0))).toBe(true);
            expect(one.admit(name, family, instant(0))).toBe(true);
        }
        expect(one.nextFree).toBeUndefined();
    });
});
