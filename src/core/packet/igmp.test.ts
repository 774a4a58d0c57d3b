import { describe, expect, it } from "vitest";
import { hex, itIsTotal, itNoticesFlippedBits } from "../../../test/contracts/decoder.ts";
import { ipFromBytes } from "../base/ip.ts";
import { decodeMembershipReport, encodeMembershipReport, GROUP_RECORD } from "./igmp.ts";

// Captured: Linux joins 224.0.0.18.
const BYTES = hex("2200f9eb00000001 04000000e0000012");
const RECORDS = [{ type: GROUP_RECORD.toExclude, group: ipFromBytes(hex("e0000012")), sources: [] }];

describe("a membership report", () => {
    it("is read", () => {
        expect(decodeMembershipReport(BYTES)).toEqual({ ok: true, value: RECORDS });
    });

    it("is written", () => {
        expect(encodeMembershipReport(RECORDS)).toEqual(BYTES);
    });

    it("lists sources, and several groups", () => {
        const sources = [ipFromBytes(hex("c0000201")), ipFromBytes(hex("c0000202"))];
        const records = [{ type: GROUP_RECORD.isInclude, group: ipFromBytes(hex("e0000001")), sources }, ...RECORDS];
        const bytes = encodeMembershipReport(records);
        expect(bytes.slice(4)).toEqual(hex("00000002 01000002e0000001c0000201c0000202 04000000e0000012"));
        expect(decodeMembershipReport(bytes)).toEqual({ ok: true, value: records });
    });

    it("passes over auxiliary data", () => {
        const bytes = hex("2200 f8ea 00000001 04010000 e0000012 00000001");
        bytes.set(hex("f9e9"), 2);
        expect(decodeMembershipReport(bytes)).toEqual({ ok: true, value: RECORDS });
    });

    it("is rejected for another type", () => {
        expect(decodeMembershipReport(Uint8Array.of(0x11, ...BYTES.slice(1)))).toEqual({ ok: false, error: "type" });
    });

    it("is rejected when it announces more records than it holds", () => {
        expect(decodeMembershipReport(hex("2200 ddfe 0000 0001"))).toEqual({ ok: false, error: "truncated" });
        expect(decodeMembershipReport(hex("2200 f9e8 0000 0001 04000003 e0000012"))).toEqual({ ok: false, error: "truncated" });
    });

    itIsTotal(decodeMembershipReport, BYTES);
    itNoticesFlippedBits(decodeMembershipReport, BYTES);
});
