import { loadAddon } from "../io/native/load.ts";
import { type ComposeChild, runChild } from "./child.ts";
import { RunnerProcess } from "./runner/runner-process.ts";

/** The runner's work: scripts, named pipes and mail, for all other processes. */
const composeRunner: ComposeChild<"runner"> = ({ system, settings, log, publish, relay, acknowledge }) => {
    const runner = new RunnerProcess(system, {
        onLog: log,
        onNews: (news) => relay("vrrp", { type: "tracker", news }),
        onChanged: publish,
        onDone: acknowledge,
        onScriptEnded: (run, outcome, output) => relay("checkers", { type: "script-ended", run, outcome, output }),
    });
    return {
        start: (snapshots) => runner.configure(settings, snapshots),
        configure: (wanted, done) => {
            runner.configure(wanted, []);
            done();
        },
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
        // What it was told it brings to its end, so that no script runs twice.
        yield: (done) => {
            const snapshots = runner.snapshots();
            runner.stop(() => done(snapshots));
            return "rests";
        },
        stop: (done) => runner.stop(done),
    };
};

/** Runs this process as the runner process. @throws AddonMissingError when there is no native addon for this machine */
export function runRunner(): void {
    runChild("runner", loadAddon(), composeRunner);
}
