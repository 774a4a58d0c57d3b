import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromHex } from "../../src/core/base/bytes.ts";

/** What is kept for a target: valid messages, and whatever it once failed at, in hexadecimal, one a line; `#` begins a remark. */
export function corpusOf(name: string): readonly Uint8Array[] {
    const path = pathOf(name);
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
    return lines.map((line) => line.replace(/#.*/, "").trim()).flatMap((line) => (line === "" ? [] : (fromHex(line) ?? [])));
}

/** Keeps what a target failed at: it is tried first from now on. */
export function keep(name: string, bytes: Uint8Array, why: string): void {
    appendFileSync(pathOf(name), `# ${why}\n${Buffer.from(bytes).toString("hex")}\n`);
}

function pathOf(name: string): string {
    return join(import.meta.dirname, "corpus", `${name}.txt`);
}
