import type { Complaint } from "./complaint.ts";

/** The rest of a line that its keyword has no use for. */
export const EXTRA_WORDS: Complaint = {
    code: "extra-words",
    errorClass: "note",
    message: "nothing is expected here",
    consequence: "the rest of the line has no effect",
};

/** A word that a list's entry does not know. */
export function unknownEntryWord(found: string, candidates: readonly string[]): Complaint {
    return {
        code: "unknown-word",
        errorClass: "general",
        message: `'${found}' is not known here`,
        consequence: "the whole entry is ignored",
        found,
        candidates,
    };
}

/** A spelling that works, with what to write instead. */
export function deprecatedSpelling(spelling: string, advice: string): Complaint {
    return {
        code: "deprecated",
        errorClass: "deprecated",
        message: `'${spelling}' is deprecated`,
        allowed: advice,
        consequence: "it still works",
    };
}

/** A keyword that once meant something. */
export function obsoleteKeyword(keyword: string, advice: string): Complaint {
    return { code: "obsolete-keyword", errorClass: "unknown-keyword", severity: "warning", message: `'${keyword}' ${advice}` };
}

/** A block whose keyword must be followed by a name. */
export function missingName(keyword: string, syntax: string): Complaint {
    return {
        code: "missing-name",
        errorClass: "general",
        message: `'${keyword}' must be followed by ${syntax}`,
        consequence: "the block is ignored",
    };
}

/** A keyword of a block without the block. */
export function missingOpenBrace(keyword: string): Complaint {
    return {
        code: "missing-open-brace",
        errorClass: "missing-open-brace",
        message: `'${keyword}' must be followed by '{'`,
        consequence: "the lines that belong to it are read as if it stood there",
    };
}

/** A brace after what takes no block; without a keyword when it stands alone. */
export function unexpectedOpenBrace(keyword: string | undefined): Complaint {
    return {
        code: "unexpected-open-brace",
        errorClass: "unexpected-open-brace",
        message: keyword === undefined ? "a block without a keyword" : `'${keyword}' takes no block`,
        consequence: "the block is ignored",
    };
}

/** A keyword that its block does not know; `home` is the block around that does. */
export function unknownKeyword(
    found: string,
    block: { readonly name: string; readonly home: string | undefined; readonly keywords: Iterable<string> },
    opens: boolean,
): Complaint {
    return {
        code: "unknown-keyword",
        errorClass: "unknown-keyword",
        message: `'${found}' is not a keyword ${block.name === "" ? "at the top level" : `of '${block.name}'`}`,
        ...(block.home === undefined ? {} : { allowed: `in ${block.home}` }),
        consequence: opens ? "it and its block are ignored" : "the line is ignored",
        found,
        candidates: block.keywords,
    };
}
