import { Channel } from "../io/ipc/channel.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import { POLL } from "../io/native/addon.ts";
import { CHANNEL_FD } from "./child.ts";
import type { StartListener } from "./daemon.ts";
import { STATUS } from "./exit-status.ts";
import { roleArguments } from "./process-role.ts";
import { ignoredAtBirth } from "./user-signals.ts";

/** What the daemon tells the process that started it. */
type LaunchMessage = { readonly type: "ready" } | { readonly type: "trouble"; readonly text: string };

/** What a channel carries that way: nothing. */
type Silence = { readonly type: "silence" };

/**
 * Starts the daemon as a process of its own, without a terminal, and ends this one when the daemon works (status 0) or has given up (with its
 * status); so who starts it knows at once.
 */
export function launchDaemon(system: NativeAddon, script: string, words: readonly string[]): void {
    const { constants } = system;
    const ends = new Int32Array(2);
    system.socketpair(constants.AF_UNIX, constants.SOCK_STREAM, 0, ends);
    const [ours = -1, theirs = -1] = ends;
    const nowhere = system.open("/dev/null", constants.O_RDWR, 0);
    const environment = Object.entries(process.env).map(([name, value]) => `${name}=${value ?? ""}`);
    const pid = system.posixSpawn(process.execPath, [process.execPath, ...roleArguments(script, "daemon", words)], environment, {
        fds: [nowhere, nowhere, nowhere, theirs],
        setsid: true,
        ignored: ignoredAtBirth(system),
    });
    if (pid < 0) {
        process.stderr.write(`Cannot start the daemon: ${system.errnoNames[-pid] ?? pid}\n`);
        process.exit(STATUS.fatal);
    }
    system.close(theirs);
    new Channel<Silence, LaunchMessage>(ours, {
        onMessage: (message) => {
            if (message.type === "ready") {
                process.exit(STATUS.ok);
            }
            process.stderr.write(`${message.text}\n`);
        },
        onEnd: () => leaveWith(system, pid),
    });
}

/** In the daemon: tells the process that waits in `launchDaemon`. */
export function launchListener(): StartListener {
    const channel = new Channel<LaunchMessage, Silence>(CHANNEL_FD, {
        onMessage: () => undefined,
        // Whoever started us is gone: so be it.
        onEnd: () => undefined,
    });
    return {
        onTrouble: (text) => channel.send({ type: "trouble", text }),
        onReady: () => {
            channel.send({ type: "ready" });
            channel.finish(() => channel.close());
        },
    };
}

/** Ends this process with the status of that one. */
function leaveWith(system: NativeAddon, pid: number): void {
    const pidfd = system.pidfdOpen(pid);
    const poller = system.pollerOpen(pidfd, () => {
        const out = new Int32Array(2);
        system.waitPidfd(pidfd, out);
        process.exit(out[0] === system.constants.CLD_EXITED ? out[1] : STATUS.fatal);
    });
    if (typeof poller === "number") {
        process.exit(STATUS.fatal);
    }
    system.pollerSet(poller, POLL.read);
}
