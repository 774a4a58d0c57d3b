import { type Result, rejected, success } from "../../core/base/result.ts";
import type { ScriptCommand, ScriptOutcome } from "../../core/notify/script-command.ts";
import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import { scriptEnvironment } from "./script-environment.ts";
import { ScriptOutput } from "./script-output.ts";
import { withUsualLimits } from "./usual-limits.ts";

const SHELL = "/bin/sh";

/** What is to be known of a script's run. */
export interface ScriptListener {
    /** It is gone. `output` are the lines that it wrote, as many as are kept. */
    readonly onEnded: (outcome: ScriptOutcome, output: readonly string[]) => void;
}

/**
 * One script at work: in a process group of its own, as its own user, without a descriptor or a secret of ours, and ended when we end.
 */
export class ScriptProcess {
    readonly #system: NativeAddon;
    /** Its process id, and that of its group. */
    readonly pid: number;
    readonly #pidfd: number;
    readonly #poller: Poller;
    readonly #output: ScriptOutput;
    readonly #listener: ScriptListener;

    private constructor(system: NativeAddon, pid: number, output: ScriptOutput, listener: ScriptListener) {
        this.#system = system;
        this.pid = pid;
        this.#output = output;
        this.#listener = listener;
        this.#pidfd = system.pidfdOpen(pid);
        const poller = this.#pidfd < 0 ? this.#pidfd : system.pollerOpen(this.#pidfd, () => this.#reap());
        if (typeof poller === "number") {
            throw new Error(`cannot watch process ${pid}: ${system.errnoNames[-poller] ?? poller}`);
        }
        this.#poller = poller;
        system.pollerSet(poller, POLL.read);
    }

    /** Starts it. A failure is the errno's name: nothing has run. */
    static start(system: NativeAddon, command: ScriptCommand, listener: ScriptListener): Result<ScriptProcess, string> {
        const ends = new Int32Array(2);
        const nowhere = system.open("/dev/null", system.constants.O_RDWR, 0);
        // The child's end blocks, as programs expect of their output.
        const piped = nowhere < 0 ? nowhere : system.pipe(ends, 2);
        if (piped < 0) {
            if (nowhere >= 0) {
                system.close(nowhere);
            }
            return rejected(system.errnoNames[-piped] ?? String(piped));
        }
        const [ours = -1, theirs = -1] = ends;
        const pid = spawn(system, command, [nowhere, theirs, theirs]);
        system.close(theirs);
        system.close(nowhere);
        if (pid < 0) {
            system.close(ours);
            return rejected(system.errnoNames[-pid] ?? String(pid));
        }
        return success(new ScriptProcess(system, pid, new ScriptOutput(system, ours), listener));
    }

    /** Signals the whole group: a script's children are to end with it. */
    signal(which: "terminate" | "kill"): void {
        const { SIGTERM, SIGKILL } = this.#system.constants;
        try {
            process.kill(-this.pid, which === "kill" ? SIGKILL : SIGTERM);
        } catch {
            // All of it is gone: its end is about to be told.
        }
    }

    #reap(): void {
        const out = new Int32Array(2);
        if (this.#system.waitPidfd(this.#pidfd, out) < 0) {
            return;
        }
        const [code, value = 0] = out;
        this.#system.pollerClose(this.#poller);
        this.#system.close(this.#pidfd);
        const isExit = code === this.#system.constants.CLD_EXITED;
        this.#listener.onEnded(isExit ? { type: "exit", status: value } : { type: "signal", signal: value }, this.#output.finish());
    }
}

/** A text file without `#!` is the shell's business, as in system(3). */
function spawn(system: NativeAddon, { path, words, user }: ScriptCommand, fds: readonly number[]): number {
    const environment = scriptEnvironment(process.env);
    const options = {
        fds,
        pgroup: 0,
        cwd: "/",
        resetSched: true,
        parentDeathSignal: system.constants.SIGTERM,
        resetCapabilities: true,
        ...user,
    };
    const begin = () => {
        const pid = system.posixSpawn(path, words, environment, options);
        return system.errnoNames[-pid] === "ENOEXEC"
            ? system.posixSpawn(SHELL, [SHELL, path, ...words.slice(1)], environment, options)
            : pid;
    };
    const pid = withUsualLimits(system, begin);
    // As long as it has our descriptors too there may be no room for more below that limit.
    return system.errnoNames[-pid] === "EMFILE" ? begin() : pid;
}
