import { describe, expect, it } from "vitest";
import { after, instant, milliseconds } from "../core/base/instant.ts";
import { Practice } from "./practice.ts";

const NOW = instant(0);
const LONG = milliseconds(4);

/** A practice that counts what is played and how often the loop awaits. */
function practice() {
    const counts = { plays: 0, waits: 0 };
    const loop = { practiseWaiting: () => void counts.waits++ };
    return { counts, work: new Practice({ now: () => NOW }, loop, () => void counts.plays++) };
}

describe("practice", () => {
    /** Given a process that has just begun, when its bulk work goes on, then the rehearsal is played a little at a time, with pauses, and once done never again. */
    it("plays a little at a time, and comes to an end", () => {
        const { work, counts } = practice();
        let pauses = 0;
        for (let more = work.step(LONG); more !== false; more = work.step(LONG)) {
            expect(more).toBeGreaterThan(NOW);
            pauses += 1;
        }
        expect(counts.plays).toBeGreaterThan(500);
        expect(counts.waits).toBeGreaterThan(counts.plays);
        expect(counts.plays / pauses).toBeLessThan(10);
        const { plays } = counts;
        expect(work.step(LONG)).toBe(false);
        expect(counts.plays).toBe(plays);
    });

    /** Given a deadline within the next millisecond, when a step comes, then nothing is played, and not tried again before that has passed. */
    it("makes way for what is due", () => {
        const { work, counts } = practice();
        expect(work.step(milliseconds(1))).toBeGreaterThan(after(NOW, milliseconds(4)));
        expect(counts.plays).toBe(0);
        expect(work.step(LONG)).toBeGreaterThan(NOW);
        expect(counts.plays).toBe(1);
    });

    /** Given a process that leaves, when a step that was planned comes all the same, then nothing is played. */
    it("plays nothing once closed", () => {
        const { work, counts } = practice();
        work.close();
        expect(work.step(LONG)).toBe(false);
        expect(counts).toEqual({ plays: 0, waits: 0 });
    });
});
