import { expect, it } from "vitest";
import type { ScriptOutcome } from "../notify/script-command.ts";
import type { ScriptProbe } from "../service/probe/script-probe.ts";
import type { Outcome } from "./outcome.ts";
import { scriptVerdict } from "./script-verdict.ts";

const PLAIN: ScriptProbe = { kind: "script", command: { path: "/c", words: ["/c"] }, setsWeight: false };
const DYNAMIC: ScriptProbe = { ...PLAIN, setsWeight: true };

function failed(reason: string): Outcome {
    return { type: "failure", reason };
}

it.each<[string, ScriptProbe, ScriptOutcome, Outcome]>([
    ["0 is good", PLAIN, { type: "exit", status: 0 }, { type: "success" }],
    ["1 is bad", PLAIN, { type: "exit", status: 1 }, failed("exited with status 1")],
    ["2 is bad without misc_dynamic", PLAIN, { type: "exit", status: 2 }, failed("exited with status 2")],
    ["0 leaves the weight", DYNAMIC, { type: "exit", status: 0 }, { type: "success" }],
    ["1 is bad with misc_dynamic too", DYNAMIC, { type: "exit", status: 1 }, failed("exited with status 1")],
    ["2 is the weight 0", DYNAMIC, { type: "exit", status: 2 }, { type: "success", adjustment: { type: "to", weight: 0 } }],
    ["255 is the weight 253", DYNAMIC, { type: "exit", status: 255 }, { type: "success", adjustment: { type: "to", weight: 253 } }],
    ["a signal is bad", DYNAMIC, { type: "signal", signal: 9 }, failed("ended by signal 9")],
    ["who is not there is bad", PLAIN, { type: "not-started", code: "ENOENT" }, failed("cannot be run: ENOENT")],
    ["no room is our own fault", PLAIN, { type: "not-started", code: "EAGAIN" }, { type: "impossible", reason: "cannot be run: EAGAIN" }],
])("%s", (_what, probe, outcome, expected) => {
    expect(scriptVerdict(probe, outcome, "")).toEqual(expected);
});

it("says what the program said last", () => {
    expect(scriptVerdict(PLAIN, { type: "exit", status: 1 }, "no route")).toEqual(failed("exited with status 1: no route"));
});
