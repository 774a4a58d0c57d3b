import type { DirectWord } from "../core/supervise/relayed.ts";
import { DirectLine } from "../io/ipc/direct-line.ts";
import { loadAddon } from "../io/native/load.ts";
import { type ComposeChild, DIRECT_FD, runChild } from "./child.ts";
import { VrrpProcess } from "./vrrp-process.ts";

/** The vrrp process's work: virtual routers on this machine's interfaces. */
const composeVrrp: ComposeChild<"vrrp"> = ({ system, settings, log, publish, relay }) => {
    const vrrp = new VrrpProcess(system, settings, {
        onLog: (lines) => {
            for (const { level, text } of lines) {
                log({ level, text });
            }
        },
        onNotice: (notice) => relay("runner", { type: "notice", notice }),
        onChanged: publish,
    });
    const direct = new DirectLine<DirectWord>(system, DIRECT_FD);
    return {
        start: (snapshots) => vrrp.start(snapshots),
        configure: (wanted, done) => vrrp.reconfigure(wanted, done),
        publishesReloads: true,
        snapshots: () => vrrp.snapshots(),
        health: () => vrrp.health,
        hear: ({ body }) => vrrp.hear(body),
        // What this process tells others is news, not state: there is nothing to be said again. By now a predecessor has left the line.
        siblingReady: (role) => {
            if (role === "bfd") {
                direct.listen((word) => (word.type === "foreboding" ? vrrp.prepareForFault() : vrrp.hear(word)));
            }
        },
        // It goes on until the successor works: both advertise the same for a moment, and there is none in which nobody does.
        yield: (done) => {
            done(vrrp.snapshotsForSuccessor());
            return "works-on";
        },
        stop: (done) => {
            direct.close();
            vrrp.stop();
            done();
        },
    };
};

/** Runs this process as the vrrp process. @throws AddonMissingError when there is no native addon for this machine */
export function runVrrp(): void {
    runChild("vrrp", loadAddon(), composeVrrp);
}
