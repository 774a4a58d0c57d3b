import { loadAddon } from "../io/native/load.ts";
import { CheckersProcess } from "./checkers-process.ts";
import { type ComposeChild, runChild } from "./child.ts";

/** The checkers process's work: health checks, and the kernel's load balancer by what they find. */
const composeCheckers: ComposeChild<"checkers"> = ({ system, settings, log, publish, relay, reply }) => {
    const checkers = new CheckersProcess(system, settings, {
        onLog: (lines) => {
            for (const { level, text } of lines) {
                log({ level, text });
            }
        },
        onNotice: (notice) => relay("runner", { type: "notice", notice }),
        onRunnerAsked: (body) => relay("runner", body),
        onChanged: publish,
        onReply: reply,
    });
    return {
        start: (snapshots) => checkers.start(snapshots),
        configure: (wanted, done) => {
            checkers.reconfigure(wanted);
            done();
        },
        publishesReloads: true,
        snapshots: () => checkers.snapshots(),
        health: () => checkers.health,
        views: () => checkers.views(),
        ask: (question, request) => checkers.ask(question, request),
        hear: ({ body }) => checkers.hear(body),
        siblingReady: (role) => {
            if (role === "runner") {
                checkers.greetRunner();
            }
        },
        // Two that put the table right by what each has found would undo each other's work.
        yield: (done) => {
            const snapshots = checkers.snapshots();
            checkers.leave();
            done(snapshots);
            return "rests";
        },
        stop: (done) => {
            checkers.stop();
            done();
        },
    };
};

/** Runs this process as the checkers process. @throws AddonMissingError when there is no native addon for this machine */
export function runCheckers(): void {
    runChild("checkers", loadAddon(), composeCheckers);
}
