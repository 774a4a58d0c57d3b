/** Words of a text in which quotes count, and whether the last quote was closed. */
export interface QuotedWords {
    readonly words: readonly string[];
    readonly isClosed: boolean;
}

const PLAIN_ESCAPES: Readonly<Record<string, string>> = {
    a: "\x07",
    b: "\b",
    E: "\x1b",
    f: "\f",
    n: "\n",
    r: "\r",
    t: "\t",
    v: "\v",
};

/**
 * Splits a text as command lines are: `'` and `"` quote, parts that touch are one word.
 *
 * With `escapes`, a backslash outside single quotes makes `\a \b \E \f \n \r \t \v`, `\ooo`, `\xHH` and `\cX`; before anything else
 * it stands for that character.
 */
export function splitQuoted(text: string, escapes: boolean): QuotedWords {
    const words: string[] = [];
    let word: string | undefined;
    let quote = "";
    let index = 0;
    while (index < text.length) {
        const character = text[index] as string;
        index++;
        if (escapes && character === "\\" && index < text.length) {
            const escaped = readEscape(text, index);
            word = (word ?? "") + escaped.character;
            index = escaped.end;
        } else if (character === quote) {
            quote = "";
        } else if (quote === "" && (character === '"' || character === "'")) {
            quote = character;
            word ??= "";
        } else if (quote === "" && isBlank(character)) {
            word = pushWord(words, word);
        } else {
            word = (word ?? "") + character;
        }
    }
    pushWord(words, word);
    return { words, isClosed: quote === "" };
}

function pushWord(words: string[], word: string | undefined): undefined {
    if (word !== undefined) {
        words.push(word);
    }
    return undefined;
}

function isBlank(character: string): boolean {
    return character === " " || character === "\t" || character === "\r" || character === "\n" || character === "\v" || character === "\f";
}

/** The character that the escape after a backslash at `start - 1` stands for, and where the text goes on. */
function readEscape(text: string, start: number): { character: string; end: number } {
    const letter = text[start] as string;
    const plain = PLAIN_ESCAPES[letter];
    if (plain !== undefined) {
        return { character: plain, end: start + 1 };
    }
    const rest = text.slice(start, start + 3);
    const number = /^[0-7]{1,3}/.exec(rest)?.[0] ?? /^x[0-9a-fA-F]{1,2}/.exec(rest)?.[0];
    if (number !== undefined) {
        const value = number[0] === "x" ? Number.parseInt(number.slice(1), 16) : Number.parseInt(number, 8);
        return { character: String.fromCharCode(value & 0xff), end: start + number.length };
    }
    if (letter === "c" && start + 1 < text.length) {
        return { character: String.fromCharCode(text.charCodeAt(start + 1) & 0x1f), end: start + 2 };
    }
    return { character: letter, end: start + 1 };
}
