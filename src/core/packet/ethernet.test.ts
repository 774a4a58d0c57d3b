import { describe, expect, it } from "vitest";
import { hex, itIsTotal } from "../../../test/contracts/decoder.ts";
import { decodeEthernet, ETHER_TYPE, ETHERNET_HEADER_LENGTH, encodeEthernet } from "./ethernet.ts";

const BYTES = hex("ffffffffffff 02000000000a 0806 0001");
const FRAME = {
    destination: hex("ffffffffffff"),
    source: hex("02000000000a"),
    etherType: ETHER_TYPE.arp,
    payload: hex("0001"),
};

describe("an Ethernet frame", () => {
    it("is read", () => {
        expect(decodeEthernet(BYTES)).toEqual({ ok: true, value: FRAME });
    });

    it("is written", () => {
        expect(encodeEthernet(FRAME)).toEqual(BYTES);
    });

    it("keeps both octets of its type", () => {
        expect(encodeEthernet({ ...FRAME, etherType: 0x86dd, payload: hex("") })).toEqual(hex("ffffffffffff 02000000000a 86dd"));
    });

    itIsTotal(decodeEthernet, BYTES, ETHERNET_HEADER_LENGTH);
});
