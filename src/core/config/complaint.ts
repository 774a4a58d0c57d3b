/**
 * Keepalived's error classes, the mildest first; its `--config-test` keeps the highest of a run and makes the exit code of it.
 * Two are ours: `note` (advice, changes nothing) stands first, `missing-parameter` ends Keepalived at once with exit code 2.
 */
export const ERROR_CLASSES = [
    "note",
    "file-not-found",
    "bad-interface",
    "fatal",
    "multiple-files",
    "unknown-keyword",
    "unexpected-open-brace",
    "missing-open-brace",
    "unexpected-close-brace",
    "missing-close-brace",
    "unmatched-quote",
    "missing-parameter",
    "invalid-number",
    "general",
    "warning",
    "deprecated",
    "security",
] as const;

export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** How loud it is said. */
export type Severity = "error" | "warning" | "note";

/** What a reader of arguments has to say against what it found. The parser adds where. */
export interface Complaint {
    /** Stable, for programs and tests: `out-of-range`, `unknown-word`, … */
    readonly code: string;
    readonly errorClass: ErrorClass;
    /** Where it is milder than its class, which decides the exit code. */
    readonly severity?: Severity;
    /** What was found, in one phrase without a full stop. */
    readonly message: string;
    /** What would have been right: `1..255`, `MASTER or BACKUP`. */
    readonly allowed?: string;
    /** What happens now, when it is not "the line is ignored": `100 is used`. */
    readonly consequence?: string;
    /** The word that is wrong, where one of `candidates` may have been meant. */
    readonly found?: string;
    /** What is wrong is that the block that stands there lacks this keyword. */
    readonly lacks?: string;
    readonly candidates?: Iterable<string>;
}
