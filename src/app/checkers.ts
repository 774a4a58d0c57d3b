import { CheckersProcess } from "./checkers-process.ts";
import type { ComposeChild } from "./child.ts";

/** The checkers process's work: health checks, and the kernel's load balancer by what they find. */
export const composeCheckers: ComposeChild<"checkers"> = ({ system, settings, log, publish, relay, reply }) => {
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
