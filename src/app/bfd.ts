import { BfdProcess } from "./bfd-process.ts";
import type { ComposeChild } from "./child.ts";

/** The bfd process's work: sessions with neighbours, and news of them to whoever follows them. */
export const composeBfd: ComposeChild<"bfd"> = ({ system, settings, snapshots, log, publish, relay }) => {
    const bfd = new BfdProcess(system, settings, {
        onLog: log,
        onChange: (name, isUp, consumers) => {
            for (const consumer of consumers) {
                relay(consumer, { type: "tracker", news: { kind: "bfd", name, status: { type: isUp ? "up" : "down" } } });
            }
        },
        onSnapshots: publish,
    });
    bfd.start(snapshots);
    return {
        configure: (wanted) => bfd.reconfigure(wanted),
        snapshots: () => bfd.snapshots(),
        // Nobody has anything to say to this process.
        hear: () => undefined,
        siblingReady: (role) => {
            if (role === "vrrp" || role === "checkers") {
                bfd.introduce(role);
            }
        },
        stop: (done) => {
            bfd.stop();
            done();
        },
    };
};
