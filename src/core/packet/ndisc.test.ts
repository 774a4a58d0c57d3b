import { describe, expect, it } from "vitest";
import { hex, itIsTotal, itNoticesFlippedBits } from "../../../test/contracts/decoder.ts";
import { ipFromBytes } from "../base/ip.ts";
import { decodeNeighbourAdvertisement, encodeNeighbourAdvertisement, unsolicitedNeighbourAdvertisement } from "./ndisc.ts";

// Captured: the answer of Linux to a solicitation.
const BYTES = hex("88008a6860000000 20010db8000000000000000000000002 020102000000000b");
const ENDS = {
    source: ipFromBytes(hex("20010db8000000000000000000000002")),
    destination: ipFromBytes(hex("20010db8000000000000000000000001")),
};
const ADVERTISEMENT = { isRouter: false, isSolicited: true, overrides: true, target: ENDS.source, mac: hex("02000000000b") };
const decode = (bytes: Uint8Array) => decodeNeighbourAdvertisement(bytes, ENDS);

describe("a Neighbour Advertisement", () => {
    it("is read", () => {
        expect(decode(BYTES)).toEqual({ ok: true, value: ADVERTISEMENT });
    });

    it("is written", () => {
        expect(encodeNeighbourAdvertisement(ADVERTISEMENT, ENDS)).toEqual(BYTES);
    });

    it("needs no link-layer address", () => {
        const { mac: _mac, ...bare } = { ...ADVERTISEMENT, isRouter: true, overrides: false };
        const bytes = encodeNeighbourAdvertisement(bare, ENDS);
        expect(bytes.length).toBe(24);
        expect(decode(bytes)).toEqual({ ok: true, value: bare });
    });

    it("passes over options that it does not know", () => {
        const bytes = encodeNeighbourAdvertisement(ADVERTISEMENT, ENDS);
        bytes[24] = 14;
        expect(decode(repaired(bytes))).toMatchObject({ ok: true, value: { target: ENDS.source } });
        expect(decode(repaired(bytes))).not.toHaveProperty("value.mac");
    });

    it.each([0, 2])("is rejected when an option says that its length is %i", (length) => {
        const bytes = BYTES.slice();
        bytes[25] = length;
        expect(decode(repaired(bytes))).toEqual({ ok: false, error: "option-length" });
    });

    it("is rejected for another type or code", () => {
        expect(decode(Uint8Array.of(135, ...BYTES.slice(1)))).toEqual({ ok: false, error: "type" });
        expect(decode(Uint8Array.of(136, 1, ...BYTES.slice(2)))).toEqual({ ok: false, error: "code" });
    });

    itIsTotal(decode, BYTES);
    itNoticesFlippedBits(decode, BYTES);
});

describe("an unsolicited Neighbour Advertisement", () => {
    const address = ipFromBytes(hex("20010db8000000000000000000000064"));

    it.each([
        [false, "20000000", "9a32"],
        [true, "a0000000", "1a32"],
    ])("goes from the address to all nodes and overrides (router: %s)", (isRouter, flags, checksum) => {
        const frame = unsolicitedNeighbourAdvertisement(hex("00005e000233"), address, isRouter);
        const decoded = decodeNeighbourAdvertisement(frame.slice(54), {
            source: address,
            destination: ipFromBytes(hex("ff020000000000000000000000000001")),
        });
        expect(decoded).toEqual({
            ok: true,
            value: { isRouter, isSolicited: false, overrides: true, target: address, mac: hex("00005e000233") },
        });
        expect(frame.slice(0, 54)).toEqual(
            hex(`333300000001 00005e000233 86dd 60000000 0020 3a ff
                20010db8000000000000000000000064 ff020000000000000000000000000001`),
        );
        expect(frame.slice(58, 62)).toEqual(hex(flags));
        expect(frame.slice(56, 58)).toEqual(hex(checksum));
    });
});

/** With the checksum that its other bytes call for. */
function repaired(message: Uint8Array): Uint8Array {
    const bytes = message.slice();
    for (let value = 0; value <= 0xffff; value++) {
        bytes[2] = value >> 8;
        bytes[3] = value & 0xff;
        const result = decode(bytes);
        if (result.ok || result.error !== "checksum") {
            return bytes;
        }
    }
    throw new Error("no checksum fits");
}
