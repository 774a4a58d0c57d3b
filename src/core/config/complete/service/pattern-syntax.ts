import { type Result, rejected, success } from "../../../base/result.ts";

/** How a pattern is to be read, as far as its translation depends on it. */
export interface PatternReading {
    /** White space and comments outside classes mean nothing. */
    readonly isExtended: boolean;
    /** `$` is the very end, not also in front of a last newline. */
    readonly isDollarEndOnly: boolean;
    readonly isMultiline: boolean;
}

/** What a step of the translation makes of the text at a place: what it becomes, and how much of it was read; or a construct that cannot be had. */
type Step = { readonly text: string; readonly length: number } | { readonly refused: string };

const UP_TO_LAST_NEWLINE = "(?:\\n?\\z)";
/** Meanings that RE2 writes in another way: outside of a class, and within one. */
const ESCAPES: Readonly<Record<string, readonly [string, string]>> = {
    Z: [UP_TO_LAST_NEWLINE, ""],
    h: ["[\\t ]", "\\t "],
    H: ["[^\\t ]", ""],
    v: ["[\\n\\x0b\\f\\r]", "\\n\\x0b\\f\\r"],
    V: ["[^\\n\\x0b\\f\\r]", ""],
    R: ["(?:\\r\\n|[\\n\\x0b\\f\\r])", ""],
    N: ["[^\\n]", ""],
    e: ["\\x1b", "\\x1b"],
};
/** What needs to look back at what was matched, or to try again: the time for that has no bound. */
const REFUSED_ESCAPES = /^(?:[1-9gkKGXC])/;
const REFUSED_GROUPS: readonly (readonly [RegExp, string])[] = [
    [/^\(\?[=!]/, "look-ahead"],
    [/^\(\?>/, "an atomic group"],
    [/^\(\?\(/, "a condition"],
    [/^\(\?(?:R|&|P[=>]|[+-]?\d)/, "recursion or a reference"],
    [/^\(\*/, "a verb"],
];
const MOST_REPEATS = 1_000;

/**
 * A pattern of PCRE2 in the syntax of RE2, which finds it in a time that grows with the page's length alone. What RE2 cannot do (look-ahead, references
 * to what was matched, atomic groups, possessive repeats) is refused by name.
 */
export function translatePattern(pattern: string, reading: PatternReading): Result<string, string> {
    let text = "";
    let depth = 0;
    for (let at = 0; at < pattern.length; ) {
        const step = stepAt(pattern.slice(at), reading);
        if ("refused" in step) {
            return rejected(step.refused);
        }
        depth += pattern[at] === "(" ? 1 : pattern[at] === ")" ? -1 : 0;
        depth -= pattern.startsWith("(?#", at) ? 1 : 0;
        if (depth < 0) {
            return rejected("a ) without its (");
        }
        text += step.text;
        at += step.length;
    }
    return depth === 0 ? success(text) : rejected("a ( without its )");
}

function stepAt(rest: string, reading: PatternReading): Step {
    switch (rest[0]) {
        case "\\":
            return escapeStep(rest);
        case "[":
            return classStep(rest);
        case "(":
            return groupStep(rest);
        case "$":
            return { text: reading.isDollarEndOnly || reading.isMultiline ? "$" : UP_TO_LAST_NEWLINE, length: 1 };
        case "#":
            return reading.isExtended ? { text: "", length: /^#[^\n]*\n?/.exec(rest)?.[0].length ?? 1 } : copied(1, rest);
        default:
            return reading.isExtended && /^\s/.test(rest) ? { text: "", length: 1 } : repeatStep(rest);
    }
}

function escapeStep(rest: string): Step {
    const next = rest[1];
    if (next === undefined) {
        return { refused: "a \\ at its end" };
    }
    if (next === "Q") {
        const quoted = /^\\Q([\s\S]*?)(?:\\E|$)/.exec(rest);
        return { text: escaped(quoted?.[1] ?? ""), length: quoted?.[0].length ?? 2 };
    }
    if (REFUSED_ESCAPES.test(next)) {
        return { refused: /\d|g|k/.test(next) ? "a reference to what was matched" : `\\${next}` };
    }
    const octal = /^\\(0[0-7]{0,2})/.exec(rest);
    if (octal !== null) {
        return { text: hexadecimal(Number.parseInt(octal[1] ?? "0", 8)), length: octal[0].length };
    }
    return { text: ESCAPES[next]?.[0] ?? `\\${next}`, length: 2 };
}

/** `[…]` as a whole: a bracket that comes first, and one within `[:alpha:]`, does not end it. */
function classStep(rest: string): Step {
    const whole = /^\[\^?\]?(?:\[:\^?[a-z]+:\]|\\[\s\S]|[^\]\\])*\]/.exec(rest)?.[0];
    if (whole === undefined) {
        return { refused: "a [ without its ]" };
    }
    const text = whole.replace(/\\([\s\S])/g, (written, next: string) => {
        const within = ESCAPES[next]?.[1];
        return within === undefined || within === "" ? (next === "b" ? "\\x08" : written) : within;
    });
    return { text, length: whole.length };
}

function groupStep(rest: string): Step {
    const refused = REFUSED_GROUPS.find(([form]) => form.test(rest));
    if (refused !== undefined) {
        return { refused: refused[1] };
    }
    const comment = /^\(\?#[^)]*\)/.exec(rest)?.[0];
    if (comment !== undefined) {
        return { text: "", length: comment.length };
    }
    const name = /^\(\?(?:P?<|')(\w+)[>']/.exec(rest);
    if (name !== null) {
        return { text: "(?:", length: name[0].length };
    }
    return rest.startsWith("(?|") ? { text: "(?:", length: 3 } : flagsStep(rest);
}

/** `(?i)` and `(?i:`, as far as RE2 knows the letters. */
function flagsStep(rest: string): Step {
    const flags = /^\(\?([a-zA-Z^-]+)[:)]/.exec(rest)?.[1];
    return flags !== undefined && !/^[imsU-]+$/.test(flags) ? { refused: `the flags (?${flags})` } : copied(1, rest);
}

/** A repeat, and what makes it possessive; or any other character. */
function repeatStep(rest: string): Step {
    const repeat = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})(\+?)/.exec(rest);
    if (repeat === null) {
        return copied(1, rest);
    }
    const [whole, least, most, possessive] = repeat;
    if (possessive === "+") {
        return { refused: "a possessive repeat" };
    }
    return Math.max(Number(least ?? 0), Number(most ?? 0)) > MOST_REPEATS
        ? { refused: `more than ${MOST_REPEATS} repeats` }
        : copied(whole.length, rest);
}

function copied(length: number, rest: string): Step {
    return { text: rest.slice(0, length), length };
}

function escaped(text: string): string {
    return text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

function hexadecimal(code: number): string {
    return `\\x${code.toString(16).padStart(2, "0")}`;
}
