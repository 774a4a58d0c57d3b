import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../../../test/contracts/decoder.ts";
import { ipFromBytes } from "../base/ip.ts";
import { AnnouncementTemplate, MAX_ANNOUNCEMENT_LENGTH } from "./announcement.ts";
import { gratuitousArp } from "./arp.ts";
import { unsolicitedNeighbourAdvertisement } from "./ndisc.ts";

const MAC = hex("02000000000a");

describe("announcements written through a template", () => {
    it("are gratuitous ARP, byte for byte", () => {
        fc.assert(
            fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
                const address = ipFromBytes(bytes);
                expect(written(address, false)).toEqual(gratuitousArp(MAC, address));
            }),
        );
    });

    it("are unsolicited Neighbour Advertisements, byte for byte", () => {
        fc.assert(
            fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.boolean(), (bytes, isRouter) => {
                const address = ipFromBytes(bytes);
                expect(written(address, isRouter)).toEqual(unsolicitedNeighbourAdvertisement(MAC, address, isRouter));
            }),
        );
    });

    it("are made of those for another address", () => {
        for (const [first, second] of [
            [4, 4],
            [16, 16],
        ].map((lengths) => lengths.map((length, index) => new Uint8Array(length).fill(index + 1)))) {
            const [former, address] = [ipFromBytes(first ?? expect.fail()), ipFromBytes(second ?? expect.fail())];
            const template = new AnnouncementTemplate(MAC, true);
            const buffer = new Uint8Array(200);
            const length = template.write(former, buffer, 7);
            template.rewrite(address, buffer, 7);
            expect(buffer.slice(7, 7 + length)).toEqual(written(address, true));
        }
    });

    it("fit the promised length", () => {
        expect(written(ipFromBytes(new Uint8Array(16)), true).length).toBe(MAX_ANNOUNCEMENT_LENGTH);
    });
});

/** One frame, from the middle of a buffer that held something else. */
function written(address: ReturnType<typeof ipFromBytes>, isRouter: boolean): Uint8Array {
    const buffer = new Uint8Array(200).fill(0xaa);
    const length = new AnnouncementTemplate(MAC, isRouter).write(address, buffer, 7);
    expect(buffer[6]).toBe(0xaa);
    expect(buffer[7 + length]).toBe(0xaa);
    return buffer.slice(7, 7 + length);
}
