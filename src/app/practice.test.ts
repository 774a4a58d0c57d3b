import { describe, expect, it } from "vitest";
import { type Instant, instant } from "../core/base/instant.ts";
import { Practice } from "./practice.ts";

const NOW = instant(0);

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
        for (let more: boolean | Instant = work.step(); more !== false; more = work.step()) {
            expect(more).toBeGreaterThan(NOW);
            pauses += 1;
        }
        expect(counts.plays).toBeGreaterThan(500);
        expect(counts.waits).toBeGreaterThan(counts.plays);
        expect(counts.plays / pauses).toBeLessThan(10);
        const { plays } = counts;
        expect(work.step()).toBe(false);
        expect(counts.plays).toBe(plays);
    });

    /** Given a process that leaves, when a step that was planned comes all the same, then nothing is played. */
    it("plays nothing once closed", () => {
        const { work, counts } = practice();
        work.close();
        expect(work.step()).toBe(false);
        expect(counts).toEqual({ plays: 0, waits: 0 });
    });
});
