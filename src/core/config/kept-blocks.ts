import type { OpenValue } from "./compiled-table.ts";
import { type FileText, isSameText, wholeText } from "./file-tree.ts";

/** A block of the top level as it was read, of which there may be many. */
export interface TopBlock {
    /** Its keyword. */
    readonly key: string;
    readonly value: OpenValue;
}

/** One whose lines are its own, from the first to the last. */
interface KeptBlock extends TopBlock {
    /** In the file's text, from the beginning of its first line up to but not the beginning of the line behind its last one. */
    readonly start: number;
    readonly end: number;
    /** The number of its first line over all files, and how many it has. */
    readonly line: number;
    readonly lines: number;
}

interface KeptText {
    readonly text: FileText;
    /** In their order. */
    readonly blocks: readonly KeptBlock[];
}

/** What makes a text another than a plain one is a word of at most so many characters. */
const LONGEST_WORD = 16;

/** How much of a text is made a string at a time. */
const PART = 16_384;

/** What decides whether something can be kept. */
export interface KeepingRules {
    /** Whether a block can be taken over though its lines have other numbers than before. */
    readonly mayMove: (block: TopBlock) => boolean;
    /** Whether a text needs no more than cutting into lines. */
    readonly isPlain: (part: string) => boolean;
}

/** Whole lines of a text. */
export interface TextPart {
    readonly from: number;
    readonly lines: string;
}

/** One plain file while it is read: which of its blocks stood in its former text already. */
export class KeptFile {
    /** It holds until the next reading. */
    readonly text: FileText;
    readonly #former: readonly KeptBlock[];
    /** Those before it have been passed. */
    #place = 0;
    readonly #mayMove: (block: TopBlock) => boolean;
    readonly blocks: KeptBlock[] = [];
    #part: TextPart;
    /** How many of the blocks were known. */
    known = 0;

    /** @param former its blocks that stood in the former text as well, in their order and where they stand now */
    constructor(text: FileText, former: readonly KeptBlock[], mayMove: (block: TopBlock) => boolean) {
        this.text = text;
        this.#part = { from: 0, lines: typeof text === "string" ? text : "" };
        this.#former = former;
        this.#mayMove = mayMove;
    }

    /** The block that stands from there on, if it did so before. @param line the number of the line that begins there */
    recall(start: number, line: number): KeptBlock | undefined {
        const block = this.#former[this.#placeOf(start)];
        if (block?.start !== start || (block.line !== line && !this.#mayMove(block))) {
            return undefined;
        }
        this.known += 1;
        const found = block.line === line ? block : { ...block, line };
        this.blocks.push(found);
        return found;
    }

    /** A part of the text in which the whole line stands that begins there. */
    partAt(start: number): TextPart {
        const { from, lines } = this.#part;
        if (start < from || start >= from + lines.length) {
            this.#part = { from: start, lines: linesFrom(this.text, start) };
        }
        return this.#part;
    }

    /** Keeps a block for the next reading. */
    keep(block: KeptBlock): void {
        this.blocks.push(block);
    }

    /** Which of the former blocks is the first that begins there or behind; reading only goes forward. */
    #placeOf(start: number): number {
        while ((this.#former[this.#place]?.start ?? start) < start) {
            this.#place += 1;
        }
        return this.#place;
    }
}

/**
 * What readings of the same files leave for the next: most of a long text is as it was, and what was made of that need not be made again.
 * Nothing is kept of a reading that had complaints: it would have to make them again.
 */
export class KeptBlocks {
    #former = new Map<string, KeptText>();
    #files = new Map<string, KeptFile>();

    /** Blocks taken over in this reading. */
    get known(): number {
        return [...this.#files.values()].reduce((sum, { known }) => sum + known, 0);
    }

    /**
     * A file is about to be read; undefined if it is not a plain one. One that is included twice is known once: each block stands in one place.
     *
     * @param isPlain asked for what is not known to be so
     */
    open(path: string, text: FileText, { mayMove, isPlain }: KeepingRules): KeptFile | undefined {
        const isFirst = !this.#files.has(path);
        const former = isFirst ? this.#former.get(path) : undefined;
        const part = former === undefined ? WHOLE : changedPart(former.text, text);
        if (!isPlainBetween(text, part.start, text.length - part.behind, isPlain)) {
            return undefined;
        }
        if (!isFirst) {
            return new KeptFile(wholeText(text), [], mayMove);
        }
        const blocks = former === undefined ? [] : standing(former, text, part);
        const file = new KeptFile(text.keep?.(former?.text) ?? text, blocks, mayMove);
        // Its memory may be the new text's now.
        this.#former.delete(path);
        this.#files.set(path, file);
        return file;
    }

    /** All is to be read anew. */
    forget(): void {
        this.#former = new Map();
        this.#files = new Map();
    }

    /** The reading is over, without a complaint. */
    settle(): void {
        this.#former = new Map([...this.#files].map(([path, { text, blocks }]) => [path, { text, blocks }]));
        this.#files = new Map();
    }
}

/** What of a text differs from another: all but the first `start` and the last `behind` characters. */
interface ChangedPart {
    readonly start: number;
    readonly behind: number;
}

const WHOLE: ChangedPart = { start: 0, behind: 0 };

function changedPart(former: FileText, text: FileText): ChangedPart {
    const start = sameAtStart(former, text);
    return { start, behind: sameAtEnd(former, text, Math.min(former.length, text.length) - start) };
}

function isPlainBetween(text: FileText, start: number, end: number, isPlain: KeepingRules["isPlain"]): boolean {
    for (let at = start; ; at += PART) {
        const isLast = at + PART >= end;
        if (!isPlain(text.slice(Math.max(0, at - LONGEST_WORD), isLast ? end + LONGEST_WORD : at + PART))) {
            return false;
        }
        if (isLast) {
            return true;
        }
    }
}

/** Some lines, or a single one that is long. */
function linesFrom(text: FileText, start: number): string {
    for (let end = start + PART; end < text.length; end += PART) {
        const feed = text.slice(start, end).lastIndexOf("\n");
        if (feed >= 0) {
            return text.slice(start, start + feed + 1);
        }
    }
    return text.slice(start, text.length);
}

/** The blocks of a former text that stand in another text as well, as they stand there: before or behind all that differs. */
function standing({ text: former, blocks }: KeptText, text: FileText, part: ChangedPart): readonly KeptBlock[] {
    const end = former.length - part.behind;
    const moved = text.length - former.length;
    const before = blocks.filter((block) => block.end <= part.start);
    // What changed before the first of those behind may have taken the beginning of its line.
    const first = beginsLine(text, end + moved) ? end : end + 1;
    const behind = blocks.filter((block) => block.start >= first);
    return [
        ...before,
        ...(moved === 0 ? behind : behind.map((block) => ({ ...block, start: block.start + moved, end: block.end + moved }))),
    ];
}

function beginsLine(text: FileText, at: number): boolean {
    return at === 0 || text.slice(at - 1, at) === "\n";
}

function sameAtStart(left: FileText, right: FileText): number {
    const most = Math.min(left.length, right.length);
    return longestSame(most, (same, length) => isSameText({ text: left, at: same }, { text: right, at: same }, length));
}

function sameAtEnd(left: FileText, right: FileText, most: number): number {
    const before = (text: FileText, same: number, length: number) => ({ text, at: text.length - same - length });
    return longestSame(most, (same, length) => isSameText(before(left, same, length), before(right, same, length), length));
}

/**
 * How many characters are the same, `most` of them: found by ever shorter steps, so that both texts are compared no more than twice.
 *
 * @param isSame whether so many behind those that are the same are so, too
 */
function longestSame(most: number, isSame: (same: number, length: number) => boolean): number {
    let same = 0;
    for (let step = 2 ** 30; step >= 1; step /= 2) {
        while (same + step <= most && isSame(same, step)) {
            same += step;
        }
    }
    return same;
}
