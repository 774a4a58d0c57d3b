import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeHealthRequest, judgeHealthResponse } from "./health-message.ts";

const answer = (...message: readonly number[]) => judgeHealthResponse(Uint8Array.of(0, 0, 0, 0, message.length, ...message));

describe("a question for a service's health", () => {
    it("names the service, or none", () => {
        expect([...encodeHealthRequest("")]).toEqual([0, 0, 0, 0, 0]);
        expect([...encodeHealthRequest("a.B")]).toEqual([0, 0, 0, 0, 5, 0x0a, 3, 0x61, 0x2e, 0x42]);
        expect([...encodeHealthRequest("x".repeat(200)).subarray(0, 8)]).toEqual([0, 0, 0, 0, 203, 0x0a, 0xc8, 0x01]);
    });
});

describe("the answer", () => {
    it.each([
        [[0x08, 1], { ok: true, value: true }],
        [[], { ok: false, error: "service is UNKNOWN" }],
        [[0x08, 2], { ok: false, error: "service is NOT_SERVING" }],
        [[0x08, 3], { ok: false, error: "service is SERVICE_UNKNOWN" }],
        [[0x08, 0x84, 1], { ok: false, error: "service is 132" }],
        // Fields of later versions: a text, eight bytes, four bytes, a number.
        [[0x12, 2, 1, 1, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 1, 2, 3, 4, 0x28, 7, 0x08, 1], { ok: true, value: true }],
    ])("%j is understood", (message, judged) => {
        expect(answer(...message)).toEqual(judged);
    });

    it("is refused where it breaks off, at every length", () => {
        const whole = Uint8Array.of(0, 0, 0, 0, 2, 0x08, 1);
        for (let length = 0; length < whole.length; length++) {
            expect(judgeHealthResponse(whole.subarray(0, length))).toEqual({ ok: false, error: "malformed gRPC message" });
        }
        for (const broken of [[0x08], [0x12, 9, 1], [0x19, 1], [0x0b, 1], [0x08, ...Array<number>(11).fill(0x80)]]) {
            expect(answer(...broken)).toEqual({ ok: false, error: "malformed gRPC message" });
        }
        expect(judgeHealthResponse(Uint8Array.of(1, 0, 0, 0, 2, 0x08, 1))).toEqual({ ok: false, error: "malformed gRPC message" });
    });

    it("never throws, whatever it is", () => {
        fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => typeof judgeHealthResponse(bytes).ok === "boolean"));
        fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => typeof answer(...bytes).ok === "boolean"));
    });
});
