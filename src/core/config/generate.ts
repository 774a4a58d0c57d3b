import { parseCInteger } from "./arguments/numbers.ts";

/** A `~SEQ(…)` or `~LST(…)` at the start of a line. */
export interface Generator {
    readonly names: readonly string[];
    /** How often the rest of the line is repeated. */
    readonly count: number;
    /** The values of `names` in the `turn`-th repetition. */
    values(turn: number): readonly string[];
    /** Where the rest of the line starts. */
    readonly end: number;
}

/** Numbers in one ~SEQ; more is a slip of the pen. */
const MOST_TURNS = 10_000_000;

/** Reads the generator at the start of a line; a string says what is wrong with it. */
export function parseGenerator(line: string): Generator | string {
    const match = /^\s*~(SEQx?|LST)\s*\(/.exec(line);
    if (match === null) {
        return "only ~SEQ(…), ~SEQx(…) and ~LST(…) are known";
    }
    const close = closingParenthesis(line, match[0].length);
    if (close < 0) {
        return "the closing parenthesis is missing";
    }
    const inside = line.slice(match[0].length, close);
    return match[1] === "LST" ? parseList(inside, close + 1) : parseSequence(inside, match[1] === "SEQx", close + 1);
}

function closingParenthesis(line: string, from: number): number {
    let depth = 1;
    for (let index = from; index < line.length; index++) {
        depth += line[index] === "(" ? 1 : line[index] === ")" ? -1 : 0;
        if (depth === 0) {
            return index;
        }
    }
    return -1;
}

function parseSequence(inside: string, isHexadecimal: boolean, end: number): Generator | string {
    const [name = "", ...parts] = inside.split(",").map((part) => part.trim());
    const numbers = parts.map(parseCInteger);
    if (!isName(name)) {
        return `'${name}' cannot be a name`;
    }
    if (numbers.length < 1 || numbers.length > 3 || numbers.some((number) => number === undefined)) {
        return "after the name one to three numbers are wanted: [START,] [STEP,] END";
    }
    const last = numbers.at(-1) as number;
    const first = numbers.length === 1 ? (last < 0 ? -1 : 1) : (numbers[0] as number);
    const step = numbers.length === 3 ? (numbers[1] as number) : last >= first ? 1 : -1;
    const count = Math.floor((last - first) / step) + 1;
    if (step === 0 || !(count >= 1)) {
        return `from ${first} in steps of ${step} it never comes to ${last}`;
    }
    if (isHexadecimal && Math.min(first, last) < 0) {
        return "~SEQx is for numbers from 0 on";
    }
    if (count > MOST_TURNS) {
        return `${count} repetitions are too many`;
    }
    return { names: [name], count, end, values: (turn) => [(first + turn * step).toString(isHexadecimal ? 16 : 10)] };
}

function parseList(inside: string, end: number): Generator | string {
    const parts = splitGroups(inside);
    const names = groupMembers(parts[0] ?? "");
    const values = parts.slice(1);
    if (!names.every(isName)) {
        return `'${names.find((name) => !isName(name))}' cannot be a name`;
    }
    if (values.length === 0) {
        return "after the name at least one value is wanted";
    }
    const rows = values.map((value) => (names.length === 1 && !value.startsWith("{") ? [value] : groupMembers(value)));
    const tooLong = rows.find((row) => row.length > names.length);
    if (tooLong !== undefined) {
        return `{${tooLong.join(",")}} has more values than there are names`;
    }
    return { names, count: rows.length, end, values: (turn) => names.map((_, index) => rows[turn]?.[index] ?? "") };
}

/** Parts between commas, where commas within braces do not count. */
function splitGroups(text: string): string[] {
    const parts: string[] = [];
    let depth = 0;
    let from = 0;
    for (let index = 0; index <= text.length; index++) {
        const character = text[index];
        depth += character === "{" ? 1 : character === "}" ? -1 : 0;
        if (character === undefined || (character === "," && depth === 0)) {
            parts.push(text.slice(from, index).trim());
            from = index + 1;
        }
    }
    return parts;
}

function groupMembers(text: string): string[] {
    const inside = text.startsWith("{") && text.endsWith("}") ? text.slice(1, -1) : text;
    return inside.split(",").map((member) => member.trim());
}

function isName(name: string): boolean {
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
