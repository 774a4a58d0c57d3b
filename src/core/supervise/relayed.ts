import type { Notice } from "../notify/notice.ts";
import type { ScriptCommand, ScriptOutcome } from "../notify/script-command.ts";
import type { TrackerNews } from "../track/tracker-status.ts";

/** What one process of the daemon tells another, by way of the parent. */
export type RelayedBody =
    /** To the vrrp process: how a tracked thing stands now. */
    | { readonly type: "tracker"; readonly news: TrackerNews }
    /** To the runner: tell this to somebody outside. */
    | { readonly type: "notice"; readonly notice: Notice }
    /** To the runner: run this and say how it ends. */
    | { readonly type: "run-script"; readonly run: number; readonly command: ScriptCommand }
    /** To the runner: nobody waits for that run any more. */
    | { readonly type: "end-script"; readonly run: number }
    /** From the runner: `output` is the last line that it wrote. */
    | { readonly type: "script-ended"; readonly run: number; readonly outcome: ScriptOutcome; readonly output: string };

/** What the bfd process tells the vrrp process without the parent: besides news, that there may be some within milliseconds. */
export type DirectWord = RelayedBody | { readonly type: "foreboding" };

/** Whether the parent keeps it until it is acknowledged, so that a successor of whoever dies over it hears it again. */
export function isKept(body: RelayedBody): boolean {
    return body.type === "notice";
}
