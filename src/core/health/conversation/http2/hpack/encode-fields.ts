import { utf8 } from "../../../../base/utf8.ts";
import type { Field } from "./field.ts";

const PREFIX = 7;
const LITERAL = 0x00;

/** Fields as literals that nobody is to remember, names included (RFC 7541 §6.2.2): one request has nothing to refer to. */
export function encodeFields(fields: readonly Field[]): Uint8Array {
    const bytes: number[] = [];
    for (const { name, value } of fields) {
        bytes.push(LITERAL);
        appendString(bytes, name);
        appendString(bytes, value);
    }
    return Uint8Array.from(bytes);
}

/** RFC 7541 §5.2, as it is. */
function appendString(bytes: number[], text: string): void {
    const content = utf8(text);
    appendInteger(bytes, content.length);
    for (const byte of content) {
        bytes.push(byte);
    }
}

/** RFC 7541 §5.1. */
function appendInteger(bytes: number[], value: number): void {
    const most = 2 ** PREFIX - 1;
    if (value < most) {
        bytes.push(value);
        return;
    }
    bytes.push(most);
    let rest = value - most;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
        bytes.push((rest & 0x7f) | 0x80);
    }
    bytes.push(rest);
}
