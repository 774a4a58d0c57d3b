import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseReloadTime, type ReloadTime } from "../../core/supervise/reload-time.ts";
import { nextMoment, TimedReload } from "./timed-reload.ts";

const NOON = Date.UTC(2026, 10, 21, 12, 0, 0);

describe("the next moment", () => {
    it.each([
        ["12:00:01Z", NOON + 1_000],
        ["12:00:00Z", NOON + 86_400_000],
        ["11:59:59Z", NOON + 86_400_000 - 1_000],
        ["2026-11-21 12:00:01Z", NOON + 1_000],
        ["2026-11-21 11:59:59Z", undefined],
    ])("of %s", (text, moment) => {
        expect(nextMoment(parseReloadTime(text) as ReloadTime, NOON)).toBe(moment);
    });

    it("of a local time is when clocks here show it", () => {
        const moment = new Date(nextMoment(parseReloadTime("03:04:05") as ReloadTime, NOON) ?? 0);
        expect([moment.getHours(), moment.getMinutes(), moment.getSeconds()]).toEqual([3, 4, 5]);
    });
});

describe("the next moment in a zone with summer time", () => {
    let zone: string | undefined;

    beforeEach(() => {
        zone = process.env["TZ"];
        process.env["TZ"] = "Europe/Berlin";
    });

    afterEach(() => {
        if (zone === undefined) {
            delete process.env["TZ"];
        } else {
            process.env["TZ"] = zone;
        }
    });

    // Given a day of 25 hours, or one before a day of 23. When the time of day has just passed. Then the next one is tomorrow's, neither today's nor that
    // of the day after.
    it.each([
        ["00:15:00", Date.UTC(2026, 9, 24, 22, 15), Date.UTC(2026, 9, 25, 23, 15)],
        ["23:30:00", Date.UTC(2026, 2, 28, 22, 30), Date.UTC(2026, 2, 29, 21, 30)],
    ])("of %s", (text, now, moment) => {
        expect(nextMoment(parseReloadTime(text) as ReloadTime, now)).toBe(moment);
    });
});

describe("a timed reload", () => {
    let folder: string;
    let file: string;
    let timed: TimedReload;
    let log: string[];
    let reloads: number;
    let offset: number;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "holdfast-timed-"));
        file = join(folder, "when");
        [log, reloads] = [[], 0];
        // A second before noon at first.
        offset = NOON - 300 - Date.now();
        timed = new TimedReload({
            log: (_level, text) => log.push(text),
            reload: () => {
                reloads += 1;
            },
            now: () => Date.now() + offset,
        });
    });

    afterEach(() => {
        timed.close();
        rmSync(folder, { recursive: true });
    });

    it("comes when the file says so, once, and takes the file away", async () => {
        timed.follow(file, false);
        writeFileSync(file, "12:00:00Z");
        await expect.poll(() => reloads, { timeout: 5_000 }).toBe(1);
        expect(existsSync(file)).toBe(false);
        expect(log[0]).toBe("Reload scheduled at 2026-11-21T12:00:00.000Z");
    });

    it("is daily with reload_repeat, and leaves the file", async () => {
        writeFileSync(file, "12:00:00Z");
        timed.follow(file, true);
        await expect.poll(() => reloads, { timeout: 5_000 }).toBe(1);
        expect(existsSync(file)).toBe(true);
        expect(log.at(-1)).toBe("Reload scheduled at 2026-11-22T12:00:00.000Z");
    });

    it("is off when the file goes, or says nothing that can be", async () => {
        offset -= 3_600_000;
        writeFileSync(file, "12:00:00Z");
        timed.follow(file, false);
        rmSync(file);
        await expect.poll(() => log, { timeout: 5_000 }).toContain("Timed reload cancelled");
        writeFileSync(file, "soon");
        await expect.poll(() => log, { timeout: 5_000 }).toContain(`${file}: not a time: no reload`);
        writeFileSync(file, "2001-01-01 00:00:00");
        await expect.poll(() => log, { timeout: 5_000 }).toContain(`${file}: in the past: no reload`);
        expect(reloads).toBe(0);
    });
});
