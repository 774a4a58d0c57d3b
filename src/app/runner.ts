import type { ComposeChild } from "./child.ts";
import { RunnerProcess } from "./runner/runner-process.ts";

/** The runner's work: scripts, named pipes and mail, for all other processes. */
export const composeRunner: ComposeChild<"runner"> = ({ system, settings, snapshots, log, publish, relay, acknowledge }) => {
    const runner = new RunnerProcess(system, {
        onLog: log,
        onNews: (news) => relay("vrrp", { type: "tracker", news }),
        onChanged: publish,
        onDone: acknowledge,
        onScriptEnded: (run, outcome, output) => relay("checkers", { type: "script-ended", run, outcome, output }),
    });
    runner.configure(settings, snapshots);
    return {
        configure: (wanted) => runner.configure(wanted, []),
        snapshots: () => runner.snapshots(),
        hear: ({ body, receipt }) => {
            if (body.type === "notice" && receipt !== undefined) {
                runner.tell(receipt, body.notice);
            } else if (body.type === "run-script") {
                runner.run({ ...body, type: "run" });
            } else if (body.type === "end-script") {
                runner.run({ ...body, type: "end" });
            }
        },
        siblingReady: (role) => {
            if (role === "vrrp") {
                runner.tellTrackers();
            } else if (role === "checkers") {
                // Whoever asked for what runs is gone.
                runner.run({ type: "end-all" });
            }
        },
        stop: (done) => runner.stop(done),
    };
};
