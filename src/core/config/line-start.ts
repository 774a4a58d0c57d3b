/** What counts at the start of a line only: a condition, a generator, a definition, an include and its like. */
const START = /\s*(?:[@~]|\$[A-Za-z_][A-Za-z0-9_]*=|include|random_seed)/y;
/** Told much faster than where it is, and seldom true. */
const MAY_HOLD_ONE = /[{}]\s*(?:[@~$]|include|random_seed)/;

/** Where behind a brace something stands that counts at the start of a line only: what follows a brace is a line of its own. -1 when nothing does. */
export function laterStart(text: string): number {
    return MAY_HOLD_ONE.test(text) ? search(text) : -1;
}

function search(text: string): number {
    let isQuoted = false;
    for (let index = 0; index < text.length; index++) {
        const character = text[index];
        if (character === '"') {
            isQuoted = !isQuoted;
        } else if (character === "\\") {
            index++;
        } else if (!isQuoted) {
            if (character === "#" || character === "!") {
                return -1;
            }
            if (text.startsWith("${", index)) {
                index = referenceEnd(text, index);
            } else if ((character === "{" || character === "}") && startsBehind(text, index)) {
                return index + 1;
            }
        }
    }
    return -1;
}

function startsBehind(text: string, brace: number): boolean {
    START.lastIndex = brace + 1;
    return START.test(text);
}

/** The closing brace of `${NAME}`; the end of the text when there is none. */
function referenceEnd(text: string, start: number): number {
    const close = text.indexOf("}", start);
    return close < 0 ? text.length : close;
}
