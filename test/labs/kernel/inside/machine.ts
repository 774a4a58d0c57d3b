import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** At least as long as anything here takes, on a machine that has much else to do. */
export const LIMIT = 240_000;

/** Runs a tool and answers with what it printed. @throws Error when it fails */
export function run(command: string, input = ""): string {
    const [tool = "", ...words] = command.split(" ");
    return execFileSync(tool, words, { encoding: "utf8", input, maxBuffer: 1 << 26 });
}

/** Runs a tool in a network namespace. @throws Error when it fails */
export function runIn(namespace: string, command: string): string {
    return run(`ip netns exec ${namespace} ${command}`);
}

/** Many commands of `ip`, in a namespace. @throws Error when one fails */
export function configure(namespace: string, commands: readonly string[]): void {
    run(`ip -n ${namespace} -batch -`, `${commands.join("\n")}\n`);
}

/** What `look` finds, as soon as it is so. @throws Error after the limit, with what is known then */
export async function until<Found>(what: string | (() => string), look: () => Found | undefined | false, limit = LIMIT): Promise<Found> {
    const start = performance.now();
    for (;;) {
        const found = look();
        if (found !== undefined && found !== false) {
            return found;
        }
        if (performance.now() - start > limit) {
            throw new Error(`not within ${limit} ms: ${typeof what === "string" ? what : what()}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** Where a daemon runs, and what it is. */
export interface DaemonPlace {
    readonly root: string;
    readonly kind: "holdfast" | "keepalived";
    /** A network namespace; absent is the one in which all starts. */
    readonly namespace?: string;
    /** What it is to do; absent is everything that is configured. */
    readonly flag?: "-C" | "-P";
    /** Unique: its files are called so. */
    readonly name: string;
}

/** A daemon with Keepalived's command line, and its log. */
export class Daemon {
    readonly name: string;
    readonly #child: ChildProcess;

    constructor({ root, kind, namespace, name, flag }: DaemonPlace, configuration: string) {
        this.name = name;
        this.write(configuration);
        const out = openSync(`/run/${name}.log`, "a");
        const program = kind === "holdfast" ? join(root, "bin/holdfast") : "/usr/sbin/keepalived";
        const pidFiles = ["-p", `/run/${name}.pid`, "-c", `/run/${name}-checkers.pid`, "-r", `/run/${name}-vrrp.pid`];
        const place = namespace === undefined ? [] : ["ip", "netns", "exec", namespace];
        const parts = flag === undefined ? [] : [flag];
        const [tool = "", ...words] = [...place, program, "-n", "-l", "-D", ...parts, "-f", `/run/${name}.conf`, ...pidFiles];
        this.#child = spawn(tool, words, { stdio: ["ignore", out, out] });
    }

    /** What it has said so far. */
    get log(): string {
        return readFileSync(`/run/${this.name}.log`, "utf8");
    }

    /** Of its first process: `ip` has become it. */
    get pid(): number {
        return this.#child.pid ?? 0;
    }

    get checkersPid(): number {
        return Number(readFileSync(`/run/${this.name}-checkers.pid`, "utf8"));
    }

    /** Replaces its configuration file; nobody is told. */
    write(configuration: string): void {
        writeFileSync(`/run/${this.name}.conf`, configuration);
    }

    /** Until it has said that, so many times. */
    async said(text: string, times = 1): Promise<void> {
        await until(
            () => `"${text}" in\n${this.log}`,
            () => this.log.split(text).length > times,
        );
    }

    /** Takes a new configuration on. */
    async reload(configuration: string): Promise<void> {
        const before = this.log.split("Reload complete").length;
        this.write(configuration);
        this.signal("SIGHUP");
        await this.said("Reload complete", before);
    }

    signal(signal: NodeJS.Signals): void {
        this.#child.kill(signal);
    }

    async stop(): Promise<void> {
        if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
            return;
        }
        const gone = new Promise((resolve) => this.#child.once("exit", resolve));
        this.signal("SIGTERM");
        await gone;
    }
}
