import { type FileText, wholeText } from "./file-tree.ts";
import { columnOf, isMade, lineOf, type Position } from "./position.ts";

/** Where a position is, for people: both numbers count from 1. */
export interface Place {
    readonly file: string;
    readonly line: number;
    readonly column: number;
}

interface SourceFile {
    readonly path: string;
    readonly text: FileText;
    /** Where each line starts; made when first asked for. */
    starts: readonly number[] | undefined;
}

/** From a line's number, counted over all files as they were read, back to its file. Runs of lines are kept, not lines. */
export class SourceMap {
    readonly #files: SourceFile[] = [];
    /** Parallel: the number of a run's first line, its file, and its first line's number in that file (from 0). */
    readonly #runStarts: number[] = [];
    readonly #runFiles: number[] = [];
    readonly #runLines: number[] = [];
    #next = 0;

    /** The files read, in order; one that was included twice stands here twice. */
    get files(): readonly string[] {
        return this.#files.map(({ path }) => path);
    }

    /** Takes up a file; its number is for `resume`. */
    add(path: string, text: FileText): number {
        return this.#files.push({ path, text, starts: undefined }) - 1;
    }

    /** The lines that follow are those of `file` from `line` (from 0) on. */
    resume(file: number, line: number): void {
        this.#runStarts.push(this.#next);
        this.#runFiles.push(file);
        this.#runLines.push(line);
    }

    /** The number of the next line read. */
    nextLine(): number {
        return this.#next++;
    }

    /** The number that the next line will have. */
    get next(): number {
        return this.#next;
    }

    /** So many lines are not read one by one. */
    pass(lines: number): void {
        this.#next += lines;
    }

    /** Where it is; undefined for something that stands in no file. */
    locate(position: Position): Place | undefined {
        const run = this.#runOf(lineOf(position));
        if (position < 0 || run < 0) {
            return undefined;
        }
        const { path } = this.#files[this.#runFiles[run] as number] as SourceFile;
        const column = isMade(position) ? firstWord(this.lineText(position)) : columnOf(position);
        return { file: path, line: this.#lineIn(run, position) + 1, column: column + 1 };
    }

    /** The line's text as it stands in its file. */
    lineText(position: Position): string {
        const run = this.#runOf(lineOf(position));
        if (position < 0 || run < 0) {
            return "";
        }
        const file = this.#files[this.#runFiles[run] as number] as SourceFile;
        file.starts ??= lineStarts(wholeText(file.text));
        const line = this.#lineIn(run, position);
        return file.text.slice(file.starts[line] ?? 0, (file.starts[line + 1] ?? file.text.length + 1) - 1).replace(/\r$/, "");
    }

    #lineIn(run: number, position: Position): number {
        return (this.#runLines[run] as number) + lineOf(position) - (this.#runStarts[run] as number);
    }

    /** The run that holds a line: the last one that starts at or before it. */
    #runOf(line: number): number {
        let [low, high] = [0, this.#runStarts.length];
        while (low < high) {
            const middle = (low + high) >> 1;
            if ((this.#runStarts[middle] as number) <= line) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }
}

function firstWord(text: string): number {
    return Math.max(0, text.search(/\S/));
}

function lineStarts(text: string): readonly number[] {
    const starts = [0];
    for (let index = text.indexOf("\n"); index >= 0; index = text.indexOf("\n", index + 1)) {
        starts.push(index + 1);
    }
    return starts;
}
