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
export async function until<Found>(what: string | (() => string), look: () => Found | undefined | false, limit = 60_000): Promise<Found> {
    const start = performance.now();
    for (;;) {
        const found = look();
        if (found !== undefined && found !== false) {
            return found;
        }
        if (performance.now() - start > limit) {
            throw new Error(`not within ${limit} ms: ${typeof what === "string" ? what : what()}\n${table()}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** Where a daemon lives, and for what. */
export interface Place {
    readonly flag?: "-C" | "-P";
    readonly namespace?: string;
}

/** A daemon with Keepalived's command line, and its log. */
export class Daemon {
    readonly #child: ChildProcess;
    readonly #log: string;

    /** @param place what it is to do, the checks unless said otherwise, and the network namespace in which it lives */
    constructor(program: string, name: string, configuration: string, place: Place = {}) {
        this.#log = `/run/${name}.log`;
        const file = `/run/${name}.conf`;
        writeFileSync(file, configuration);
        const out = openSync(this.#log, "a");
        const [tool = "", ...words] = [...(place.namespace === undefined ? [] : ["ip", "netns", "exec", place.namespace]), program];
        const pidFiles = ["-p", `/run/${name}.pid`, "-c", `/run/${name}-checkers.pid`, "-r", `/run/${name}-vrrp.pid`];
        this.#child = spawn(tool, [...words, "-n", "-l", "-D", place.flag ?? "-C", "-f", file, ...pidFiles], {
            stdio: ["ignore", out, out],
        });
    }

    get log(): string {
        return readFileSync(this.#log, "utf8");
    }

    /** Until it has said that. */
    async said(text: string): Promise<void> {
        await until(
            () => `"${text}" in\n${this.log}`,
            () => this.log.includes(text),
        );
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
