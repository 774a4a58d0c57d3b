import { CheckersProcess } from "./checkers-process.ts";
import type { ComposeChild } from "./child.ts";

/** The checkers process's work: health checks, and the kernel's load balancer by what they find. */
export const composeCheckers: ComposeChild<"checkers"> = ({ system, settings, snapshots, log, publish, relay }) => {
    const checkers = new CheckersProcess(system, settings, {
        onLog: (lines) => {
            for (const { level, text } of lines) {
                log({ level, text });
            }
        },
        onNotice: (notice) => relay("runner", { type: "notice", notice }),
        onChanged: publish,
    });
    checkers.start(snapshots);
    return {
        configure: (wanted) => checkers.reconfigure(wanted),
        snapshots: () => checkers.snapshots(),
        // Nothing is said to this process, and what it says is news, not state.
        hear: () => undefined,
        siblingReady: () => undefined,
        stop: (done) => {
            checkers.stop();
            done();
        },
    };
};
