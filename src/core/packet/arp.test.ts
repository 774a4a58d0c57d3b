import { describe, expect, it } from "vitest";
import { hex, itIsTotal } from "../../../test/contracts/decoder.ts";
import { ipFromBytes } from "../base/ip.ts";
import { decodeArp, encodeArp, gratuitousArp } from "./arp.ts";

// Captured: a reply of Linux.
const BYTES = hex("0001080006040002 02000000000bc0000202 02000000000ac0000201");
const MESSAGE = {
    operation: 2,
    senderMac: hex("02000000000b"),
    senderAddress: ipFromBytes(hex("c0000202")),
    targetMac: hex("02000000000a"),
    targetAddress: ipFromBytes(hex("c0000201")),
};

describe("an ARP message", () => {
    it("is read", () => {
        expect(decodeArp(BYTES)).toEqual({ ok: true, value: MESSAGE });
    });

    it("is written", () => {
        expect(encodeArp(MESSAGE)).toEqual(BYTES);
    });

    it("may be padded", () => {
        expect(decodeArp(Uint8Array.of(...BYTES, ...new Uint8Array(18)))).toEqual({ ok: true, value: MESSAGE });
    });

    it.each(["0006", "0001 86dd", "0001 0800 08", "0001 0800 06 10"])("of another hardware or protocol (%s) is rejected", (start) => {
        const bytes = BYTES.slice();
        bytes.set(hex(start));
        expect(decodeArp(bytes)).toEqual({ ok: false, error: "not-ethernet-ipv4" });
    });

    itIsTotal(decodeArp, BYTES);
});

describe("gratuitous ARP", () => {
    it("is a broadcast request for and from the address, with the broadcast target address and without padding", () => {
        const frame = gratuitousArp(hex("00005e000133"), ipFromBytes(hex("c0000264")));
        expect(frame).toEqual(hex("ffffffffffff 00005e000133 0806 0001080006040001 00005e000133c0000264 ffffffffffffc0000264"));
    });
});
