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

    it("end all together when whoever asked is gone", () => {
        const runs = begun();
        runs.handle({ type: "run", run: 2, command: COMMAND }, NOW);
        expect(runs.handle({ type: "end-all" }, NOW)).toMatchObject([{ run: 1 }, { run: 2 }]);
    });
});
