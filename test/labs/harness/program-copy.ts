import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./daemon-kind.ts";

/** A folder for changed copies of the program, inside the repository: they look for packages from where they are. To be removed with `removeScratch`. */
export function makeScratch(): string {
    return mkdtempSync(join(ROOT, "node_modules/.copies-"));
}

/** Removes the folder and all copies in it. */
export function removeScratch(scratch: string): void {
    rmSync(scratch, { recursive: true, force: true });
}

/**
 * The program as it is built, in a folder of its own, with something changed.
 *
 * @param change gives the new text of one of its parts; undefined to leave it alone
 * @returns its file
 */
export function copyOfProgram(scratch: string, name: string, change: (file: string, text: string) => string | undefined): string {
    const folder = join(scratch, name);
    cpSync(join(ROOT, "dist"), folder, { recursive: true });
    for (const file of readdirSync(join(folder, "chunks")).filter((one) => one.endsWith(".mjs"))) {
        const path = join(folder, "chunks", file);
        const changed = change(file, readFileSync(path, "utf8"));
        if (changed !== undefined) {
            writeFileSync(path, changed);
        }
    }
    return join(folder, "holdfast.mjs");
}

/** A copy whose processes can be made to loop for ever, by `makeLoop`. @returns its file */
export function copyThatCanLoop(scratch: string): string {
    const program = copyOfProgram(scratch, "looping", () => undefined);
    appendFileSync(
        program,
        [
            "",
            'import { existsSync as isTold } from "node:fs";',
            'const LOOP_FILE = process.env.TMPDIR + "/loop-" + process.pid;',
            "setInterval(() => { while (isTold(LOOP_FILE)); }, 20).unref();",
            "",
        ].join("\n"),
    );
    return program;
}

/**
 * Makes one process of a daemon loop for ever: JavaScript and all that waits for it stands still, its threads and its kernel do not.
 *
 * @param directory the daemon's own, which is its TMPDIR
 */
export function makeLoop(directory: string, pid: number): void {
    writeFileSync(join(directory, `loop-${pid}`), "");
}
