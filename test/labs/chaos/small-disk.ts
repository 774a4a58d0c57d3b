import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../../../src/app/cli/lab/run-tool.ts";

const SIZE = "8m";

/** A file system so small that it can be filled up: a machine's place for pid files, notes, logs and dumps. */
export class SmallDisk {
    readonly path: string;

    constructor(path: string) {
        this.path = path;
        mkdirSync(path);
        runTool(["mount", "-t", "tmpfs", "-o", `size=${SIZE},mode=0755`, "holdfast-chaos", path]);
    }

    /** Not one byte more fits on it from now on. */
    fill(): void {
        for (const size of [65_536, 1]) {
            this.#addUntilFull(new Uint8Array(size));
        }
    }

    #addUntilFull(bytes: Uint8Array): void {
        for (;;) {
            try {
                writeFileSync(join(this.path, "ballast"), bytes, { flag: "a" });
            } catch {
                return;
            }
        }
    }

    /** There is room again. */
    empty(): void {
        rmSync(join(this.path, "ballast"), { force: true });
    }

    /** Takes it away, also from under programs that still use it. */
    remove(): void {
        runTool(["umount", "--lazy", this.path]);
    }
}
