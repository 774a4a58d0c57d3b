/** A field of a header or a trailer, its name in lower case; names and values have a character a byte. */
export interface Field {
    readonly name: string;
    readonly value: string;
}

/** RFC 7541 §4.1: each field counts for so much more than its text, against bombs of many short ones. */
const OVERHEAD = 32;

/** How much room a field takes, in a table as in a list (RFC 7541 §4.1, RFC 9113 §10.5.1). */
export function sizeOf({ name, value }: Field): number {
    return name.length + value.length + OVERHEAD;
}
