import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** Where the corpus lies: HOLDFAST_CORPUS, or `../shared/corpus` beside the repository. Undefined when there is none. */
export function corpusFolder(): string | undefined {
    const folder = process.env["HOLDFAST_CORPUS"] ?? resolve(import.meta.dirname, "../../../shared/corpus");
    return existsSync(folder) ? folder : undefined;
}
