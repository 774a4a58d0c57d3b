import { describe, expect, it } from "vitest";
import { hex } from "../../../test/contracts/decoder.ts";
import { readVrfLink } from "./vrf-links.ts";

const HEADER = "00000100 05000000 41040000 00000000";
const NAME = "0900 0300 626c756500 000000";

describe("a link", () => {
    it("that is a VRF has a table", () => {
        const vrf = hex(`${HEADER} ${NAME} 1800 1200 0800 0100 76726600 0c00 0200 0800 0100 4d000000`);
        expect(readVrfLink(vrf)).toEqual({ name: "blue", table: 77 });
        for (let length = 0; length < vrf.length; length++) {
            expect(readVrfLink(vrf.subarray(0, length))).toBeUndefined();
        }
    });

    it("of another kind, or of none, has not", () => {
        expect(readVrfLink(hex(`${HEADER} ${NAME}`))).toBeUndefined();
        expect(readVrfLink(hex(`${HEADER} ${NAME} 1c00 1200 0900 0100 7665746800 000000 0c00 0200 0800 0100 4d000000`))).toBeUndefined();
        expect(readVrfLink(hex(`${HEADER} ${NAME} 0c00 1200 0800 0100 76726600`))).toBeUndefined();
    });
});
