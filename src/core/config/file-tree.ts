import { type Result, rejected } from "../base/result.ts";

/** Why a file was not read. `executable` is Keepalived's guard against taking a program for a configuration. */
export type FileFault = "missing" | "unreadable" | "not-a-file" | "executable" | "too-large";

/** The files a configuration is read from: real ones in the daemon, made-up ones in tests. Paths are absolute or relative to one fixed folder. */
export interface FileTree {
    /** The whole text of a file. */
    read(path: string): Result<string, FileFault>;

    /** The names in a folder, in any order; undefined when there is no such folder. */
    list(folder: string): readonly string[] | undefined;
}

/** No file at all. */
export const NO_FILES: FileTree = { read: () => rejected("missing"), list: () => undefined };

/** The folder part of a path, without the slash at its end; empty for the fixed folder itself. */
export function folderOf(path: string): string {
    const slash = path.lastIndexOf("/");
    return slash > 0 ? path.slice(0, slash) : slash === 0 ? "/" : "";
}

/** `path` as seen from `folder`; an absolute path stays. */
export function joinPath(folder: string, path: string): string {
    if (path.startsWith("/") || folder === "") {
        return path;
    }
    return folder === "/" ? `/${path}` : `${folder}/${path}`;
}
