import { describe, expect, it } from "vitest";
import { hex, itIsTotal, itNoticesFlippedBits } from "../../../test/contracts/decoder.ts";
import { ipFromBytes } from "../base/ip.ts";
import { decodeEcho, encodeEcho, type IcmpEnds } from "./icmp.ts";

const [ONE, TWO] = [ipFromBytes(hex("20010db8000000000000000000000001")), ipFromBytes(hex("20010db8000000000000000000000002"))];
const DATA = hex("0001020304050607");

// Captured: what ping and Linux say to each other.
describe.each([
    ["ICMP request", { family: 4 }, { isReply: false, identifier: 0x2a56 }, "0800c1982a560001"],
    ["ICMP reply", { family: 4 }, { isReply: true, identifier: 0x2a56 }, "0000c9982a560001"],
    ["ICMPv6 request", { family: 6, source: ONE, destination: TWO }, { isReply: false, identifier: 0x2a57 }, "8000edd72a570001"],
    ["ICMPv6 reply", { family: 6, source: TWO, destination: ONE }, { isReply: true, identifier: 0x2a57 }, "8100ecd72a570001"],
] as const)("an echo: %s", (_name, ends: IcmpEnds, start, header) => {
    const bytes = Uint8Array.of(...hex(header), ...DATA);
    const echo = { ...start, sequence: 1, data: DATA };
    const decode = (message: Uint8Array) => decodeEcho(message, ends);

    it("is read", () => {
        expect(decode(bytes)).toEqual({ ok: true, value: echo });
    });

    it("is written", () => {
        expect(encodeEcho(echo, ends)).toEqual(bytes);
    });

    it("is rejected for another type or code", () => {
        expect(decode(Uint8Array.of(3, ...bytes.slice(1)))).toEqual({ ok: false, error: "type" });
        expect(decode(Uint8Array.of(bytes[0] ?? 0, 1, ...bytes.slice(2)))).toEqual({ ok: false, error: "code" });
    });

    itIsTotal(decode, bytes);
    itNoticesFlippedBits(decode, bytes);
});
