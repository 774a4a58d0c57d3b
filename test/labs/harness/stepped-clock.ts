import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../../../src/app/cli/lab/run-tool.ts";
import { ROOT } from "./daemon-kind.ts";

/** The clocks of one machine, which can be set: no network namespace has clocks of its own, so a library stands between. */
export class SteppedClock {
    readonly #file: string;
    readonly #library: string;
    /** Seconds that the time of day and the time since boot are ahead of the kernel's. */
    readonly #steps = new Float64Array(2);

    private constructor(file: string, library: string) {
        this.#file = file;
        this.#library = library;
        writeFileSync(file, this.#steps);
    }

    /** Compiles the library; its files go into this directory. @throws ToolError without a C compiler */
    static make(directory: string, name: string): SteppedClock {
        const library = join(directory, "stepped-clock.so");
        const source = join(ROOT, "test/labs/harness/stepped-clock.c");
        runTool(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl", "-lm"]);
        return new SteppedClock(join(directory, `${name}.clock`), library);
    }

    /** Words before a command that has this clock, and its children with it. */
    get prefix(): readonly string[] {
        return ["env", `LD_PRELOAD=${this.#library}`, `STEPPED_CLOCK=${this.#file}`];
    }

    /** Sets the time of day forward or back, by seconds, from where it stands. */
    step(seconds: number): void {
        this.#add(0, seconds);
    }

    /** The machine was suspended for so many seconds: its monotonic clock stood still, the others went on. */
    suspend(seconds: number): void {
        this.#add(0, seconds);
        this.#add(1, seconds);
    }

    #add(index: 0 | 1, seconds: number): void {
        this.#steps[index] = (this.#steps[index] ?? 0) + seconds;
        // In place: the programs have mapped the file.
        writeFileSync(this.#file, this.#steps, { flag: "r+" });
    }
}
