import { outcomeText, type ScriptOutcome } from "../notify/script-command.ts";
import type { ScriptProbe } from "../service/probe/script-probe.ts";
import type { Outcome } from "./outcome.ts";

/** What a machine says that has no room for one more program. */
const OURS: ReadonlySet<string> = new Set(["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"]);

/**
 * What a program's end says of the server: 0 is good, everything else bad. With `misc_dynamic` 2..255 is good and sets the weight to the status less 2.
 *
 * A program that cannot be run has not found the server good; only for want of room nothing is known.
 *
 * @param output the last line that it wrote
 */
export function scriptVerdict({ setsWeight }: ScriptProbe, outcome: ScriptOutcome, output: string): Outcome {
    if (outcome.type === "not-started" && OURS.has(outcome.code)) {
        return { type: "impossible", reason: outcomeText(outcome) };
    }
    const status = outcome.type === "exit" ? outcome.status : 1;
    if (status === 0) {
        return { type: "success" };
    }
    return setsWeight && status > 1
        ? { type: "success", adjustment: { type: "to", weight: status - 2 } }
        : { type: "failure", reason: output === "" ? outcomeText(outcome) : `${outcomeText(outcome)}: ${output}` };
}
