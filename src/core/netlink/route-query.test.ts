import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../../../test/contracts/decoder.ts";
import { toHex } from "../base/bytes.ts";
import { parseIp } from "../base/ip.ts";
import { MessageWriter } from "./message-writer.ts";
import { readDirectWay, writeRouteQuery } from "./route-query.ts";

const NEW_ROUTE = 24;
const HEADER = "02200000 fe000001 00000000";

describe("the question which way leads to an address", () => {
    it("names the address with all its bits", () => {
        const writer = new MessageWriter(256);
        writeRouteQuery(writer, parseIp("10.0.0.2") ?? expect.fail(), 9);
        expect(toHex(writer.bytes.subarray(0, writer.length))).toBe(
            toHex(hex("24000000 1a000100 09000000 00000000 02200000 00000000 00000000 08000100 0a000002")),
        );
    });

    it("is answered by an interface, unless a gateway is between, or nothing leads there", () => {
        expect(readDirectWay(NEW_ROUTE, hex(`${HEADER} 08000400 07000000`))).toBe(7);
        expect(readDirectWay(NEW_ROUTE, hex(`${HEADER} 08000400 07000000 08000500 0a000001`))).toBeUndefined();
        expect(readDirectWay(NEW_ROUTE, hex("02200000 fe000002 00000000 08000400 01000000"))).toBe("here");
        expect(readDirectWay(NEW_ROUTE, hex("02200000 fe000007 00000000 08000400 01000000"))).toBeUndefined();
        expect(readDirectWay(2, hex(HEADER))).toBeUndefined();
    });

    it("is read whatever the bytes", () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
                readDirectWay(NEW_ROUTE, bytes);
            }),
        );
    });
});
