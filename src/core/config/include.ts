import type { Complaint } from "./complaint.ts";
import { type FileFault, type FileText, type FileTree, folderOf, joinPath } from "./file-tree.ts";
import { type GlobAlternative, glob } from "./glob.ts";

/** What may be demanded of an include: files can be read, something is there, a wildcard and every brace alternative finds something. */
type Check = "read" | "match" | "wildcard_match" | "brace_match";

const ALL_CHECKS: readonly Check[] = ["read", "match", "wildcard_match", "brace_match"];

const CHECKS_OF: Readonly<Record<string, readonly Check[]>> = {
    include: [],
    includer: ["read"],
    includem: ["match"],
    includew: ["wildcard_match"],
    includeb: ["brace_match"],
    includea: ALL_CHECKS,
};

/** Files in all; only an include that multiplies comes so far. */
const MOST_FILES = 10_000;

/** Files within files; only one that includes itself by ever longer paths (`./a`) comes so far. */
const MOST_NESTED = 100;

const FAULT_WORDS: Readonly<Record<FileFault, string>> = {
    missing: "there is no such file",
    unreadable: "it cannot be read",
    "not-a-file": "it is not a regular file",
    executable: "it is executable, so it is no configuration",
    "too-large": "it is too large",
};

interface IncludeParts {
    readonly tree: FileTree;
    readonly complain: (complaint: Complaint, column: number) => void;
    readonly read: (path: string, text: FileText) => void;
}

/** `include` and its stricter sisters: which files a pattern stands for, and what is said about those that fail. */
export class IncludeFamily {
    readonly #parts: IncludeParts;
    /** The files being read, the innermost last. */
    readonly #reading: string[] = [];
    /** What `include_check` demands of every include, in this file and those below. */
    #checks: ReadonlySet<Check> = new Set();
    #files = 0;

    constructor(parts: IncludeParts) {
        this.#parts = parts;
    }

    isIncluding(keyword: string): boolean {
        return Object.hasOwn(CHECKS_OF, keyword);
    }

    /** Takes the words of `include_check`: each with `+`, `-` or nothing before it; one with nothing makes a new start. */
    check(words: readonly string[]): void {
        const checks = new Set(words.length === 0 || words.every((word) => /^[+-]/.test(word)) ? this.#checks : []);
        for (const word of words) {
            const check = ALL_CHECKS.find((one) => one === word.replace(/^[+-]/, ""));
            if (check !== undefined && word.startsWith("-")) {
                checks.delete(check);
            } else if (check !== undefined) {
                checks.add(check);
            }
        }
        this.#checks = checks;
    }

    /** Reads the files of a main pattern; false when none could be read. */
    readMain(pattern: string): boolean {
        const before = this.#files;
        this.#readAll(glob(this.#parts.tree, "", pattern), pattern, { checks: new Set(["match", "read"]), column: 0 });
        return this.#files > before;
    }

    /** Reads the files of an include's pattern, relative to the including file. */
    follow(keyword: string, pattern: string, column: number): void {
        const checks = new Set([...this.#checks, ...(CHECKS_OF[keyword] ?? [])]);
        const unquoted = pattern.replace(/^"(.*)"$/, "$1");
        if (unquoted === "") {
            this.#parts.complain(
                { code: "missing-parameter", errorClass: "missing-parameter", message: "a parameter is missing", allowed: "FILE" },
                column + keyword.length,
            );
            return;
        }
        const folder = folderOf(this.#reading.at(-1) ?? "");
        this.#readAll(glob(this.#parts.tree, folder, unquoted), unquoted, { checks, column });
    }

    #readAll(
        alternatives: readonly GlobAlternative[],
        pattern: string,
        { checks, column }: { checks: ReadonlySet<Check>; column: number },
    ): void {
        const before = this.#files;
        let hasFault = false;
        for (const alternative of alternatives) {
            if (alternative.paths.length === 0 && checks.has("wildcard_match")) {
                this.#complain(`no file matches '${alternative.pattern}'`, true, column);
                hasFault = true;
            }
            for (const path of alternative.paths) {
                const fault = this.#readOne(path, column);
                if (fault !== undefined && (fault !== "missing" || alternatives.length > 1)) {
                    hasFault = true;
                    const isDemanded = checks.has(fault === "missing" ? "brace_match" : "read");
                    this.#complain(`'${joinPath("", path)}' is not read: ${FAULT_WORDS[fault]}`, isDemanded, column);
                }
            }
        }
        if (this.#files === before && !hasFault) {
            this.#complain(`no file '${pattern}'`, checks.has("match"), column);
        }
    }

    #readOne(path: string, column: number): FileFault | undefined {
        const endless = this.#endless(path);
        if (endless !== undefined) {
            this.#parts.complain(
                { code: "include-loop", errorClass: "fatal", message: endless, consequence: "it is not read again" },
                column,
            );
            this.#files++;
            return undefined;
        }
        const text = this.#parts.tree.read(path);
        if (!text.ok) {
            return text.error;
        }
        const checks = this.#checks;
        this.#files++;
        this.#reading.push(path);
        this.#parts.read(path, text.value);
        this.#reading.pop();
        this.#checks = checks;
        return undefined;
    }

    /** Why a file is not read though it is there: its includes would have no end. */
    #endless(path: string): string | undefined {
        if (this.#reading.includes(path)) {
            return `'${path}' includes itself`;
        }
        if (this.#reading.length >= MOST_NESTED) {
            return `files include each other more than ${MOST_NESTED} deep`;
        }
        return this.#files >= MOST_FILES ? `more than ${MOST_FILES} files are included` : undefined;
    }

    #complain(message: string, isDemanded: boolean, column: number): void {
        this.#parts.complain({ code: "file-not-read", errorClass: isDemanded ? "file-not-found" : "note", message }, column);
    }
}
