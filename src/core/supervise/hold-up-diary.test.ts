import { beforeEach, describe, expect, it } from "vitest";
import { instant, milliseconds, after as pointAfter, seconds } from "../base/instant.ts";
import { HoldUpDiary } from "./hold-up-diary.ts";

const NOW = instant(5_000_000);

let diary: HoldUpDiary;

beforeEach(() => {
    diary = new HoldUpDiary();
});

describe("the diary of hold-ups", () => {
    it("tells the first of each cause at once, louder when others may have noticed", () => {
        const pause = diary.note({ cause: "collection", lateness: milliseconds(30) }, NOW);
        expect(pause).toEqual({ level: "info", text: "was held up for 30 ms: garbage collection" });
        const stop = diary.note({ cause: "stopped", lateness: milliseconds(2_000) }, NOW);
        expect(stop).toEqual({
            level: "warning",
            text: "was held up for 2000 ms: it was stopped, the machine was paused, or a disk was slow",
        });
    });

    it("keeps silent for half a minute, then says how many there were", () => {
        diary.note({ cause: "processor", lateness: milliseconds(30) }, NOW);
        expect(diary.note({ cause: "processor", lateness: milliseconds(90) }, pointAfter(NOW, seconds(10)))).toBeUndefined();
        expect(diary.note({ cause: "processor", lateness: milliseconds(40) }, pointAfter(NOW, seconds(29)))).toBeUndefined();
        expect(diary.note({ cause: "processor", lateness: milliseconds(25) }, pointAfter(NOW, seconds(30)))).toEqual({
            level: "info",
            text: "was held up for 25 ms: other programs had the processor; 2 more since the last message, 90 ms at most",
        });
        expect(diary.note({ cause: "processor", lateness: milliseconds(25) }, pointAfter(NOW, seconds(61)))?.text).not.toContain("more");
    });

    it("breaks its silence for one that is much worse", () => {
        diary.note({ cause: "stopped", lateness: milliseconds(30) }, NOW);
        expect(diary.note({ cause: "stopped", lateness: milliseconds(119) }, NOW)).toBeUndefined();
        expect(diary.note({ cause: "stopped", lateness: milliseconds(120) }, NOW)?.text).toContain("held up for 120 ms");
        expect(diary.note({ cause: "stopped", lateness: milliseconds(120) }, NOW)).toBeUndefined();
    });

    it("counts all of them", () => {
        diary.note({ cause: "processor", lateness: milliseconds(30) }, NOW);
        diary.note({ cause: "suspended", lateness: seconds(60) }, NOW);
        diary.note({ cause: "processor", lateness: milliseconds(70) }, NOW);
        diary.note({ cause: "processor", lateness: milliseconds(20) }, NOW);
        expect(diary.counts).toEqual([
            { cause: "processor", count: 3, longest: 70_000 },
            { cause: "suspended", count: 1, longest: 60_000_000 },
        ]);
    });
});
