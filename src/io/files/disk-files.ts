import { isAscii } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { type Result, rejected, success } from "../../core/base/result.ts";
import type { FileFault, FileText, FileTree } from "../../core/config/file-tree.ts";
import { AsciiText } from "./ascii-text.ts";

/** Larger files are no configuration. */
const LARGEST = 256 * 1024 * 1024;

/** Room of so many bytes is kept from one reading to the next. */
const MOST_ROOM = 4 * 1024 * 1024;

/** The files of this machine, with Keepalived's guards: only regular, readable files that are not executable. */
export class DiskFiles implements FileTree {
    /** Where bytes lie until they are text: fresh memory for each file would cost more than reading it. */
    #room = Buffer.alloc(0);

    read(path: string): Result<FileText, FileFault> {
        let descriptor: number;
        try {
            // A pipe without a writer would block a plain open for ever.
            descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
        } catch (error) {
            const { code } = error as NodeJS.ErrnoException;
            return rejected(code === "ENOENT" || code === "ENOTDIR" ? "missing" : "unreadable");
        }
        try {
            return this.#readOpen(descriptor);
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

    #readOpen(descriptor: number): Result<FileText, FileFault> {
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
        return success(textOf(this.#bytesOf(descriptor, status.size)));
    }

    /** @param size as the file had it a moment ago */
    #bytesOf(descriptor: number, size: number): Buffer {
        // One byte more shows the end.
        let room = this.#roomFor(size + 1);
        let length = 0;
        for (;;) {
            const read = readSync(descriptor, room, length, room.length - length, null);
            length += read;
            if (read === 0) {
                return room.subarray(0, length);
            }
            if (length === room.length) {
                room = Buffer.concat([room, Buffer.alloc(length)]);
            }
        }
    }

    #roomFor(size: number): Buffer {
        if (size > MOST_ROOM) {
            return Buffer.allocUnsafe(size);
        }
        if (size > this.#room.length) {
            this.#room = Buffer.allocUnsafe(size);
        }
        return this.#room;
    }
}

/** UTF-8, or where it is none, one character a byte: comments in old encodings must not stop a service. */
function textOf(bytes: Buffer): FileText {
    if (isAscii(bytes)) {
        return new AsciiText(bytes, bytes.length);
    }
    const text = bytes.toString("utf8");
    return text.includes("\ufffd") ? bytes.toString("latin1") : text;
}
