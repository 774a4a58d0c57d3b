import { type Result, rejected } from "../base/result.ts";

/** Why a file was not read. `executable` is Keepalived's guard against taking a program for a configuration. */
export type FileFault = "missing" | "unreadable" | "not-a-file" | "executable" | "too-large";

/**
 * A file's text: a string, or something of which strings are made part by part. Most of a long text is as it was when it was read before, and fresh memory
 * for a string of all of it costs more than the rest of the reading.
 */
export interface FileText {
    /** Characters. */
    readonly length: number;
    /** The characters from `start` up to but not `end`. */
    slice(start: number, end: number): string;
    /**
     * The same text for as long as it is wanted: what was read holds until the next file is read. Absent where it holds in any case.
     *
     * @param former one that is not wanted any more: its memory is used again
     */
    keep?(former: FileText | undefined): FileText;
    /** Whether so many characters from `at` on are those of another text; absent where strings have to be made to compare them. */
    isSame?(at: number, other: TextPlace, length: number): boolean;
}

/** A place in a text. */
export interface TextPlace {
    readonly text: FileText;
    readonly at: number;
}

/** Whether so many characters from either place on are the same. */
export function isSameText(one: TextPlace, other: TextPlace, length: number): boolean {
    return (
        one.text.isSame?.(one.at, other, length) ??
        one.text.slice(one.at, one.at + length) === other.text.slice(other.at, other.at + length)
    );
}

/** All of a text. */
export function wholeText(text: FileText): string {
    return text.slice(0, text.length);
}

/** The files a configuration is read from: real ones in the daemon, made-up ones in tests. Paths are absolute or relative to one fixed folder. */
export interface FileTree {
    /** The whole text of a file. */
    read(path: string): Result<FileText, FileFault>;

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
