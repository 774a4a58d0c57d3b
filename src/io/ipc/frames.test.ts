import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FrameDecoder, MAX_FRAME_LENGTH, type TypedMessage } from "./frames.ts";

function decodeAll(bytes: Uint8Array, cuts: readonly number[]): TypedMessage[] {
    const decoder = new FrameDecoder();
    const bounds = [0, ...[...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((one, other) => one - other), bytes.length];
    return bounds.slice(1).flatMap((end, index) => {
        const result = decoder.push(bytes.subarray(bounds[index], end));
        if (!result.ok) {
            throw new Error(result.error);
        }
        return result.value;
    });
}

describe("frames", () => {
    it("bring messages through, bytes included, however the stream is cut", () => {
        const bytes = fc.uint8Array({ maxLength: 40 });
        const message = fc.record({ type: fc.string(), data: bytes, list: fc.array(fc.oneof(fc.string(), fc.integer(), bytes)) });
        fc.assert(
            fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 8 }), (messages, cuts) => {
                const stream = Buffer.concat(messages.map(encodeFrame));
                expect(decodeAll(stream, cuts)).toEqual(messages);
            }),
        );
    });

    it("bring runs of bytes of every length through", () => {
        const all = Array.from({ length: 70 }, (_, length) => Uint8Array.from({ length }, (_value, index) => 255 - 3 * index));
        expect(decodeAll(encodeFrame({ type: "all", all } as TypedMessage), [])).toEqual([{ type: "all", all }]);
    });

    it("are read without an exception whatever the bytes", () => {
        fc.assert(
            fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (pieces) => {
                const decoder = new FrameDecoder();
                for (const piece of pieces) {
                    decoder.push(piece);
                }
            }),
        );
        fc.assert(
            fc.property(fc.string({ unit: "binary" }), (text) => {
                const body = Buffer.from(text);
                const frame = Buffer.alloc(4 + body.length);
                frame.writeUInt32LE(body.length);
                body.copy(frame, 4);
                new FrameDecoder().push(frame);
            }),
        );
    });

    it.each([
        ["too-long", Buffer.from(new Uint32Array([MAX_FRAME_LENGTH + 1]).buffer)],
        ["not-json", Buffer.from("\u0002\0\0\0{x")],
        ["not-a-message", Buffer.from("\u0002\0\0\0[]")],
        ["not-a-message", Buffer.from("\u0004\0\0\0null")],
    ])("are refused for good when they are %s", (failure, bytes) => {
        const decoder = new FrameDecoder();
        expect(decoder.push(bytes)).toEqual({ ok: false, error: failure });
        expect(decoder.push(encodeFrame({ type: "ping" }))).toEqual({ ok: false, error: failure });
    });

    it("cost linear time in small pieces", () => {
        const frame = encodeFrame({ type: "big", text: "x".repeat(200_000) } as TypedMessage);
        const decoder = new FrameDecoder();
        let count = 0;
        for (let at = 0; at < frame.length; at += 10) {
            const result = decoder.push(frame.subarray(at, at + 10));
            count += result.ok ? result.value.length : 0;
        }
        expect(count).toBe(1);
    });
});
