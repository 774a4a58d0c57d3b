import { describe, expect, it } from "vitest";
import { type Instant, instant, after as later, milliseconds, seconds } from "../base/instant.ts";
import { type FileTrackerEffect, FileTrackers } from "./file-trackers.ts";
import type { TrackFileSettings } from "./tracker-definitions.ts";

const NOW = instant(1_000_000);
const FILE: TrackFileSettings = { name: "f", path: "/run/f" };
const READ: FileTrackerEffect = { type: "read-file", name: "f", path: "/run/f" };

function told(value: number): FileTrackerEffect {
    return { type: "tell", news: { kind: "file", name: "f", status: { type: "value", value } } };
}

/** Trackers that have read this at first. */
function having(text: string | undefined): FileTrackers {
    const trackers = new FileTrackers();
    trackers.handle({ type: "configure", files: [FILE], makesFiles: true }, NOW);
    trackers.handle({ type: "contents", name: "f", text }, NOW);
    return trackers;
}

const contents = (trackers: FileTrackers, text: string | undefined, now: Instant = NOW) =>
    trackers.handle({ type: "contents", name: "f", text }, now);

describe("a tracked file", () => {
    it("is watched and read at once, and its first number is told as it is, also when there is none", () => {
        const trackers = new FileTrackers();
        const effects = trackers.handle({ type: "configure", files: [FILE], makesFiles: true }, NOW);
        expect(effects).toEqual([{ type: "watch-files", files: [FILE] }, READ]);
        expect(contents(trackers, undefined)).toEqual([told(0)]);
    });

    it("is read when it changes; a whole line counts at once, the same number is not told again", () => {
        const trackers = having("5\n");
        expect(trackers.handle({ type: "changed", name: "f" }, NOW)).toEqual([READ]);
        expect(contents(trackers, "7\n")).toEqual([told(7)]);
        expect(contents(trackers, "7\n")).toEqual([]);
        expect(trackers.wakeAt).toBeUndefined();
    });

    it.each([["12"], [""], [undefined]])("that holds %j may be unfinished, and counts when it stays so", (text) => {
        const trackers = having("5\n");
        expect(contents(trackers, text)).toEqual([]);
        expect(trackers.wakeAt).toBe(later(NOW, milliseconds(50)));
        expect(contents(trackers, "125\n")).toEqual([told(125)]);
        expect(trackers.wakeAt).toBeUndefined();
        expect(contents(trackers, text)).toEqual([]);
        expect(trackers.handle({ type: "wake" }, later(NOW, milliseconds(50)))).toEqual([told(Number(text ?? 0))]);
    });

    it("keeps its number when the new one is out of range, and says so", () => {
        const trackers = having("5\n");
        expect(contents(trackers, "99999999999\n")).toEqual([
            { type: "complain", text: "track_file f: the number in /run/f is out of range, 5 stays" },
        ]);
        expect(contents(trackers, "5\n")).toEqual([]);
    });

    it("is looked at every second where nobody tells of changes", () => {
        const trackers = having("5\n");
        trackers.handle({ type: "unwatchable", name: "f" }, NOW);
        expect(trackers.wakeAt).toBe(later(NOW, seconds(1)));
        expect(trackers.handle({ type: "wake" }, later(NOW, seconds(1)))).toEqual([READ]);
        expect(trackers.wakeAt).toBe(later(NOW, seconds(2)));
    });

    it("is tracked no longer after a reload without it", () => {
        const trackers = having("5\n");
        trackers.handle({ type: "configure", files: [], makesFiles: false }, NOW);
        expect(contents(trackers, "7\n")).toEqual([]);
    });
});

describe("init_file", () => {
    const made: TrackFileSettings = { ...FILE, initialValue: 3, overwrites: true };

    it("makes the file before it is read, at the start of the daemon only", () => {
        const trackers = new FileTrackers();
        expect(trackers.handle({ type: "configure", files: [made], makesFiles: true }, NOW)).toEqual([
            { type: "make-file", path: "/run/f", value: 3, overwrites: true },
            { type: "watch-files", files: [made] },
            READ,
        ]);
        expect(trackers.handle({ type: "configure", files: [made], makesFiles: false }, NOW)[0]?.type).toBe("watch-files");
    });
});
