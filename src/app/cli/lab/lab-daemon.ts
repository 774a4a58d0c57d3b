import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabNetwork } from "./network.ts";
import { childrenOf, isRunning } from "./process-tree.ts";
import { until } from "./until.ts";

/** Which daemon to run, where, on what. */
export interface DaemonPlan {
    /** The command without arguments: anything that understands Keepalived's command line. */
    readonly program: readonly string[];
    readonly network: LabNetwork;
    readonly node: string;
    /** The text of its configuration file. */
    readonly configuration: string;
    /** A directory of the lab's own, in which the daemon gets one. */
    readonly directory: string;
    /** Further arguments, such as `-P` (only VRRP). */
    readonly flags?: readonly string[];
    /** Leaves out `-D`: the log holds state changes only. For measurements. */
    readonly isQuiet?: boolean;
    /** It starts in the place of this one, which has ended: with its pid files. */
    readonly inPlaceOf?: LabDaemon;
}

const CHILD_PID_FILES = ["vrrp.pid", "checkers.pid", "bfd.pid"] as const;

/** A daemon on one of the lab's machines, with its own files, log and pid files; started, and ended in all the ways a daemon can end. */
export class LabDaemon {
    /** Where its configuration, log, pid files and dumps are. */
    readonly directory: string;
    readonly #child: ChildProcess;
    readonly #ended: Promise<void>;

    private constructor(child: ChildProcess, directory: string) {
        this.#child = child;
        this.directory = directory;
        this.#ended = new Promise((resolve) => {
            child.once("exit", () => resolve());
            child.once("error", () => resolve());
        });
    }

    /** Starts it in the foreground; it may need a moment until it does anything. */
    static start(plan: DaemonPlan): LabDaemon {
        const directory = plan.inPlaceOf?.directory ?? mkdtempSync(join(plan.directory, `${plan.node}-`));
        const file = join(directory, "keepalived.conf");
        writeFileSync(file, plan.configuration, { mode: 0o600 });
        const log = openSync(join(directory, "log"), "a");
        const [vrrp, checkers, bfd] = CHILD_PID_FILES.map((name) => join(directory, name));
        const files = ["-f", file, "-p", join(directory, "parent.pid"), "-r", `${vrrp}`, "-c", `${checkers}`, "-b", `${bfd}`];
        const command = [
            "netns",
            "exec",
            plan.network.namespace(plan.node),
            ...plan.program,
            "-n",
            "-l",
            ...(plan.isQuiet === true ? [] : ["-D"]),
            ...files,
        ];
        const child = spawn("ip", [...command, ...(plan.flags ?? [])], {
            stdio: ["ignore", log, log],
            detached: true,
            env: { ...process.env, TMPDIR: directory, KA_TMP_DIR: directory },
        });
        closeSync(log);
        return new LabDaemon(child, directory);
    }

    /** The parent's process id: `ip netns exec` becomes the daemon and keeps its own. */
    get pid(): number {
        return this.#child.pid ?? 0;
    }

    /** Whether the parent has ended. */
    get hasEnded(): boolean {
        return this.#child.exitCode !== null || this.#child.signalCode !== null;
    }

    /** The parent's exit code; undefined while it runs or when a signal ended it. */
    get exitCode(): number | undefined {
        return this.#child.exitCode ?? undefined;
    }

    /** All that it has logged so far. */
    log(): string {
        return readFileSync(join(this.directory, "log"), "utf8");
    }

    /** The content of a file that it wrote into its own directory; empty when there is none. */
    file(name: string): string {
        const path = join(this.directory, name);
        return existsSync(path) ? readFileSync(path, "utf8") : "";
    }

    /** The process id of its vrrp process; undefined as long as there is none. */
    get vrrpPid(): number | undefined {
        const pid = Number.parseInt(this.file("vrrp.pid"), 10);
        return Number.isNaN(pid) || !isRunning(pid) ? undefined : pid;
    }

    /** Sends a signal to the parent. */
    signal(name: NodeJS.Signals): void {
        this.#child.kill(name);
    }

    /** Asks it to leave in good order and waits until it has. */
    async terminate(limit = 10_000): Promise<void> {
        this.signal("SIGTERM");
        await this.waitForEnd(limit);
    }

    /** Waits until the parent has ended. */
    async waitForEnd(limit = 10_000): Promise<void> {
        await until(() => this.hasEnded, { what: `the end of process ${this.pid}`, limit, every: 2 });
    }

    /** Kills its vrrp process alone, without a warning, and returns the process id that it had. */
    async killVrrp(): Promise<number> {
        const pid = await until(() => this.vrrpPid, { what: "a vrrp process", limit: 5_000 });
        process.kill(pid, "SIGKILL");
        return pid;
    }

    /**
     * Ends parent and children at once and without a farewell, as a crash of the whole machine would.
     *
     * The parent is stopped first: it must not replace its children, and children of a parent that dies before them would say goodbye.
     */
    async killDead(): Promise<void> {
        if (!this.hasEnded) {
            const children = childrenOf(this.pid);
            this.signal("SIGSTOP");
            for (const pid of [...children, ...childrenOf(this.pid)]) {
                killIfThere(pid);
            }
            this.signal("SIGKILL");
            await this.#ended;
        }
        for (const name of CHILD_PID_FILES) {
            rmSync(join(this.directory, name), { force: true });
        }
    }
}

function killIfThere(pid: number): void {
    try {
        process.kill(pid, "SIGKILL");
    } catch {
        // Ended already.
    }
}
