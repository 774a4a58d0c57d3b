import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync } from "node:fs";
import { type Result, rejected, success } from "../../core/base/result.ts";
import { errorCode, writePrivateFile } from "./private-file.ts";

const FOR_OTHERS_TO_WRITE = 0o022;

/** A file that this program writes for itself and reads after its death: nobody else may have had a hand in it, and links are not followed. */
export class StateFile {
    readonly path: string;
    #last: string | undefined;

    constructor(path: string) {
        this.path = path;
    }

    /** What was kept last; undefined when there is nothing. A failure says why it cannot be trusted or read. */
    read(): Result<string | undefined, string> {
        try {
            const fd = openSync(this.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
            try {
                const { uid, mode } = fstatSync(fd);
                const isRegular = (mode & constants.S_IFMT) === constants.S_IFREG;
                const isPrivate = isRegular && uid === process.geteuid?.() && (mode & FOR_OTHERS_TO_WRITE) === 0;
                return isPrivate ? success(readFileSync(fd, "utf8")) : rejected("others could have written it");
            } finally {
                closeSync(fd);
            }
        } catch (error) {
            const code = errorCode(error);
            return code === "ENOENT" ? success(undefined) : rejected(code);
        }
    }

    /** Takes the place of what was kept; readable for its owner only. */
    write(text: string): Result<string, string> {
        if (text === this.#last) {
            return success(this.path);
        }
        const written = writePrivateFile(this.path, text);
        this.#last = written.ok ? text : undefined;
        return written;
    }

    /** Nothing is left to remember. */
    remove(): void {
        this.#last = undefined;
        rmSync(this.path, { force: true });
    }
}
