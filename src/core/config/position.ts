declare const positionBrand: unique symbol;

/**
 * Where something stands in the configuration: one number, so that every parsed value can afford to carry one.
 *
 * `SourceMap.locate` turns it into file, line and column.
 */
export type Position = number & { readonly [positionBrand]: true };

/** Columns that fit into a position, few enough that the positions of a million lines are small integers; a word further right is reported at the last. */
const COLUMNS = 1024;

/** The position of a column (from 0) in the `line`-th line read, counted over all files; `isMade` when definitions made the text it counts in. */
export function positionAt(line: number, column: number, isMade = false): Position {
    return ((line * 2 + (isMade ? 1 : 0)) * COLUMNS + Math.min(column, COLUMNS - 1)) as Position;
}

/** The number of the line read, counted over all files. */
export function lineOf(position: Position): number {
    return Math.floor(position / COLUMNS / 2);
}

/** The column, from 0. */
export function columnOf(position: Position): number {
    return position % COLUMNS;
}

/** Whether the column counts in a text that definitions made of the line, not in the line as it stands in its file. */
export function isMade(position: Position): boolean {
    return Math.floor(position / COLUMNS) % 2 === 1;
}

/** Stands for "not written in any file": a default, or a value made by a program. */
export const NOWHERE = -1 as Position;
