import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../base/bytes.ts";
import { milliseconds, NO_TIME, seconds } from "../base/instant.ts";
import { BFD_STATES, type BfdPacket, decodeBfd, encodeBfd } from "./bfd.ts";
import { BFD_AUTHENTICATION_TYPES, type BfdAuthenticationType, encodeAuthenticationSection } from "./bfd-authentication.ts";

const QUIET = { poll: false, final: false, controlPlaneIndependent: false, demand: false, requiredMinEchoRxInterval: NO_TIME } as const;

/** Recorded from Debian's Keepalived 2.2.7, FRR 8.4 and BIRD 2.0. */
const CAPTURES: readonly { readonly what: string; readonly hex: string; readonly says: BfdPacket }[] = [
    {
        what: "Keepalived, up",
        hex: "20c00518ba7839c3388a8133000027100000271000000000",
        says: {
            ...QUIET,
            diagnostic: 0,
            state: "up",
            detectMult: 5,
            myDiscriminator: 0xba7839c3,
            yourDiscriminator: 0x388a8133,
            desiredMinTxInterval: milliseconds(10),
            requiredMinRxInterval: milliseconds(10),
        },
    },
    {
        what: "FRR, up, asks for confirmation",
        hex: "20e00518d7d6cbcbc77603700000c3500000c3500000c350",
        says: {
            ...QUIET,
            diagnostic: 0,
            state: "up",
            poll: true,
            detectMult: 5,
            myDiscriminator: 0xd7d6cbcb,
            yourDiscriminator: 0xc7760370,
            desiredMinTxInterval: milliseconds(50),
            requiredMinRxInterval: milliseconds(50),
            requiredMinEchoRxInterval: milliseconds(50),
        },
    },
    {
        what: "BIRD, up",
        hex: "20c00518836f8c8ee85b25700000c3500000c35000000000",
        says: {
            ...QUIET,
            diagnostic: 0,
            state: "up",
            detectMult: 5,
            myDiscriminator: 0x836f8c8e,
            yourDiscriminator: 0xe85b2570,
            desiredMinTxInterval: milliseconds(50),
            requiredMinRxInterval: milliseconds(50),
        },
    },
];

function bytes(hex: string): Uint8Array {
    const found = fromHex(hex);
    if (found === undefined) {
        throw new RangeError(hex);
    }
    return found;
}

const SAMPLE = bytes(CAPTURES[0]?.hex ?? "");
const changed = (at: number, value: number) => SAMPLE.with(at, value);

describe("control packets", () => {
    it.each(CAPTURES)("$what: read", ({ hex, says }) => {
        expect(decodeBfd(bytes(hex))).toEqual({ ok: true, value: { ...says, pdu: bytes(hex) } });
    });

    it.each(CAPTURES)("$what: written", ({ hex, says }) => {
        expect(toHex(encodeBfd(says))).toBe(hex);
    });

    it.each(CAPTURES)("$what: cut short anywhere is too short", ({ hex }) => {
        const whole = bytes(hex);
        for (let length = 0; length < whole.length; length++) {
            expect(decodeBfd(whole.subarray(0, length))).toEqual({ ok: false, error: "too-short" });
        }
    });

    it("what stands behind the Length field is passed over", () => {
        const longer = new Uint8Array([...SAMPLE, 1, 2, 3]);
        expect(decodeBfd(longer)).toMatchObject({ ok: true, value: { pdu: SAMPLE } });
    });

    // RFC 5880 §6.8.6, in its order.
    it.each([
        ["version", changed(0, 0x00)],
        ["version", changed(0, 0x40)],
        ["length", changed(3, 23)],
        ["length", changed(3, 25)],
        ["multiplier", changed(2, 0)],
        ["multipoint", changed(1, 0xc1)],
        ["my-discriminator", SAMPLE.with(4, 0).with(5, 0).with(6, 0).with(7, 0)],
        ["your-discriminator", SAMPLE.with(8, 0).with(9, 0).with(10, 0).with(11, 0)],
        ["poll-and-final", changed(1, 0xf0)],
        ["authentication-section", changed(1, 0xc4)],
    ])("%s is refused", (reason, packet) => {
        expect(decodeBfd(packet)).toEqual({ ok: false, error: reason });
    });

    it.each(["admin-down", "down"] as const)("Your Discriminator may be zero in %s", (state) => {
        const packet = SAMPLE.slice()
            .fill(0, 8, 12)
            .with(1, BFD_STATES.indexOf(state) << 6);
        expect(decodeBfd(packet)).toMatchObject({ ok: true, value: { state, yourDiscriminator: 0 } });
    });

    it("any packet comes back as it was", () => {
        const word = fc.integer({ min: 0, max: 0xffff_ffff });
        const packet = fc.record({
            diagnostic: fc.integer({ min: 0, max: 31 }),
            state: fc.constantFrom(...BFD_STATES),
            poll: fc.boolean(),
            final: fc.constant(false),
            controlPlaneIndependent: fc.boolean(),
            demand: fc.boolean(),
            detectMult: fc.integer({ min: 1, max: 255 }),
            myDiscriminator: fc.integer({ min: 1, max: 0xffff_ffff }),
            yourDiscriminator: fc.integer({ min: 1, max: 0xffff_ffff }),
            desiredMinTxInterval: word,
            requiredMinRxInterval: word,
            requiredMinEchoRxInterval: word,
        });
        fc.assert(
            fc.property(packet, (says) => {
                const encoded = encodeBfd(says as unknown as BfdPacket);
                expect(decodeBfd(encoded)).toEqual({ ok: true, value: { ...says, pdu: encoded } });
            }),
        );
    });

    it("any bytes give a packet or a reason", () => {
        fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (any) => typeof decodeBfd(any).ok === "boolean"));
    });
});

describe("authentication sections", () => {
    const types = Object.keys(BFD_AUTHENTICATION_TYPES) as BfdAuthenticationType[];
    const lengths: Readonly<Record<BfdAuthenticationType, number>> = {
        simple: 6,
        md5: 16,
        "meticulous-md5": 16,
        sha1: 20,
        "meticulous-sha1": 20,
    };
    const packet = { ...(CAPTURES[0]?.says as BfdPacket), detectMult: 3, desiredMinTxInterval: seconds(1) };
    const sectionOf = (type: BfdAuthenticationType) => ({
        type,
        keyId: 7,
        sequence: type === "simple" ? 0 : 0x01020304,
        proof: new Uint8Array(lengths[type]).fill(9),
    });

    it("look as RFC 5880 §4.2 and §4.3 draw them", () => {
        expect(toHex(encodeAuthenticationSection(sectionOf("simple")))).toBe("010907090909090909");
        expect(toHex(encodeAuthenticationSection(sectionOf("meticulous-md5")))).toBe(`0318070001020304${"09".repeat(16)}`);
        expect(toHex(encodeAuthenticationSection(sectionOf("sha1")))).toBe(`041c070001020304${"09".repeat(20)}`);
    });

    it.each(types)("%s: comes back as it was; cut, lengthened or of an unknown type it is refused", (type) => {
        const encoded = encodeBfd(packet, encodeAuthenticationSection(sectionOf(type)));
        expect(decodeBfd(encoded)).toEqual({ ok: true, value: { ...packet, authentication: sectionOf(type), pdu: encoded } });
        for (let length = 24; length < encoded.length; length++) {
            expect(decodeBfd(encoded.slice(0, length).with(3, length))).toEqual({ ok: false, error: "authentication-section" });
        }
        const longer = new Uint8Array([...encoded, 0]).with(3, encoded.length + 1);
        expect(decodeBfd(longer)).toEqual({ ok: false, error: "authentication-section" });
        expect(decodeBfd(encoded.with(24, 6))).toEqual({ ok: false, error: "authentication-section" });
    });

    it("a password has 1 to 16 bytes", () => {
        const of = (length: number) =>
            decodeBfd(
                encodeBfd(packet, encodeAuthenticationSection({ type: "simple", keyId: 1, sequence: 0, proof: new Uint8Array(length) })),
            );
        expect([0, 1, 16, 17].map((length) => of(length).ok)).toEqual([false, true, true, false]);
    });
});
