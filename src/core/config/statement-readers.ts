import type { CompiledBlock, OpenValue, Row } from "./compiled-table.ts";
import type { Frame } from "./frame.ts";
import { EXTRA_WORDS, missingName, unknownEntryWord } from "./parse-complaints.ts";
import { REFUSED } from "./schema.ts";
import { type Complain, type StatementText, type StatementWords, startOf } from "./statement.ts";
import { storeEntry } from "./store.ts";

/** Complains of words that nobody asks for. */
export function refuseRest(words: StatementWords): void {
    if (words.next !== undefined) {
        words.take("");
        words.complain(EXTRA_WORDS);
    }
}

/** Reads what stands behind a block's keyword into its value; false after a complaint that it cannot do without. */
export function readHead(
    words: StatementWords,
    statement: StatementText,
    { compiled, frame, complain }: { readonly compiled: CompiledBlock; readonly frame: Frame; readonly complain: Complain },
): boolean {
    words.start(statement, 1);
    const value = frame.value as OpenValue;
    for (const [key, argument] of compiled.head) {
        if (words.next === undefined && argument.syntax[0] !== "[") {
            complain(missingName(statement.words[0] as string, argument.syntax), startOf(statement));
            return false;
        }
        const part = argument.read(words);
        if (part === REFUSED) {
            return false;
        }
        value[key] = part;
    }
    refuseRest(words);
    return true;
}

/** Reads the entries of a list that stand in a statement. */
export function readEntries(words: StatementWords, statement: StatementText, frame: Frame, complain: Complain): void {
    const { keyword } = frame.row as Row;
    words.start(statement, 0);
    const mayFollow = keyword.kind === "list" && (keyword.about.manyPerLine === true || statement.line === frame.line);
    while (keyword.kind === "list" && words.next !== undefined) {
        const at = words.position;
        const value = keyword.argument.read(words);
        if (value === REFUSED) {
            return;
        }
        if (words.next !== undefined && (!mayFollow || words.position === at)) {
            words.complain(unknownEntryWord(words.take("") as string, keyword.argument.completion.words ?? []));
            return;
        }
        const complaint = storeEntry(frame, keyword, { value, at });
        if (complaint !== undefined) {
            complain(complaint, at);
        }
    }
}
