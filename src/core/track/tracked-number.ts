/** The range of the numbers that a tracked file may hold: those of a C int. */
const LEAST = -(2 ** 31);
const MOST = 2 ** 31 - 1;

const NUMBER = /^[ \t\n\v\f\r]*([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))/;

/**
 * The number with which a text begins, as C's strtol with base 0 reads it: decimal, octal with a leading 0, hexadecimal with 0x; white space
 * before it and anything behind it do not matter. A text without number is 0.
 *
 * @returns undefined when the number is beyond 32 bits
 */
export function trackedNumber(text: string): number | undefined {
    const [, sign, hexadecimal, octal, decimal] = NUMBER.exec(text) ?? [];
    const magnitude =
        hexadecimal !== undefined
            ? Number.parseInt(hexadecimal, 16)
            : octal !== undefined
              ? Number.parseInt(octal, 8)
              : Number.parseInt(decimal ?? "0", 10);
    const value = sign === "-" && magnitude !== 0 ? -magnitude : magnitude;
    return value < LEAST || value > MOST ? undefined : value;
}
