/** Text as UTF-8 bytes; a lone surrogate becomes U+FFFD, as everywhere. */
export function utf8(text: string): Uint8Array {
    const bytes: number[] = [];
    for (const character of text) {
        const code = character.codePointAt(0) ?? 0;
        appendCodePoint(bytes, code >= 0xd800 && code <= 0xdfff ? 0xfffd : code);
    }
    return Uint8Array.from(bytes);
}

function appendCodePoint(bytes: number[], code: number): void {
    if (code < 0x80) {
        bytes.push(code);
    } else if (code < 0x800) {
        bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    } else if (code < 0x1_0000) {
        bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    } else {
        bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    }
}
