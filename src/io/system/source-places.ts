import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

/** A place in a bundled file, as stacks name it. */
const PLACE = /(file:\/\/[^\s()]+\.mjs):(\d+):(\d+)/g;

/**
 * The same words with places of the sources instead of those in bundled files, as far as there are source maps.
 *
 * They are read now, when a defect is told. Node would read them at the start of each process, and that is a quarter of a start.
 */
export function withSourcePlaces(text: string): string {
    const maps = new Map<string, SourceMap | undefined>();
    return text.replace(PLACE, (whole, file: string, line: string, column: string) => {
        if (!maps.has(file)) {
            maps.set(file, mapOf(file));
        }
        const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
        return entry === undefined || !("originalSource" in entry)
            ? whole
            : `${fileURLToPath(new URL(entry.originalSource, file))}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    });
}

function mapOf(file: string): SourceMap | undefined {
    try {
        return new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${file}.map`), "utf8")));
    } catch {
        // A bundle without a map is told as it is.
        return undefined;
    }
}
