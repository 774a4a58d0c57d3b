import fc from "fast-check";
import { expect, it } from "vitest";
import type { Result } from "../../src/core/base/result.ts";

/** A decoder under test, bound to whatever else it needs. */
export type Decoder = (bytes: Uint8Array) => Result<unknown, string>;

/**
 * What every decoder of this project promises, as tests: any bytes give a result and no exception, and a valid message cut
 * short anywhere is rejected.
 *
 * @param sample a valid message
 * @param shortest cut down to this length and more it may be valid again (its rest is of free length); by default never
 */
export function itIsTotal(decode: Decoder, sample: Uint8Array, shortest: number = sample.length): void {
    it("accepts the sample", () => {
        expect(decode(sample).ok).toBe(true);
    });

    it("rejects the sample cut short at every length", () => {
        for (let length = 0; length < shortest; length++) {
            expect(decode(sample.slice(0, length)), `cut to ${length} bytes`).toMatchObject({ ok: false });
        }
        for (let length = shortest; length < sample.length; length++) {
            expect(() => decode(sample.slice(0, length))).not.toThrow();
        }
    });

    it("gives a result for any bytes, and for the sample with any bytes changed", () => {
        fc.assert(fc.property(fc.uint8Array({ maxLength: 128 }), (bytes) => typeof decode(bytes).ok === "boolean"));
        const change = fc.tuple(fc.nat(sample.length - 1), fc.nat(255));
        fc.assert(
            fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
                const bytes = sample.slice();
                for (const [place, value] of changes) {
                    bytes[place] = value;
                }
                return typeof decode(bytes).ok === "boolean";
            }),
        );
    });
}

/** Every single flipped bit within the range is noticed: a checksum guards it. */
export function itNoticesFlippedBits(decode: Decoder, sample: Uint8Array, end: number = sample.length): void {
    it("rejects the sample with any one bit flipped", () => {
        for (let bit = 0; bit < 8 * end; bit++) {
            const bytes = sample.slice();
            const place = bit >> 3;
            bytes[place] = (bytes[place] ?? 0) ^ (0x80 >> (bit & 7));
            expect(decode(bytes), `bit ${bit}`).toMatchObject({ ok: false });
        }
    });
}

/** The bytes of hexadecimal digits in a test's fixture, where spaces divide as one likes. */
export function hex(digits: string): Uint8Array {
    const plain = digits.replace(/\s/g, "");
    return Uint8Array.from({ length: plain.length / 2 }, (_, index) => Number.parseInt(plain.slice(2 * index, 2 * index + 2), 16));
}
