/** Whether two runs of bytes are the same. Not for secrets: it stops at the first difference. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
    return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** One run of bytes out of several. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
    const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let offset = 0;
    for (const part of parts) {
        whole.set(part, offset);
        offset += part.length;
    }
    return whole;
}

/** Bytes as lower-case hexadecimal digits without separators. */
export function toHex(bytes: Uint8Array): string {
    let text = "";
    for (const byte of bytes) {
        text += byte.toString(16).padStart(2, "0");
    }
    return text;
}

/** Bytes of hexadecimal digits; white space, colons and dashes between them are passed over. Undefined when it is anything else. */
export function fromHex(text: string): Uint8Array | undefined {
    const digits = text.replace(/[\s:-]/g, "");
    if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) {
        return undefined;
    }
    return Uint8Array.from({ length: digits.length / 2 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16));
}

/** A view for multi-byte numbers over exactly these bytes, which may be a part of a larger buffer. */
export function viewOf(bytes: Uint8Array): DataView {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
