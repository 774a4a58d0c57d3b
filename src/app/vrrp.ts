import type { RelayedBody } from "../core/supervise/relayed.ts";
import { DirectLine } from "../io/ipc/direct-line.ts";
import { type ComposeChild, DIRECT_FD } from "./child.ts";
import { VrrpProcess } from "./vrrp-process.ts";

/** The vrrp process's work: virtual routers on this machine's interfaces. */
export const composeVrrp: ComposeChild<"vrrp"> = ({ system, settings, snapshots, log, publish, relay }) => {
    const vrrp = new VrrpProcess(system, settings, {
        onLog: (lines) => {
            for (const { level, text } of lines) {
                log({ level, text });
            }
        },
        onNotice: (notice) => relay("runner", { type: "notice", notice }),
        onChanged: publish,
    });
    vrrp.start(snapshots);
    const direct = new DirectLine<RelayedBody>(system, DIRECT_FD);
    direct.listen((body) => vrrp.hear(body));
    return {
        configure: (wanted) => vrrp.reconfigure(wanted),
        snapshots: () => vrrp.snapshots(),
        health: () => vrrp.health,
        hear: ({ body }) => vrrp.hear(body),
        // What this process tells others is news, not state: there is nothing to be said again.
        siblingReady: () => undefined,
        stop: (done) => {
            direct.close();
            vrrp.stop();
            done();
        },
    };
};
