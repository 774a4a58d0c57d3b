import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../../base/bytes.ts";
import { FLAG, FRAME, type Frame } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { data, frame, inPieces, settings } from "./test-bench.ts";

/** All frames that come of these pieces, and the fault that ends them. */
function read(...pieces: readonly Uint8Array[]): readonly unknown[] {
    const reader = new FrameReader();
    const found: unknown[] = [];
    for (const piece of pieces) {
        const lent = piece.slice();
        reader.add(lent);
        for (let next = reader.next(); !next.ok || next.value !== undefined; next = reader.next()) {
            found.push(next.ok ? { ...next.value, payload: [...(next.value?.payload ?? [])] } : next.error);
            if (!next.ok) {
                return found;
            }
        }
        lent.fill(0xee);
    }
    return found;
}

const shown = (type: number, overrides: Partial<Record<keyof Frame, unknown>> = {}) => ({
    type,
    flags: 0,
    stream: 1,
    payload: [],
    ...overrides,
});

describe("frames (RFC 9113 §4.1)", () => {
    it("are found, however they are cut", () => {
        const said = [
            settings([4, 1]),
            data([1, 2, 3], FLAG.END_STREAM),
            frame("PING", { stream: 0x7fff_ffff }),
            frame(0xbe, { payload: [9] }),
        ];
        const frames = [
            shown(FRAME.SETTINGS, { stream: 0, payload: [0, 4, 0, 0, 0, 1] }),
            shown(FRAME.DATA, { flags: FLAG.END_STREAM, payload: [1, 2, 3] }),
            shown(FRAME.PING, { stream: 0x7fff_ffff }),
            shown(0xbe, { payload: [9] }),
        ];
        const whole = concatBytes(...said);
        expect(read(whole)).toEqual(frames);
        for (let length = 1; length < whole.length; length++) {
            expect(read(...inPieces(length, whole))).toEqual(frames);
        }
    });

    it("have a reserved bit, which means nothing", () => {
        const reserved = frame("PING", { stream: 3 });
        reserved[5] = 0x80;
        expect(read(settings(), reserved)).toEqual([shown(FRAME.SETTINGS, { stream: 0 }), shown(FRAME.PING, { stream: 3 })]);
    });

    it("are as long as we allow, and refused by their head where they are longer (§4.2)", () => {
        const longest = data(new Uint8Array(16_384));
        const longer = data(new Uint8Array(16_385)).subarray(0, 9);
        expect(read(settings(), longest, longer).slice(1)).toEqual([
            shown(FRAME.DATA, { payload: Array(16_384).fill(0) }),
            { code: "FRAME_SIZE_ERROR", words: "frame of 16385 bytes" },
        ]);
    });

    it("begin with settings (§3.4)", () => {
        const refused = [{ code: "PROTOCOL_ERROR", words: "server does not begin with SETTINGS" }];
        expect(read(frame("PING", { stream: 0 }))).toEqual(refused);
        expect(read(frame("SETTINGS", { stream: 0, flags: FLAG.ACK }))).toEqual(refused);
        expect(read(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n"))).toEqual(refused);
    });

    it("may be any bytes", () => {
        fc.assert(
            fc.property(fc.array(fc.uint8Array()), (pieces) => {
                expect(read(settings(), ...pieces).length).toBeGreaterThan(0);
            }),
        );
    });
});
