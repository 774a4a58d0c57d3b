import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** A folder with a bundled daemon, its configuration and all its files. */
export class DaemonBench {
    readonly folder = mkdtempSync(join(tmpdir(), "holdfast-daemon-"));
    /** Inside the project, so that the addon is found. */
    readonly #bundleFolder = mkdtempSync(join(import.meta.dirname, "../../../node_modules/.daemon-bench-"));
    readonly bundle = join(this.#bundleFolder, "daemon.mjs");
    readonly #started: ChildProcess[] = [];

    async build(): Promise<void> {
        await build({
            entryPoints: [join(import.meta.dirname, "rehearsal-daemon.ts")],
            outfile: this.bundle,
            bundle: true,
            platform: "node",
            format: "esm",
            target: "node20.19",
            logLevel: "silent",
        });
    }

    path(name: string): string {
        return join(this.folder, name);
    }

    configure(text: string): void {
        writeFileSync(this.path("conf"), text);
    }

    /** Starts it with its files in the folder; `words` come behind. */
    start(...words: readonly string[]): RunningDaemon {
        const files = ["-f", this.path("conf"), "-p", this.path("pid"), "-r", this.path("vrrp.pid"), "-G"];
        return this.run(...files, ...words);
    }

    /** Starts it with these words alone. */
    run(...words: readonly string[]): RunningDaemon {
        const child = spawn(process.execPath, [this.bundle, ...words], {
            env: { ...process.env, TMPDIR: this.folder },
            stdio: ["ignore", "pipe", "pipe"],
        });
        this.#started.push(child);
        return new RunningDaemon(child);
    }

    pid(name: "pid" | "vrrp.pid"): number {
        const path = this.path(name);
        return existsSync(path) ? Number(readFileSync(path, "utf8")) : 0;
    }

    /** Ends what still runs: the daemons themselves by their pid files, then the folder. */
    clean(): void {
        for (const name of ["pid", "vrrp.pid"] as const) {
            endProcess(this.pid(name));
        }
        for (const child of this.#started.splice(0)) {
            child.kill("SIGKILL");
        }
        for (const name of readdirSync(this.folder)) {
            rmSync(this.path(name), { recursive: true });
        }
    }

    remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
        rmSync(this.#bundleFolder, { recursive: true, force: true });
    }
}

/** A process under test, with all that it wrote. */
export class RunningDaemon {
    readonly #child: ChildProcess;
    #output = "";
    readonly status: Promise<number | string>;

    constructor(child: ChildProcess) {
        this.#child = child;
        child.stdout?.on("data", (text) => this.#take(text));
        child.stderr?.on("data", (text) => this.#take(text));
        this.status = new Promise((resolve) => child.on("close", (code, signal) => resolve(code ?? signal ?? "none")));
    }

    #take(text: Buffer): void {
        this.#output += text.toString();
    }

    get output(): string {
        return this.#output;
    }

    get pid(): number {
        return this.#child.pid ?? 0;
    }

    signal(number: number): void {
        process.kill(this.pid, number);
    }
}

/** Whether a process of this id runs. */
export function isAlive(pid: number): boolean {
    return pid > 0 && existsSync(`/proc/${pid}/exe`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
}

function endProcess(pid: number): void {
    if (isAlive(pid)) {
        process.kill(pid, "SIGKILL");
    }
}
