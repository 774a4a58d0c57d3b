import { fromHex, toHex } from "../core/base/bytes.ts";

const HEX = "$hex";

/** Writes a value as one line of JSON; byte arrays become `{"$hex":"0a00"}`. Equal values give equal lines if their keys have the same order. */
export function writeLine(value: unknown): string {
    return JSON.stringify(value, (_key, part: unknown) => (part instanceof Uint8Array ? { [HEX]: toHex(part) } : part));
}

/** Reads such a line. Throws a SyntaxError when it is no JSON or when its bytes are no hexadecimal digits. */
export function readLine(line: string): unknown {
    return JSON.parse(line, (_key, part: unknown) => (isHex(part) ? bytesOf(part[HEX]) : part));
}

function isHex(part: unknown): part is { readonly [HEX]: string } {
    return typeof part === "object" && part !== null && HEX in part && typeof part[HEX] === "string";
}

function bytesOf(digits: string): Uint8Array {
    const bytes = fromHex(digits);
    if (bytes === undefined) {
        throw new SyntaxError(`"${digits}" are no bytes`);
    }
    return bytes;
}
