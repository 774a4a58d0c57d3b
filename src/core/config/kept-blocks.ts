import type { OpenValue } from "./compiled-table.ts";

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
    readonly text: string;
    readonly blocks: readonly KeptBlock[];
}

/** How much of two texts is compared at a time before single characters are. */
const STRETCH = 4_096;
/** What makes a text another than a plain one is a word of at most so many characters. */
const LONGEST_WORD = 16;

/** What decides whether something can be kept. */
export interface KeepingRules {
    /** Whether a block can be taken over though its lines have other numbers than before. */
    readonly mayMove: (block: TopBlock) => boolean;
    /** Whether a text needs no more than cutting into lines. */
    readonly isPlain: (part: string) => boolean;
}

/** One plain file while it is read: which of its blocks stood in its former text already. */
export class KeptFile {
    readonly #former: ReadonlyMap<number, KeptBlock>;
    readonly #mayMove: (block: TopBlock) => boolean;
    readonly blocks: KeptBlock[] = [];
    /** How many of the blocks were known. */
    known = 0;

    /** @param former its blocks that stand in the text still, by where they begin there */
    constructor(former: ReadonlyMap<number, KeptBlock>, mayMove: (block: TopBlock) => boolean) {
        this.#former = former;
        this.#mayMove = mayMove;
    }

    /** The block that stands from there on, if it did so before. @param line the number of the line that begins there */
    recall(start: number, line: number): KeptBlock | undefined {
        const block = this.#former.get(start);
        if (block === undefined || (block.line !== line && !this.#mayMove(block))) {
            return undefined;
        }
        this.known += 1;
        const { key, value, lines } = block;
        const end = start + block.end - block.start;
        const found = block.start === start && block.line === line ? block : { key, value, start, end, line, lines };
        this.blocks.push(found);
        return found;
    }

    /** Keeps a block for the next reading. */
    keep(block: KeptBlock): void {
        this.blocks.push(block);
    }
}

/**
 * What readings of the same files leave for the next: most of a long text is as it was, and what was made of that need not be made again.
 * Nothing is kept of a reading that had complaints: it would have to make them again.
 */
export class KeptBlocks {
    #former: ReadonlyMap<string, KeptText> = new Map();
    #files = new Map<string, { readonly text: string; readonly file: KeptFile }>();

    /** Blocks taken over in this reading. */
    get known(): number {
        return [...this.#files.values()].reduce((sum, { file }) => sum + file.known, 0);
    }

    /**
     * A file is about to be read; undefined if it is not a plain one. One that is included twice is known once: each block stands in one place.
     *
     * @param isPlain asked for what is not known to be so
     */
    open(path: string, text: string, { mayMove, isPlain }: KeepingRules): KeptFile | undefined {
        const isFirst = !this.#files.has(path);
        const former = isFirst ? this.#former.get(path) : undefined;
        const part = former === undefined ? WHOLE : changedPart(former.text, text);
        if (!isPlain(text.slice(Math.max(0, part.start - LONGEST_WORD), text.length - part.behind + LONGEST_WORD))) {
            return undefined;
        }
        const file = new KeptFile(former === undefined ? new Map() : standing(former, text, part), mayMove);
        if (isFirst) {
            this.#files.set(path, { text, file });
        }
        return file;
    }

    /** All is to be read anew. */
    forget(): void {
        this.#former = new Map();
        this.#files = new Map();
    }

    /** The reading is over, without a complaint. */
    settle(): void {
        this.#former = new Map([...this.#files].map(([path, { text, file }]) => [path, { text, blocks: file.blocks }]));
        this.#files = new Map();
    }
}

/** What of a text differs from another: all but the first `start` and the last `behind` characters. */
interface ChangedPart {
    readonly start: number;
    readonly behind: number;
}

const WHOLE: ChangedPart = { start: 0, behind: 0 };

function changedPart(former: string, text: string): ChangedPart {
    const start = sameAtStart(former, text);
    return { start, behind: sameAtEnd(former, text, Math.min(former.length, text.length) - start) };
}

/** The blocks of a former text that stand in another text as well, by where they begin there: before or behind all that differs. */
function standing({ text: former, blocks }: KeptText, text: string, part: ChangedPart): ReadonlyMap<number, KeptBlock> {
    const end = former.length - part.behind;
    const moved = text.length - former.length;
    const found = new Map<number, KeptBlock>();
    for (const block of blocks) {
        if (block.end <= part.start) {
            found.set(block.start, block);
        } else if (block.start >= end) {
            found.set(block.start + moved, block);
        }
    }
    return found;
}

function sameAtStart(left: string, right: string): number {
    const most = Math.min(left.length, right.length);
    let same = 0;
    while (same < most && left.slice(same, same + STRETCH) === right.slice(same, same + STRETCH)) {
        same += STRETCH;
    }
    while (same < most && left.charCodeAt(same) === right.charCodeAt(same)) {
        same += 1;
    }
    return Math.min(same, most);
}

function sameAtEnd(left: string, right: string, most: number): number {
    const from = (text: string, same: number) => text.slice(text.length - same - STRETCH, text.length - same);
    let same = 0;
    while (same + STRETCH <= most && from(left, same) === from(right, same)) {
        same += STRETCH;
    }
    while (same < most && left.charCodeAt(left.length - 1 - same) === right.charCodeAt(right.length - 1 - same)) {
        same += 1;
    }
    return same;
}
