import { describe, expect, it } from "vitest";
import { type Instant, instant } from "../base/instant.ts";
import { type ScriptRunEffect, ScriptRuns } from "./script-runs.ts";

const COMMAND = { path: "/c", words: ["/c"] };
const NOW = instant(1_000_000);
const GOOD = { type: "exit", status: 0 } as const;

function begun(): ScriptRuns {
    const runs = new ScriptRuns();
    expect(runs.handle({ type: "run", run: 1, command: COMMAND }, NOW)).toEqual([{ type: "start", run: 1, command: COMMAND }]);
    return runs;
}

describe("runs that somebody waits for", () => {
    it("are told of when they end", () => {
        const runs = begun();
        expect(runs.wakeAt).toBeUndefined();
        expect(runs.handle({ type: "ended", run: 1, outcome: GOOD, output: "x" }, NOW)).toEqual([
            { type: "tell", run: 1, outcome: GOOD, output: "x" },
        ]);
        expect(runs.handle({ type: "end", run: 1 }, NOW)).toEqual([]);
    });

    it("are begun once, however often they are asked for", () => {
        expect(begun().handle({ type: "run", run: 1, command: COMMAND }, NOW)).toEqual([]);
    });

    it("are asked to leave when nobody waits, made to after two seconds and every ten from then on, and told of no more", () => {
        const runs = begun();
        const seen: (readonly [number, readonly ScriptRunEffect[]])[] = [[0, runs.handle({ type: "end", run: 1 }, NOW)]];
        for (let count = 0; count < 3; count++) {
            const at = runs.wakeAt as Instant;
            seen.push([(at - NOW) / 1_000_000, runs.handle({ type: "wake" }, at)]);
        }
        const signal = (which: "terminate" | "kill") => [{ type: "signal", run: 1, signal: which }];
        expect(seen).toEqual([
            [0, signal("terminate")],
            [2, signal("kill")],
            [12, signal("kill")],
            [22, signal("kill")],
        ]);
        expect(runs.handle({ type: "end", run: 1 }, NOW)).toEqual([]);
        expect(runs.handle({ type: "ended", run: 1, outcome: GOOD, output: "" }, NOW)).toEqual([]);
        expect(runs.wakeAt).toBeUndefined();
    });

    // Given a run that nobody waits for any more, and that does not leave at once. When somebody else asks for one by the same number, as whoever comes after
    // a process that died does. Then it is begun when the old one is gone, and told of.
    it("are begun anew when the one of that number is about to leave", () => {
        const runs = begun();
        const other = { path: "/d", words: ["/d"] };
        runs.handle({ type: "end-all" }, NOW);
        expect(runs.handle({ type: "run", run: 1, command: other }, NOW)).toEqual([]);
        expect(runs.handle({ type: "ended", run: 1, outcome: GOOD, output: "" }, NOW)).toEqual([{ type: "start", run: 1, command: other }]);
        expect(runs.handle({ type: "ended", run: 1, outcome: GOOD, output: "y" }, NOW)).toEqual([
            { type: "tell", run: 1, outcome: GOOD, output: "y" },
        ]);
    });

    // Given the same. When whoever asked gives up before the old one is gone. Then nothing is begun.
    it("are not begun anew for who has given up meanwhile", () => {
        const runs = begun();
        runs.handle({ type: "end", run: 1 }, NOW);
        runs.handle({ type: "run", run: 1, command: COMMAND }, NOW);
        expect(runs.handle({ type: "end", run: 1 }, NOW)).toEqual([]);
        expect(runs.handle({ type: "ended", run: 1, outcome: GOOD, output: "" }, NOW)).toEqual([]);
    });

    it("end all together when whoever asked is gone", () => {
        const runs = begun();
        runs.handle({ type: "run", run: 2, command: COMMAND }, NOW);
        expect(runs.handle({ type: "end-all" }, NOW)).toMatchObject([{ run: 1 }, { run: 2 }]);
    });
});
