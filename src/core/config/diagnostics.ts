import type { Complaint, ErrorClass, Severity } from "./complaint.ts";
import { maskedSecrets } from "./masked-secrets.ts";
import { columnOf, lineOf, NOWHERE, type Position } from "./position.ts";
import type { Place, SourceMap } from "./source-map.ts";
import { nearest } from "./suggestion.ts";

/** One complaint with its place: everything that a text, a JSON line or an editor wants to show of it. */
export interface Diagnostic {
    readonly code: string;
    readonly severity: Severity;
    readonly errorClass: ErrorClass;
    readonly message: string;
    readonly allowed: string | undefined;
    readonly consequence: string | undefined;
    readonly suggestion: string | undefined;
    readonly at: Position;
    /** Undefined for what concerns no place in a file. */
    readonly place: Place | undefined;
    /** The line that the column points into, without its secrets. */
    readonly source: string;
    /** What definitions and generators made of the line, where that is what is wrong. */
    readonly made: { readonly text: string; readonly column: number } | undefined;
}

/** What is said of lines of lists, which do not begin with the list's keyword. */
const OF_ENTRIES: ReadonlySet<string> = new Set([
    "not-an-address",
    "unknown-word",
    "missing-parameter",
    "bad-generator",
    "address-refused",
]);

/** Past that many diagnostics only the first of each sort is kept, and the number of the others. */
const MOST_DIAGNOSTICS = 10_000;
/** Past that many, no similar word is searched for: it costs the most. */
const MOST_SUGGESTIONS = 500;

/** Gathers complaints as diagnostics. */
export class Diagnostics {
    readonly #sources: SourceMap;
    readonly #list: Diagnostic[] = [];
    /** What was said of which place: a line that is read many times over (`~SEQ`) has a mistake once. */
    readonly #said = new Set<string>();
    /** Classes and severities there have been: exit codes and verdicts go by them, so that none may be missing. */
    readonly #sorts = new Set<string>();
    #dropped = 0;
    #suggestions = 0;

    constructor(sources: SourceMap) {
        this.#sources = sources;
    }

    /** All so far, in the order of the lines as they were read, those without a place first; the last one says how many more there are. */
    get list(): readonly Diagnostic[] {
        const sorted = this.#list.toSorted((left, right) => lineOf(left.at) - lineOf(right.at));
        return this.#dropped === 0 ? sorted : [...sorted, tooMany(this.#dropped)];
    }

    /** How many there are so far. */
    get count(): number {
        return this.#list.length + this.#dropped;
    }

    /** Whether an error has been told of a line from `first` to before `end`: in a statement of that keyword, of a word like it, or of an entry of its list. */
    hasCauseOf(keyword: string, first: number, end: number): boolean {
        return this.#list.some(
            ({ severity, at, suggestion, source, code }) =>
                severity === "error" &&
                lineOf(at) >= first &&
                lineOf(at) < end &&
                (suggestion === keyword || source.trimStart().startsWith(keyword) || OF_ENTRIES.has(code)),
        );
    }

    /** Adds one, unless just that has been said. `made` is given when the position counts in a text that definitions made, not in the file's line. */
    add(complaint: Complaint, at: Position, made?: string): void {
        const severity = complaint.severity ?? severityOf(complaint.errorClass);
        const sort = `${complaint.errorClass} ${severity}`;
        if (this.#list.length >= MOST_DIAGNOSTICS && this.#sorts.has(sort)) {
            this.#dropped++;
            return;
        }
        this.#sorts.add(sort);
        const place = this.#sources.locate(at);
        const words = `${place?.file}:${place?.line}:${place?.column} ${complaint.code} ${complaint.message}`;
        if (this.#said.has(words)) {
            return;
        }
        this.#said.add(words);
        this.#list.push({
            code: complaint.code,
            severity,
            errorClass: complaint.errorClass,
            message: complaint.message,
            allowed: complaint.allowed,
            consequence: complaint.consequence,
            suggestion: this.#suggest(complaint),
            at,
            place,
            source: maskedSecrets(this.#sources.lineText(at)),
            made: made === undefined ? undefined : { text: maskedSecrets(made), column: columnOf(at) + 1 },
        });
    }

    #suggest({ found, candidates }: Complaint): string | undefined {
        if (candidates === undefined || found === undefined || this.#suggestions >= MOST_SUGGESTIONS) {
            return undefined;
        }
        this.#suggestions++;
        return nearest(found, candidates);
    }
}

function tooMany(count: number): Diagnostic {
    return {
        code: "too-many-diagnostics",
        severity: "note",
        errorClass: "note",
        message: `${count} more are not shown`,
        allowed: undefined,
        consequence: undefined,
        suggestion: undefined,
        at: NOWHERE,
        place: undefined,
        source: "",
        made: undefined,
    };
}

function severityOf(errorClass: ErrorClass): Severity {
    if (errorClass === "note") {
        return "note";
    }
    return errorClass === "warning" || errorClass === "deprecated" || errorClass === "security" ? "warning" : "error";
}

const UNABLE: readonly ErrorClass[] = ["file-not-found", "bad-interface", "fatal", "multiple-files"];

/**
 * The exit code of `--config-test`: 0 clean, 2 a missing parameter, 4 it could not run, 6 nothing but scripts without script security,
 * 5 any other fault.
 *
 * The gravest decides, where Keepalived lets a mere deprecation hide that it could not run, and script security hide all.
 */
export function exitCodeOf(diagnostics: readonly Diagnostic[]): 0 | 2 | 4 | 5 | 6 {
    const classes = new Set(diagnostics.map(({ errorClass }) => errorClass));
    classes.delete("note");
    if (classes.has("missing-parameter")) {
        return 2;
    }
    if (UNABLE.some((one) => classes.has(one))) {
        return 4;
    }
    if (classes.size === 0) {
        return 0;
    }
    return classes.size === 1 && classes.has("security") ? 6 : 5;
}
