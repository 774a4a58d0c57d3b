import type { ComposeChild } from "./child.ts";
import { RunnerProcess } from "./runner/runner-process.ts";

/** The runner's work: scripts, named pipes and mail, for all other processes. */
export const composeRunner: ComposeChild<"runner"> = ({ system, settings, snapshots, log, publish, relay, acknowledge }) => {
    const runner = new RunnerProcess(system, {
        onLog: log,
        onNews: (news) => relay("vrrp", { type: "tracker", news }),
        onChanged: publish,
        onDone: acknowledge,
    });
    runner.configure(settings, snapshots);
    return {
        configure: (wanted) => runner.configure(wanted, []),
        snapshots: () => runner.snapshots(),
        hear: ({ body, receipt }) => {
            if (body.type === "notice" && receipt !== undefined) {
                runner.tell(receipt, body.notice);
            }
        },
        siblingReady: (role) => {
            if (role === "vrrp") {
                runner.tellTrackers();
            }
        },
        stop: (done) => runner.stop(done),
    };
};
