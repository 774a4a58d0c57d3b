import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { parse } from "node:path";
import { fileText, type LogEntry, type LogSink } from "./log-entry.ts";

const MODE = 0o600;

/** Log files, one for each process of the daemon: `keepalived.log` for the parent, `keepalived_vrrp.log` beside it. */
export class FileSink implements LogSink {
    readonly #path: string;
    readonly #files = new Map<string, number | undefined>();

    constructor(path: string) {
        this.#path = path;
    }

    write(entry: LogEntry): void {
        const path = logFilePath(this.#path, entry.ident);
        if (!this.#files.has(path)) {
            this.#files.set(path, openOwnFile(path));
        }
        const fd = this.#files.get(path);
        if (fd === undefined) {
            return;
        }
        try {
            writeSync(fd, fileText(entry));
        } catch {
            // A full disk must not stop a failover; the line is also in syslog.
        }
    }

    close(): void {
        for (const fd of this.#files.values()) {
            if (fd !== undefined) {
                closeSync(fd);
            }
        }
        this.#files.clear();
    }
}

/** The file for one process: what its name has after `Keepalived` stands before the last dot. */
export function logFilePath(path: string, ident: string): string {
    const { dir, name, ext } = parse(path);
    const suffix = /^Keepalived(_[a-z]+)/.exec(ident)?.[1] ?? "";
    return `${dir === "" || dir === "/" ? dir : `${dir}/`}${name}${suffix}${ext}`;
}

/** Opens a file to append to, unless it is a link or belongs to somebody else: its name may lie in a folder where everybody writes. */
function openOwnFile(path: string): number | undefined {
    try {
        const fd = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, MODE);
        const stats = fstatSync(fd);
        if (stats.isFile() && stats.uid === process.geteuid?.()) {
            return fd;
        }
        closeSync(fd);
    } catch {
        // Without a file the other sinks remain.
    }
    return undefined;
}
