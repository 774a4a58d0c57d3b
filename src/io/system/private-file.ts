import { randomBytes } from "node:crypto";
import { closeSync, constants, openSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Result, rejected, success } from "../../core/base/result.ts";

/**
 * Replaces a file by a new one with this text, readable for its owner only. Whoever reads it sees the old text or the new, whole; a link in
 * its place is replaced, not followed. A failure is the errno's name.
 */
export function writePrivateFile(path: string, text: string): Result<string, string> {
    const draft = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString("hex")}`);
    try {
        const fd = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
        try {
            writeFileSync(fd, text);
        } finally {
            closeSync(fd);
        }
        renameSync(draft, path);
        return success(path);
    } catch (error) {
        removeDraft(draft);
        return rejected(errorCode(error));
    }
}

/** The errno's name of what a call of node:fs threw. */
export function errorCode(error: unknown): string {
    return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : String(error);
}

function removeDraft(draft: string): void {
    try {
        unlinkSync(draft);
    } catch {
        // It never came to be.
    }
}
