/** So many characters a call: more arguments than the stack holds would throw. */
const PIECE = 8_192;

/** Each byte as one character, which is ISO 8859-1. */
export function latin1(bytes: Uint8Array): string {
    if (bytes.length <= PIECE) {
        return charactersOf(bytes);
    }
    let text = "";
    for (let at = 0; at < bytes.length; at += PIECE) {
        text += charactersOf(bytes.subarray(at, at + PIECE));
    }
    return text;
}

/** A typed array is as good a list of arguments as any; spread, it would be walked step by step, which takes six times as long. */
function charactersOf(bytes: Uint8Array): string {
    return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
}
