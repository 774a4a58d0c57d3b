import { isAscii } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from "node:fs";
import { type Result, rejected, success } from "../../core/base/result.ts";
import type { FileFault, FileTree } from "../../core/config/file-tree.ts";

/** Larger files are no configuration. */
const LARGEST = 256 * 1024 * 1024;

/** The files of this machine, with Keepalived's guards: only regular, readable files that are not executable. */
export class DiskFiles implements FileTree {
    read(path: string): Result<string, FileFault> {
        let descriptor: number;
        try {
            // A pipe without a writer would block a plain open for ever.
            descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
        } catch (error) {
            const { code } = error as NodeJS.ErrnoException;
            return rejected(code === "ENOENT" || code === "ENOTDIR" ? "missing" : "unreadable");
        }
        try {
            return readOpen(descriptor);
        } catch {
            return rejected("unreadable");
        } finally {
            closeSync(descriptor);
        }
    }

    list(folder: string): readonly string[] | undefined {
        try {
            return readdirSync(folder === "" ? "." : folder);
        } catch {
            return undefined;
        }
    }
}

function readOpen(descriptor: number): Result<string, FileFault> {
    const status = fstatSync(descriptor);
    if (!status.isFile()) {
        return rejected("not-a-file");
    }
    if ((status.mode & 0o111) !== 0) {
        return rejected("executable");
    }
    if (status.size > LARGEST) {
        return rejected("too-large");
    }
    return success(textOf(readFileSync(descriptor)));
}

/** UTF-8, or where it is none, one character a byte: comments in old encodings must not stop a service. */
function textOf(bytes: Buffer): string {
    if (isAscii(bytes)) {
        // The same text, made several times as fast.
        return bytes.toString("latin1");
    }
    const text = bytes.toString("utf8");
    return text.includes("\ufffd") ? bytes.toString("latin1") : text;
}
