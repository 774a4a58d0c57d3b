import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sequence } from "../../packet/hmac-trailer.ts";
import { advanced, isAfter, secondsBetween, sequenceAt } from "./sequence.ts";

const word = fc.nat(0xffff_ffff);
const sequences: fc.Arbitrary<Sequence> = fc.record({ seconds: word, rest: word });
const asInteger = ({ seconds, rest }: Sequence): bigint => (BigInt(seconds) << 32n) | BigInt(rest);

describe("a sequence number", () => {
    it("holds the time of day: seconds, and the fraction in 1/65536 s", () => {
        expect(sequenceAt(0x6800_0000 * 1_000_000 + 500_000)).toEqual({ seconds: 0x6800_0000, rest: 0x8000_0000 });
        expect(sequenceAt(1_999_999)).toEqual({ seconds: 1, rest: 0xffff_0000 });
    });

    it("goes round in 2106", () => {
        expect(sequenceAt((2 ** 32 + 7) * 1_000_000)).toEqual({ seconds: 7, rest: 0 });
    });

    it("comes after another as RFC 1982 has it, on 64 bits", () => {
        fc.assert(
            fc.property(sequences, sequences, (left, right) => {
                const difference = BigInt.asIntN(64, asInteger(left) - asInteger(right));
                expect(isAfter(left, right)).toBe(difference > 0n);
            }),
        );
    });

    it("advances as a number of 64 bits", () => {
        fc.assert(
            fc.property(sequences, word, (from, step) => {
                expect(asInteger(advanced(from, step))).toBe(BigInt.asUintN(64, asInteger(from) + BigInt(step)));
            }),
        );
    });

    it("lies so many seconds behind another, across the turn too", () => {
        expect(secondsBetween({ seconds: 0xffff_fffe, rest: 0 }, { seconds: 3, rest: 0 })).toBe(5);
        expect(secondsBetween({ seconds: 3, rest: 0 }, { seconds: 0xffff_fffe, rest: 0 })).toBe(-5);
    });
});
