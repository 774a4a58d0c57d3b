import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { runTool } from "../../../src/app/cli/lab/run-tool.ts";
import { ROOT } from "./daemon-kind.ts";

/** Holds one thread of a program still while its others go on. */
export class HeldThread {
    readonly #holder: ChildProcess;

    private constructor(holder: ChildProcess) {
        this.#holder = holder;
    }

    /** Holds it; a process's first thread has the process's number. @param directory where the holder is compiled to @throws Error when it cannot be held */
    static async hold(tid: number, directory: string): Promise<HeldThread> {
        const program = join(directory, "held-thread");
        runTool(["cc", "-O2", "-o", program, join(ROOT, "test/labs/harness/held-thread.c")]);
        const holder = spawn(program, [String(tid)], { stdio: ["ignore", "pipe", "inherit"] });
        const [said] = await Promise.race([once(holder.stdout, "data"), once(holder, "exit")]);
        if (String(said) !== "held\n") {
            throw new Error(`thread ${tid} cannot be held`);
        }
        return new HeldThread(holder);
    }

    /** Lets it go on. */
    async release(): Promise<void> {
        const gone = once(this.#holder, "exit");
        this.#holder.kill("SIGKILL");
        await gone;
    }
}
