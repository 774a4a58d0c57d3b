import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";

/** Runs a tool and answers with what it printed. @throws Error when it fails */
export function run(command: string): string {
    const [tool = "", ...words] = command.split(" ");
    return execFileSync(tool, words, { encoding: "utf8" });
}

/** The kernel's table as ipvsadm prints it. */
export function table(): string {
    return run("ipvsadm -Ln");
}

/** Looks until it is so. @throws Error after the limit */
export async function until<Found>(what: string, look: () => Found | undefined | false, limit = 20_000): Promise<Found> {
    const start = performance.now();
    for (;;) {
        const found = look();
        if (found !== undefined && found !== false) {
            return found;
        }
        if (performance.now() - start > limit) {
            throw new Error(`not within ${limit} ms: ${what}\n${table()}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** A daemon with Keepalived's command line, and its log. */
export class Daemon {
    readonly #child: ChildProcess;
    readonly #log: string;

    constructor(program: string, name: string, configuration: string) {
        this.#log = `/run/${name}.log`;
        const file = `/run/${name}.conf`;
        writeFileSync(file, configuration);
        const out = openSync(this.#log, "a");
        this.#child = spawn(program, ["-n", "-l", "-D", "-C", "-f", file, "-p", `/run/${name}.pid`, "-c", `/run/${name}-checkers.pid`], {
            stdio: ["ignore", out, out],
        });
    }

    get log(): string {
        return readFileSync(this.#log, "utf8");
    }

    /** Until it has said that. */
    async said(text: string): Promise<void> {
        await until(`"${text}" in\n${this.log}`, () => this.log.includes(text));
    }

    signal(signal: NodeJS.Signals): void {
        this.#child.kill(signal);
    }

    async stop(): Promise<void> {
        const gone = new Promise((resolve) => this.#child.once("exit", resolve));
        this.signal("SIGTERM");
        await gone;
    }
}
