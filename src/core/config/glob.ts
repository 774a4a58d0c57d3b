import { type FileTree, folderOf, joinPath } from "./file-tree.ts";

/** More alternatives than this are not made of one pattern's braces. */
const MOST_ALTERNATIVES = 1000;

/** What one alternative of a pattern's braces stands for. */
export interface GlobAlternative {
    readonly pattern: string;
    readonly hasWildcard: boolean;
    /** Paths that exist, sorted; without a wildcard the pattern itself, whether it exists or not. */
    readonly paths: readonly string[];
}

/** The files that a pattern stands for: braces are alternatives, `*`, `?` and `[…]` match within one name, not a leading dot; `\` takes what follows as it is. */
export function glob(tree: FileTree, folder: string, pattern: string): readonly GlobAlternative[] {
    return expandBraces(pattern).map((alternative) => {
        const path = joinPath(folder, alternative);
        const hasWildcard = isWild(path);
        return { pattern: alternative, hasWildcard, paths: hasWildcard ? matches(tree, path) : [unescaped(path)] };
    });
}

/** `a{b,c}d` as `abd`, `acd`; nested braces too. Braces without partner stay as they are. */
export function expandBraces(pattern: string): readonly string[] {
    let unfinished = [{ done: "", rest: pattern }];
    const finished: string[] = [];
    while (unfinished.length > 0 && finished.length + unfinished.length <= MOST_ALTERNATIVES) {
        const next: { done: string; rest: string }[] = [];
        for (const { done, rest } of unfinished) {
            const group = firstGroup(rest);
            if (group === undefined) {
                finished.push(done + rest);
            } else {
                next.push(...group.parts.map((part) => ({ done: done + group.before, rest: part + group.after })));
            }
        }
        unfinished = next;
    }
    return finished.slice(0, MOST_ALTERNATIVES);
}

interface BraceGroup {
    readonly before: string;
    readonly parts: readonly string[];
    readonly after: string;
}

function firstGroup(text: string): BraceGroup | undefined {
    const start = text.indexOf("{");
    if (start < 0) {
        return undefined;
    }
    const parts: string[] = [];
    let depth = 0;
    let from = start + 1;
    for (let index = start; index < text.length; index++) {
        const character = text[index];
        if (character === "{") {
            depth++;
        } else if (character === "}" || (character === "," && depth === 1)) {
            depth -= character === "}" ? 1 : 0;
            if (depth <= 1 && (depth === 0 || character === ",")) {
                parts.push(text.slice(from, index));
                from = index + 1;
            }
            if (depth === 0) {
                return { before: text.slice(0, start), parts, after: text.slice(index + 1) };
            }
        }
    }
    return undefined;
}

function matches(tree: FileTree, path: string): readonly string[] {
    let found = [path.startsWith("/") ? "/" : ""];
    const patterns = path.split("/").filter((name) => name !== "");
    for (const [index, pattern] of patterns.entries()) {
        const isLast = index === patterns.length - 1;
        const name = unescaped(pattern);
        found = isWild(pattern)
            ? found.flatMap((folder) => matchesIn(tree, folder, pattern))
            : found.map((folder) => joinPath(folder, name));
        if (isLast && !isWild(pattern)) {
            found = found.filter((candidate) => tree.list(folderOf(candidate))?.includes(name) === true);
        }
    }
    return found;
}

function matchesIn(tree: FileTree, folder: string, pattern: string): string[] {
    const names = (tree.list(folder) ?? []).filter((name) => matchesName(name, pattern));
    return names.sort().map((name) => joinPath(folder, name));
}

function isWild(text: string): boolean {
    return /[*?[]/.test(text.replace(/\\./g, ""));
}

function unescaped(text: string): string {
    return text.replace(/\\(.)/g, "$1");
}

/** Whether a file name matches a pattern of `*`, `?`, `[…]` and `\`. Linear in the name's length for each star. */
export function matchesName(name: string, pattern: string): boolean {
    if (name.startsWith(".") && !pattern.startsWith(".")) {
        return false;
    }
    let [inName, inPattern] = [0, 0];
    let retry: { name: number; pattern: number } | undefined;
    while (inName < name.length) {
        if (pattern[inPattern] === "*") {
            inPattern++;
            retry = { name: inName, pattern: inPattern };
            continue;
        }
        const width = matchOne(name, inName, pattern, inPattern);
        if (width > 0) {
            inName++;
            inPattern += width;
        } else if (retry === undefined) {
            return false;
        } else {
            retry.name++;
            inName = retry.name;
            inPattern = retry.pattern;
        }
    }
    return /^\**$/.test(pattern.slice(inPattern));
}

/** How many characters of the pattern match one character of the name; 0 when they do not. */
function matchOne(name: string, inName: number, pattern: string, inPattern: number): number {
    const wanted = pattern[inPattern];
    const character = name[inName] as string;
    if (wanted === "?") {
        return 1;
    }
    if (wanted === "\\" && inPattern + 1 < pattern.length) {
        return pattern[inPattern + 1] === character ? 2 : 0;
    }
    BRACKETS.lastIndex = inPattern;
    const [whole, negation, members] = wanted === "[" ? (BRACKETS.exec(pattern) ?? []) : [];
    if (whole === undefined || members === undefined) {
        return wanted === character ? 1 : 0;
    }
    return isMember(character, members) === (negation !== "") ? 0 : whole.length;
}

/** `[…]`, what negates it, and its members. */
const BRACKETS = /\[([!^]?)(\]?(?:\[:[a-z]+:\]|[^\]])*)\]/y;

/** One member: a class, a range or a character. */
const MEMBER = /\[:([a-z]+):\]|(.)-(.)|(.)/gs;

const CLASSES: Readonly<Record<string, RegExp>> = {
    alnum: /[a-z0-9]/i,
    alpha: /[a-z]/i,
    blank: /[ \t]/,
    digit: /[0-9]/,
    lower: /[a-z]/,
    punct: /[!-/:-@[-`{-~]/,
    space: /\s/,
    upper: /[A-Z]/,
    xdigit: /[0-9a-f]/i,
};

function isMember(character: string, members: string): boolean {
    return [...members.matchAll(MEMBER)].some(([, kind, first = "", last = "", one]) => {
        if (kind !== undefined) {
            return CLASSES[kind]?.test(character) === true;
        }
        return one === undefined ? first <= character && character <= last : one === character;
    });
}
