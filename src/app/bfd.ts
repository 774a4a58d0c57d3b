import type { DirectWord, RelayedBody } from "../core/supervise/relayed.ts";
import { DirectLine } from "../io/ipc/direct-line.ts";
import { loadAddon } from "../io/native/load.ts";
import { BfdProcess } from "./bfd-process.ts";
import { type ComposeChild, DIRECT_FD, runChild } from "./child.ts";

/** The bfd process's work: sessions with neighbours, and news of them to whoever follows them. */
const composeBfd: ComposeChild<"bfd"> = ({ system, settings, log, publish, relay }) => {
    const direct = new DirectLine<DirectWord>(system, DIRECT_FD);
    const bfd = new BfdProcess(system, settings, {
        onLog: log,
        onChange: (name, isUp, consumers) => {
            const body: RelayedBody = { type: "tracker", news: { kind: "bfd", name, status: { type: isUp ? "up" : "down" } } };
            for (const consumer of consumers) {
                if (consumer !== "vrrp" || !direct.send(body)) {
                    relay(consumer, body);
                }
            }
        },
        onForeboding: (consumers) => {
            if (consumers.includes("vrrp")) {
                direct.send({ type: "foreboding" });
            }
        },
        onSnapshots: publish,
    });
    return {
        start: (snapshots) => bfd.start(snapshots),
        configure: (wanted, done) => {
            bfd.reconfigure(wanted);
            done();
        },
        snapshots: () => bfd.snapshots(),
        health: () => bfd.health,
        // Nobody has anything to say to this process.
        hear: () => undefined,
        siblingReady: (role) => {
            if (role === "vrrp" || role === "checkers") {
                bfd.introduce(role);
            }
        },
        // Two cannot send from one port, nor share what arrives on another: it is silent from now on.
        yield: (done) => {
            bfd.stop();
            done(bfd.snapshots());
            return "rests";
        },
        stop: (done) => {
            bfd.stop();
            direct.close();
            done();
        },
    };
};

/** Runs this process as the bfd process. @throws AddonMissingError when there is no native addon for this machine */
export function runBfd(): void {
    runChild("bfd", loadAddon(), composeBfd);
}
