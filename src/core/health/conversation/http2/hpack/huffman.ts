import { fromHex } from "../../../../base/bytes.ts";
import { type Result, rejected, success } from "../../../../base/result.ts";

/**
 * RFC 7541 appendix B: how many bits a code has, and the bytes with such codes.
 *
 * The codes themselves follow: counted up in this order, with a zero appended where they get longer. The last one, thirty ones, is the end of the string.
 */
const CODES: readonly (readonly [length: number, bytes: string])[] = [
    [5, "303132616365696f7374"],
    [6, "20252d2e2f333435363738393d415f62646667686c6d6e707275"],
    [7, "3a42434445464748494a4b4c4d4e4f5051525354555657596a6b71767778797a"],
    [8, "262a2c3b585a"],
    [10, "212228293f"],
    [11, "272b7c"],
    [12, "233e"],
    [13, "0024405b5d7e"],
    [14, "5e7d"],
    [15, "3c607b"],
    [19, "5cc3d0"],
    [20, "808283a2b8c2e0e2"],
    [21, "99a1a7acb0b1b3d1d8d9e3e5e6"],
    [22, "8184858688929a9ca0a3a4a9aaadb2b5b9babbbdbec4c6e4e8e9"],
    [23, "0187898a8b8c8d8f93959697989b9d9ea5a6a8aeafb4b6b7bcbfc5e7ef"],
    [24, "098e9091949fabced7e1eced"],
    [25, "c7cfeaeb"],
    [26, "c0c1c8c9cacdd2d5dadbeef0f2f3ff"],
    [27, "cbccd3d4d6dddedff1f4f5f6f7f8fafbfcfdfe"],
    [28, "020304050607080b0c0e0f1011121314151718191a1b1c1d1e1f7fdcf9"],
    [30, "0a0d16"],
];
const LONGEST_CODE = 30;
const LONGEST_PADDING = 7;

/** Codes of one length: the first of them, and the bytes that they stand for. */
interface Row {
    readonly first: number;
    readonly bytes: Uint8Array;
}

/** By the length of the code, from 0 on. */
const ROWS: readonly Row[] = rows();

/** RFC 7541 §5.2. A failure says in words what is wrong. */
export function decodeHuffman(coded: Uint8Array): Result<Uint8Array, string> {
    // No code is shorter than five bits.
    const text = new Uint8Array(Math.floor((coded.length * 8) / 5));
    let length = 0;
    let code = 0;
    let bits = 0;
    for (let at = 0; at < coded.length * 8; at++) {
        code = code * 2 + (((coded[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
        bits += 1;
        const row = ROWS[bits];
        const byte = row?.bytes[code - row.first];
        if (byte !== undefined) {
            text[length++] = byte;
            code = 0;
            bits = 0;
        } else if (bits === LONGEST_CODE) {
            return rejected("Huffman code of the end of a string");
        }
    }
    // What is left over is padding: the beginning of that code.
    return bits <= LONGEST_PADDING && code === 2 ** bits - 1 ? success(text.subarray(0, length)) : rejected("wrong Huffman padding");
}

function rows(): readonly Row[] {
    const known = new Map(CODES.map(([length, bytes]) => [length, fromHex(bytes)]));
    const all: Row[] = [];
    let first = 0;
    for (let length = 0; length <= LONGEST_CODE; length++) {
        const bytes = known.get(length) ?? new Uint8Array(0);
        all.push({ first, bytes });
        first = (first + bytes.length) * 2;
    }
    return all;
}
