/** A line made fit for reading, and what was odd about it. */
export interface CleanLine {
    /** As long as the line was, so that columns stay. */
    readonly text: string;
    readonly hasNul?: boolean;
    /** Where the first white space stood that is not of ASCII, outside quotes and comments. */
    readonly oddSpace?: number;
}

/** White space that is not of ASCII: no-break, ogham, en quad to zero width, narrow, mathematical, ideographic, byte order mark. */
const ODD_SPACE = /[\u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]/;
const ODD_SPACES = new RegExp(ODD_SPACE, "g");

/** Reads white space of any script as spaces, outside quotes and comments. A byte order mark at a file's start passes without a word. */
export function cleanLine(raw: string, isFirst: boolean): CleanLine {
    if (raw.includes("\0")) {
        return { text: "", hasNul: true };
    }
    const text = isFirst && raw.charCodeAt(0) === 0xfeff ? ` ${raw.slice(1)}` : raw;
    if (!ODD_SPACE.test(text)) {
        return { text };
    }
    const comment = commentStart(text);
    const end = comment < 0 ? text.length : comment;
    const statement = text.slice(0, end);
    const parts = statement.split('"').map((part, index) => (index % 2 === 0 ? part.replace(ODD_SPACES, " ") : part));
    const cleaned = parts.join('"');
    const oddSpace = firstDifference(statement, cleaned);
    return oddSpace === undefined ? { text } : { text: cleaned + text.slice(end), oddSpace };
}

function firstDifference(left: string, right: string): number | undefined {
    for (let index = 0; index < left.length; index++) {
        if (left[index] !== right[index]) {
            return index;
        }
    }
    return undefined;
}

/** Where a comment starts: `#` or `!` outside double quotes, not after a backslash. -1 when there is none. */
export function commentStart(text: string): number {
    let isQuoted = false;
    for (let index = 0; index < text.length; index++) {
        const code = text.charCodeAt(index);
        if (code === 0x22) {
            isQuoted = !isQuoted;
        } else if (code === 0x5c) {
            index++;
        } else if (!isQuoted && (code === 0x23 || code === 0x21)) {
            return index;
        }
    }
    return -1;
}
